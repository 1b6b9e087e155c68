"""Tells Django about this room."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig

PANELS = (
    "customers",
    "stages",
    "days",
    "pool",
    "duplicates",
    "sealing",
    "privacy",
    "trade",
    "marketing",
    "pivot",
)


class WebConfig(AppConfig):
    name = "huike.web"
    label = "web"

    def ready(self) -> None:
        import_module("huike.web.insight.menu").register()  # its panel stands first
        for room in PANELS:
            import_module(f"huike.web.{room}.panels").register()
        for page in ("dossier", "quality"):
            import_module(f"huike.web.customers.{page}").register()
        import_module("huike.web.settings.menu").register()
        import_module("huike.web.exchange.menu").register()
        import_module("huike.web.marketing.menu").register()
