"""Tells Django about this room."""

from __future__ import annotations

from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "huike.staff"
    label = "staff"
