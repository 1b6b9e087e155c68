"""The addresses of marketing beyond the generic ones."""

from __future__ import annotations

from django.urls import path

from huike.web.marketing import campaigns, ended, segments, winning

urlpatterns = [
    path("marketing/segment/add/", segments.add, name="segment-add"),
    path("marketing/segment/told/", segments.told, name="segment-told"),
    path("marketing/segment/<int:pk>/point/", segments.point, name="segment-point"),
    path("marketing/segment/<int:pk>/told/", segments.told_of, name="segment-told-of"),
    path("marketing/segment/<int:pk>/by-hand/", segments.by_hand, name="segment-by-hand"),
    path("marketing/campaign/add/", campaigns.add, name="campaign-add"),
    path("marketing/campaign/<int:pk>/result/", campaigns.result, name="campaign-result"),
    path("marketing/win-back/results/", ended.show, name="win-back-results"),
    path("marketing/win-back/", winning.show, name="win-back"),
]
