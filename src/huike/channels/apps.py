"""Tells Django about this room."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "huike.channels"
    label = "channels"

    def ready(self) -> None:
        import_module(f"{self.name}.entities")
        import_module(f"{self.name}.reactions")
