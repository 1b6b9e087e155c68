"""News from one room to others: announced inside a change, delivered after its commit."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import transaction

from huike.kernel.change.work import current_work

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Event:
    """Something that happened; a room's `events.py` declares subclasses."""


E = TypeVar("E", bound=Event)
_reactions: dict[type[Event], list[Callable[[Any], None]]] = defaultdict(list)


def on(kind: type[E]) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Register a reaction to events of `kind`. It runs after the commit, outside the change."""

    def register(reaction: Callable[[E], None]) -> Callable[[E], None]:
        _reactions[kind].append(reaction)
        return reaction

    return register


def announce(event: Event) -> None:
    """Deliver `event` to its reactions once the current change is committed, never if it fails.

    A reaction that fails is logged and does not disturb the others; what must not be lost belongs
    in a job that is queued inside the change.
    """
    current_work()
    transaction.on_commit(lambda: _deliver(event))


def _deliver(event: Event) -> None:
    for reaction in _reactions[type(event)]:
        try:
            reaction(event)
        except Exception:
            log.exception("reaction %s to %s failed", reaction.__qualname__, event)
