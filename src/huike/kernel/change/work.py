"""The unit of work: who is changing records now, by which action, and what it has touched."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from huike.kernel.actor import Actor


class UnjournaledWrite(RuntimeError):
    """A record was saved outside any change."""


@dataclass
class Noted:
    """One journal entry that waits to be written when its change ends."""

    record: str
    record_id: int | None
    kind: str
    version: int = 0
    fields: dict[str, list[Any]] = field(default_factory=dict)


@dataclass
class Work:
    """A change under way. Entries and events collect here and leave together with the commit."""

    actor: Actor
    action: str
    group: uuid.UUID
    undoes: uuid.UUID | None = None
    uuid: uuid.UUID = field(default_factory=uuid.uuid4)
    notes: list[Noted] = field(default_factory=list)
    before_commit: list[Callable[[], None]] = field(default_factory=list)
    on_failure: list[Callable[[], None]] = field(default_factory=list)

    def note(self, noted: Noted) -> None:
        self.notes.append(noted)


# What the kernel does about every change before it is committed, such as keeping search current.
closing: list[Callable[[Work], None]] = []

_current: ContextVar[Work | None] = ContextVar("work", default=None)


def if_it_fails(take_away: Callable[[], None]) -> None:
    """Call `take_away` should the change under way be rolled back: for what no database holds."""
    if (work := _current.get()) is not None:
        work.on_failure.append(take_away)


def current_work() -> Work:
    """Return the change under way; raise UnjournaledWrite where there is none."""
    work = _current.get()
    if work is None:
        raise UnjournaledWrite("save records inside an @action or `with change(...)`")
    return work


@contextmanager
def change(
    actor: Actor, action: str, *, group: uuid.UUID | None = None, undoes: uuid.UUID | None = None
) -> Iterator[Work]:
    """Open a transaction in which records may be saved; an inner change joins the outer one.

    `action` is "room.verb". `group` ties the changes of one long piece of work together, so that
    they can be undone together; `undoes` names the group that this change takes back.
    """
    from huike.kernel.change.journal import seal

    if (outer := _current.get()) is not None:
        yield outer
        return
    work = Work(actor, action, group or uuid.uuid4(), undoes)
    token = _current.set(work)
    try:
        with transaction.atomic():
            yield work
            for finish in work.before_commit:
                finish()
            for close in closing:
                close(work)
            seal(work)
    except BaseException:
        for take_away in work.on_failure:
            take_away()
        raise
    finally:
        _current.reset(token)
