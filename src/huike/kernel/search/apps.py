"""Tells Django about the kernel's search tables, and lets every change keep the index current."""

from __future__ import annotations

from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "huike.kernel.search"
    label = "search"

    def ready(self) -> None:
        from huike.kernel.change.work import closing
        from huike.kernel.search.index import index_work

        closing.append(index_work)
