"""Tells Django about this room."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class TradeConfig(AppConfig):
    name = "huike.trade"
    label = "trade"

    def ready(self) -> None:
        import_module(f"{self.name}.entities")
