"""The addresses of privacy beyond the generic ones."""

from __future__ import annotations

from django.urls import path

from huike.web.privacy import pages

urlpatterns = [
    path("customers/party/<int:pk>/seen/", pages.seen, name="party-seen"),
    path("settings/privacy/", pages.settings, name="settings-privacy"),
]
