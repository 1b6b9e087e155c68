"""Tells Django about this room."""

from __future__ import annotations

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "huike.api"
    label = "api"

    def ready(self) -> None:
        from huike.api.records import forgetting

        forgetting.start()
