"""Tells Django about this room."""

from __future__ import annotations

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "huike.catalog"
    label = "catalog"
