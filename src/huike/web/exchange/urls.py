"""The addresses of imports."""

from __future__ import annotations

from django.urls import path

from huike.web.exchange import mending, pages, planning

urlpatterns = [
    path("import/", pages.start, name="import"),
    path("import/<int:pk>/", planning.page, name="import-run"),
    path("import/<int:pk>/progress/", pages.progress, name="import-progress"),
    path("import/<int:pk>/stop/", pages.stop, name="import-stop"),
    path("import/<int:pk>/again/", pages.go_on, name="import-again"),
    path("import/<int:pk>/undo/", pages.undo, name="import-undo"),
    path("import/<int:pk>/drop/", pages.drop, name="import-drop"),
    path("import/<int:pk>/bad.csv", mending.download, name="import-bad-file"),
    path("import/<int:pk>/bad/", mending.mend, name="import-bad"),
]
