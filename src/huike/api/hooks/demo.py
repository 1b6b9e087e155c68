"""Makers of hooks and messages, for tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from huike.api.hooks.models import Delivery, Hook
from huike.kernel.records.record import Record


def make_hook(**given: Any) -> Hook:
    """Return an unsaved hook, for tests."""
    return Hook(**{"name": "Shop", "address": "https://shop.example/huike", **given})


def make_delivery(**given: Any) -> Delivery:
    """Return an unsaved message, for tests."""
    return Delivery(**{"change": 1, "who": "system", "at": timezone.now(), **given})


MAKERS: dict[type[Record], Callable[..., Record]] = {
    Hook: make_hook,
    Delivery: make_delivery,
}
