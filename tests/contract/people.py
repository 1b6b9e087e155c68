"""The cast with a browser each, and what visible() says that each may do with one row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.db import transaction
from django.test import Client
from openpyxl import load_workbook

from huike.kernel.access.scope import allowed, may, within
from huike.kernel.actor import Actor, Op
from huike.kernel.entity.entity import Entity
from huike.kernel.records.record import Record
from tests.breadth import ASKED
from tests.cast import Cast


@dataclass(frozen=True)
class Person:
    """One of the cast in front of one row."""

    name: str
    client: Client
    actor: Actor
    may_list: bool
    may_add: bool
    may_export: bool
    sees: bool
    edits: bool
    bins: bool
    exports: bool


def browser(cast: Cast, name: str) -> Client:
    """Return a signed-in browser that speaks English and keeps errors as pages."""
    user = cast.users[name]
    user.language = "en"
    user.save()
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def people(cast: Cast, entity: Entity, row: Record) -> Iterator[Person]:
    """Yield those asked as they stand to `row`."""
    for name in ASKED:
        actor, model = cast.actor(name), entity.model
        sees = allowed(actor, Op.VIEW, row)
        exported = model.objects.filter(within(actor, model, Op.EXPORT), pk=row.pk)
        yield Person(
            name=name,
            client=browser(cast, name),
            actor=actor,
            may_list=may(actor, model, Op.VIEW),
            may_add=may(actor, model, Op.ADD),
            may_export=may(actor, model, Op.EXPORT),
            sees=sees,
            edits=sees and allowed(actor, Op.EDIT, row),
            bins=sees and allowed(actor, Op.DELETE, row),
            exports=sees and exported.exists(),
        )


@contextmanager
def taken_back() -> Iterator[None]:
    """Whatever is written inside is as if it had never been: the next person finds the same row."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def words_of(answer: Any) -> str:
    """Return all that an answer says, also that of a sheet, and the toasts in its headers."""
    raw = b"".join(answer.streaming_content) if answer.streaming else answer.content
    kind = answer.headers.get("Content-Type", "")
    told = " ".join(f"{k}: {v}" for k, v in answer.headers.items())
    if "spreadsheet" in kind:
        cells = load_workbook(BytesIO(raw), read_only=True).active.iter_rows(values_only=True)
        return told + "\n".join("\t".join(str(c) for c in line) for line in cells)
    return told + raw.decode("utf-8-sig")
