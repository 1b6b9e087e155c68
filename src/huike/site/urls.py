"""The composition root of all addresses."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from huike.site import health, metrics

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/", health.alive),
    path("ready/", health.ready),
    path("metrics/", metrics.show),
    path("api/", include("huike.api.urls")),
    path("", include("huike.web.urls")),
]

handler400 = "huike.web.home.errors.misread"
handler403 = "huike.web.home.errors.denied"
handler404 = "huike.web.home.errors.missing"
handler500 = "huike.web.home.errors.broken"
