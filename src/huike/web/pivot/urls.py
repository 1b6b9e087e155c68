"""The addresses of the page of pivots."""

from __future__ import annotations

from django.urls import path

from huike.web.pivot import documents, exporting, filtering, keeping, pages

urlpatterns = [
    path("pivot/", pages.show, name="pivot"),
    path("pivot/<int:pk>/", keeping.open_saved, name="pivot-saved"),
    path("pivot/save/", keeping.save, name="pivot-save"),
    path("pivot/filter/", filtering.choose, name="pivot-filter"),
    path("pivot/documents/", documents.show, name="pivot-documents"),
    path("pivot/export/", exporting.export, name="pivot-export"),
]
