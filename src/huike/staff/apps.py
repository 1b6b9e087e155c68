"""Tells Django about the staff room."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class StaffConfig(AppConfig):
    name = "huike.staff"
    label = "staff"

    def ready(self) -> None:
        from huike.staff.sight import know_owners

        post_migrate.connect(know_owners, sender=self)
