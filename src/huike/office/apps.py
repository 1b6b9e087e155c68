"""Tells Django about this room."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "huike.office"
    label = "office"

    def ready(self) -> None:
        import_module(f"{self.name}.entities")
