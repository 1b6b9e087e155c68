"""Tells Django about this room."""

from __future__ import annotations

from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "huike.kernel"
    label = "kernel"
