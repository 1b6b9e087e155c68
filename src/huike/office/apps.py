"""Tells Django about this room."""

from __future__ import annotations

from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "huike.office"
    label = "office"
