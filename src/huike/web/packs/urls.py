"""The addresses of industry packs."""

from __future__ import annotations

from django.urls import path

from huike.web.packs import pages

urlpatterns = [
    path("settings/packs/", pages.show, name="packs"),
    path("settings/packs/<str:name>/", pages.one, name="pack"),
    path("settings/packs/<str:name>/apply/", pages.apply, name="apply-pack"),
    path("settings/packs/<str:name>/remove/", pages.remove, name="remove-pack"),
]
