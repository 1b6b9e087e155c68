"""Tells Django about the kernel's jobs tables."""

from __future__ import annotations

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "huike.kernel.jobs"
    label = "jobs"
