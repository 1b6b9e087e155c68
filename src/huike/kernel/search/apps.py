"""Tells Django about the kernel's search tables."""

from __future__ import annotations

from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "huike.kernel.search"
    label = "search"
