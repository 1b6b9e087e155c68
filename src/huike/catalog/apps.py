"""Tells Django about this room."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "huike.catalog"
    label = "catalog"

    def ready(self) -> None:
        import_module(f"{self.name}.entities")
