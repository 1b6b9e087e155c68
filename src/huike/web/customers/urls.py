"""The addresses of customers beyond the generic ones."""

from __future__ import annotations

from django.urls import path

from huike.web.customers import categories, dossier, quality, ties

urlpatterns = [
    path("customers/category/tree/", categories.show, name="categories"),
    path("customers/category/tree/<int:pk>/", categories.one, name="category-branch"),
    path("customers/category/tree/<int:pk>/move/", categories.move, name="category-move"),
    path("customers/category/tree/<int:pk>/bin/", categories.to_bin, name="category-bin"),
    path("customers/category/tree/<int:pk>/take/", categories.take, name="category-take"),
    path("customers/party/<int:pk>/ties/", ties.show, name="party-ties"),
    path("customers/party/<int:pk>/dossier/", dossier.show, name="dossier"),
    path("customers/party/<int:pk>/dossier.pdf", dossier.pdf, name="dossier-pdf"),
    path("customers/volume/<int:pk>/document/", dossier.volume, name="volume-document"),
    path("customers/quality/", quality.show, name="quality"),
    path("customers/quality/check/", quality.check_now, name="quality-check"),
    path("customers/quality/weights/", quality.weights, name="quality-weights"),
    path("customers/quality/rule/", quality.rule, name="quality-rule"),
]
