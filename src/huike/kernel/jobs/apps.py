"""Tells Django about the kernel's jobs tables, and finds what the rooms declare in `jobs.py`."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    name = "huike.kernel.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Import every room's `jobs.py`, so that a worker knows all jobs and schedules."""
        from huike.kernel.jobs import pruning  # noqa: F401

        autodiscover_modules("jobs")
