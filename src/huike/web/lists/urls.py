"""The addresses of lists: /<room>/<record>/ and what is done there."""

from __future__ import annotations

from django.urls import path

from huike.web.lists import acting, cells, choosing, exporting, page, saved

urlpatterns = [
    path("<entity:entity>/", page.show, name="list"),
    path("<entity:entity>/rows/", page.rows, name="list-rows"),
    path("<entity:entity>/totals/", page.totals_row, name="list-totals"),
    path("<entity:entity>/catalogue/", choosing.fields_to_filter, name="list-catalogue"),
    path("<entity:entity>/filter/", choosing.add_condition, name="list-filter"),
    path("<entity:entity>/columns/", choosing.choose_columns, name="list-columns"),
    path("<entity:entity>/views/", saved.manage, name="list-views"),
    path("<entity:entity>/views/<int:pk>/", saved.change, name="list-view"),
    path("<entity:entity>/act/", acting.ask, name="list-act"),
    path("<entity:entity>/act/preview/", acting.preview, name="list-act-preview"),
    path("<entity:entity>/act/run/", acting.run, name="list-act-run"),
    path("<entity:entity>/act/jobs/<int:job>/", acting.progress, name="list-act-job"),
    path("<entity:entity>/export/", exporting.export, name="list-export"),
    path("<entity:entity>/export/<int:job>/", exporting.fetch, name="list-export-file"),
    path("<entity:entity>/<int:pk>/cell/<str:name>/", cells.cell, name="list-cell"),
    path("<entity:entity>/<int:pk>/move/", cells.move, name="list-move"),
]
