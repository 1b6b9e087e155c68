"""Tells Django about web-hooks: a room of its own, for /api/ leads to the API, not to pages."""

from __future__ import annotations

from django.apps import AppConfig


class HooksConfig(AppConfig):
    name = "huike.api.hooks"
    label = "hooks"

    def ready(self) -> None:
        from huike.api.hooks.noticing import notice
        from huike.kernel.change.work import closing

        closing.append(notice)
