"""Tells Django about this room."""

from __future__ import annotations

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "huike.ui"
    label = "ui"
