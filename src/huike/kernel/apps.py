"""Tells Django about the kernel, and finds what the rooms declare in `entities.py` and others."""

from __future__ import annotations

from django.apps import AppConfig
from django.core.checks import register
from django.utils.module_loading import autodiscover_modules


class KernelConfig(AppConfig):
    name = "huike.kernel"
    label = "kernel"

    def ready(self) -> None:
        from huike.kernel import formulas, layouts
        from huike.kernel.checks import check_entities
        from huike.kernel.exchange.importing import running  # noqa: F401  (its jobs)
        from huike.kernel.records import purging, undo_job  # noqa: F401
        from huike.kernel.sealing import arriving, copies, scrubbing  # noqa: F401

        copies.start()
        arriving.start()
        formulas.start()
        layouts.start()
        register(check_entities)
        for name in ("entities", "reactions", "importing", "feeds", "privacy"):
            autodiscover_modules(name)
