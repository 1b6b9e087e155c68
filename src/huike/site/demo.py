"""The demo firm: asks every room that can for its part, lowest room first."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable

ROOMS = (
    "staff", "customers", "catalog", "channels", "office", "trade", "surveys", "marketing",
    "analytics",
)  # fmt: skip


def is_filled() -> bool:
    """Whether the demo firm (or anything else) is there already."""
    from huike.staff.models import User

    return User.objects.exists()


def fill(say: Callable[[str], None]) -> None:
    """Invent the firm: each room's demo.py has `fill(say)` if it has something to give.

    When all rooms are filled, `finish()` lets a room make what rests on the rooms above it.
    """
    for room in ROOMS:
        name = f"huike.{room}.demo"
        if importlib.util.find_spec(name) is None:
            continue
        make = getattr(importlib.import_module(name), "fill", None)
        if make is not None:
            say(room)
            make(say)
    for room in ROOMS:
        name = f"huike.{room}.demo"
        if importlib.util.find_spec(name) is not None:
            getattr(importlib.import_module(name), "finish", lambda: None)()


def sign_ins() -> list[str]:
    """Return one line for each person that a visitor may sign in as."""
    if importlib.util.find_spec("huike.staff.demo") is None:
        return []
    lines: list[str] = importlib.import_module("huike.staff.demo").sign_ins()
    return lines
