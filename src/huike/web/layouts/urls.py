"""The addresses of layouts, of rules, and of the fields that a single record has."""

from __future__ import annotations

from django.urls import path

import huike.web.addresses  # noqa: F401  (the converter <entity:...>)
from huike.web.layouts import pages, record, rules

urlpatterns = [
    path("settings/layouts/", pages.show, name="layouts"),
    path("settings/layouts/<entity:entity>/", pages.of_record, name="layouts-of"),
    path("settings/layouts/<entity:entity>/<int:pk>/", pages.one, name="layout"),
    path("settings/layouts/<entity:entity>/<int:pk>/preview/", pages.preview, name="see-layout"),
    path("settings/layouts/<entity:entity>/<int:pk>/<str:name>/", pages.do, name="layout-do"),
    path("settings/layouts/<entity:entity>/rule/<str:name>/", rules.rule, name="field-rule"),
    path("<entity:entity>/rules/", rules.told, name="rules"),
    path("<entity:entity>/<int:pk>/layout/", record.switch, name="switch-layout"),
    path("<entity:entity>/<int:pk>/own/", record.own, name="own-fields"),
    path("<entity:entity>/<int:pk>/own/<int:place>/", record.own_one, name="own-field"),
]
