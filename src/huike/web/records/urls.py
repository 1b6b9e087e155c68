"""The addresses below /<room>/<record>/ that concern one record."""

from __future__ import annotations

from django.urls import path

import huike.web.addresses  # noqa: F401  (the converter <entity:...>)
from huike.web.records import binning, files, history, lookup, pages, panels, timeline, verbs
from huike.web.records.forms import adding, editing, inline

urlpatterns = [
    path("bin/", binning.bin_page, name="bin"),
    path("undo/<uuid:group>/", binning.undo_group, name="undo"),
    path("files/<int:pk>/", files.download, name="file"),
    path("lookup/<str:room>/<str:record>/", lookup.look_up, name="lookup"),
    path("<entity:entity>/add/", adding.add, name="add"),
    path("<entity:entity>/quick/", adding.quick, name="quick"),
    path("<entity:entity>/<int:pk>/", pages.page, name="record"),
    path("<entity:entity>/<int:pk>/head/", pages.head, name="record-head"),
    path("<entity:entity>/<int:pk>/peek/", pages.peek, name="peek"),
    path("<entity:entity>/<int:pk>/side/", pages.side, name="side"),
    path("<entity:entity>/<int:pk>/panel/<str:name>/", panels.late, name="panel"),
    path("<entity:entity>/<int:pk>/pin/", pages.pin, name="pin"),
    path("<entity:entity>/<int:pk>/edit/", editing.edit, name="edit"),
    path("<entity:entity>/<int:pk>/field/<str:name>/", inline.cell, name="field"),
    path("<entity:entity>/<int:pk>/timeline/", timeline.more, name="timeline"),
    path("<entity:entity>/<int:pk>/compose/", timeline.compose, name="compose"),
    path("<entity:entity>/<int:pk>/history/", history.history, name="history"),
    path("<entity:entity>/<int:pk>/files/", files.listing, name="record-files"),
    path("<entity:entity>/<int:pk>/do/<str:name>/", verbs.do, name="do"),
    path("<entity:entity>/<int:pk>/bin/", binning.to_bin, name="to-bin"),
    path("<entity:entity>/<int:pk>/restore/", binning.from_bin, name="restore"),
]
