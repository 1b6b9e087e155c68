"""The addresses of the pool."""

from __future__ import annotations

from django.urls import path

from huike.web.pool import pages

urlpatterns = [
    path("pool/", pages.show, name="pool"),
    path("pool/begin/", pages.begin, name="pool-begin"),
    path("pool/night/<uuid:group>/undo/", pages.undo_night, name="pool-undo"),
    path("customers/poolparty/<int:pk>/do/claim/", pages.claim, name="pool-claim"),
    path("customers/party/<int:pk>/do/release/", pages.release, name="pool-release"),
]
