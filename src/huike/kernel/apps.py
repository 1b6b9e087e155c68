"""Tells Django about this room."""

from __future__ import annotations

from django.apps import AppConfig
from django.core.checks import register


class KernelConfig(AppConfig):
    name = "huike.kernel"
    label = "kernel"

    def ready(self) -> None:
        from huike.kernel.checks import check_entities

        register(check_entities)
