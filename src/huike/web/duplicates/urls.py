"""The addresses of duplicates beyond the generic ones."""

from __future__ import annotations

from django.urls import path

from huike.web.duplicates import checking, found, merging

urlpatterns = [
    path("customers/duplicates/", found.show, name="duplicates"),
    path("customers/duplicates/sweep/", found.sweep_now, name="duplicates-sweep"),
    path("customers/duplicates/check/", checking.check, name="duplicates-check"),
    path("customers/duplicatepair/<int:pk>/", merging.pair, name="duplicate-pair"),
    path("customers/party/<int:pk>/do/merge/", merging.choose, name="merge-choose"),
    path("customers/party/<int:pk>/merge/<int:other>/", merging.compare, name="merge-compare"),
]
