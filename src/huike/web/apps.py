"""Tells Django about this room."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "huike.web"
    label = "web"
