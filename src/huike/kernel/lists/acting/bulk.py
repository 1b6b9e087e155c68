"""Does one act to many chosen rows: first a rehearsal that shows what changes, then for good."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from huike.kernel.access.scope import visible
from huike.kernel.actor import Actor, Op
from huike.kernel.change.work import change, current_work
from huike.kernel.entity.reading import joined
from huike.kernel.entity.titles import title
from huike.kernel.events import Event, announce
from huike.kernel.lists.acting.acts import Act, Transfer
from huike.kernel.lists.acting.selection import Selection
from huike.kernel.lists.acting.verb_act import Do
from huike.kernel.records.record import Conflict, Record

CHUNK = 500
AT_ONCE = 200  # more rows than this are done in the background
REHEARSED = 1000  # up to this many rows the preview tries everything out
SHOWN = 20
TOLD = 200


@dataclass(frozen=True)
class Transferred(Event):
    """Rows were handed over to another owner; `keys` of records labelled `record`."""

    actor: Actor
    record: str
    keys: tuple[int, ...]
    owner: int
    note: str
    group: uuid.UUID


@dataclass(frozen=True)
class Shown:
    """One row of a preview."""

    pk: int
    title: str
    before: str
    after: str


@dataclass
class Outcome:
    """What an act does, or did: how many rows changed, stayed, lie out of reach, were refused."""

    group: uuid.UUID
    chosen: int = 0
    is_exact: bool = True  # otherwise `changed` says how many rows at most
    out_of_reach: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    reasons: list[str] = field(default_factory=list)  # "title: reason", the first 200
    shown: list[Shown] = field(default_factory=list)
    last: int = 0  # key of the last row done

    def refuse(self, row: Record, words: str) -> None:
        self.refused += 1
        if len(self.reasons) < TOLD:
            self.reasons.append(f"{title(current_work().actor, row)}: {words}")

    def as_json(self) -> dict[str, Any]:
        names = ("chosen", "out_of_reach", "changed", "unchanged", "refused", "reasons", "last")
        return {"group": str(self.group), **{name: getattr(self, name) for name in names}}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Outcome:
        return cls(**{**kept, "group": uuid.UUID(kept["group"])})


class _Rehearsed(Exception):
    """Ends a rehearsal: everything it wrote is taken back."""


def prepare(actor: Actor, selection: Selection, act: Act) -> Outcome:
    """Check the act and count its rows, all of them: an act tells no estimate.

    Raises Refused for wrong values.
    """
    outcome = Outcome(uuid.uuid4())
    outcome.chosen = selection.rows(actor).order_by().count()
    act.prepare(actor, selection.entity, selection.entity.fields(actor), outcome.chosen)
    reached = selection.reachable(actor, act.op).order_by().count()
    outcome.out_of_reach = max(outcome.chosen - reached, 0)
    return outcome


def preview(actor: Actor, selection: Selection, act: Act) -> Outcome:
    """Show what `run` would do: up to 1,000 rows by doing it and taking it back."""
    outcome = prepare(actor, selection, act)
    reached = outcome.chosen - outcome.out_of_reach
    if act.is_slow:  # nothing is tried out: it would take as long as doing it
        outcome.changed, outcome.is_exact = reached, False
        return outcome
    if reached > REHEARSED:
        tried = _rehearse(actor, selection, act, _first(selection, actor, act, SHOWN), outcome)
        tried.changed, tried.unchanged, tried.is_exact = reached, 0, False  # not tried: at most
        return tried
    return _rehearse(actor, selection, act, _first(selection, actor, act, REHEARSED), outcome)


def run(actor: Actor, selection: Selection, act: Act) -> Outcome:
    """Do the act to all chosen rows in one change; for at most AT_ONCE rows."""
    outcome = prepare(actor, selection, act)
    with change(actor, action_name(selection, act), group=outcome.group):
        keys = _first(selection, actor, act, CHUNK)
        do_chunk(actor, selection, act, keys, outcome)
    return outcome


def action_name(selection: Selection, act: Act) -> str:
    return f"{selection.entity.model.label()}.{act.op.value if act.op is Op.DELETE else act.name}"


def next_keys(actor: Actor, selection: Selection, act: Act, after: int) -> list[int]:
    """Return the keys of the next chunk of rows, in order of keys."""
    rows = selection.reachable(actor, act.op).filter(pk__gt=after)
    most = 1 if act.is_slow else CHUNK  # slow ones are kept, and told, one by one
    return list(rows.order_by("pk").values_list("pk", flat=True).distinct()[:most])


def do_chunk(
    actor: Actor, selection: Selection, act: Act, keys: Sequence[int], outcome: Outcome
) -> None:
    """Do the act to the rows with `keys` inside the current change, and add up the outcome."""
    model = selection.entity.model
    rows = _locked(visible(actor, model, act.op).filter(pk__in=keys), selection, act)
    befores = {row.pk: act.text(row) for row in rows[:SHOWN]} if not outcome.shown else {}
    tales = {row.pk: told for row in rows[:SHOWN] if (told := act.foretold(row))}
    ready = _changed(act, rows, outcome)
    done = _written(actor, selection, act, ready, outcome)
    outcome.changed += len(done)
    outcome.last = max([outcome.last, *keys])
    for row in done:
        if row.pk in befores and len(outcome.shown) < SHOWN:
            before, after = tales.get(row.pk) or (befores[row.pk], act.text(row))
            outcome.shown.append(Shown(row.pk, title(actor, row), before, after))
    if isinstance(act, Transfer) and done:
        _tell(actor, model, act, done, outcome)


def _locked(rows: QuerySet[Any], selection: Selection, act: Act) -> list[Record]:
    """Read rows for writing, with what their names and the act's field need."""
    fields = [act.field] if hasattr(act, "field") else []
    ready = joined(selection.entity, rows, fields).order_by("pk")
    return list(ready.select_for_update(of=("self",)))


def _changed(act: Act, rows: Sequence[Record], outcome: Outcome) -> list[Record]:
    ready = []
    for row in rows:
        try:
            if act.change(row):
                ready.append(row)
            else:
                outcome.unchanged += 1
        except ValidationError as error:
            outcome.refuse(row, " ".join(error.messages))
    return ready


def _written(
    actor: Actor, selection: Selection, act: Act, rows: list[Record], outcome: Outcome
) -> list[Record]:
    """Save rows; those that would leave the actor's reach are left as they were, and told."""
    if isinstance(act, Do):
        return [row for row in rows if _verb_done(act, row, outcome)]
    try:
        lost = _try(actor, selection, act, rows)
    except IntegrityError:  # the database knows better, for example that two may not be alike
        return _one_by_one(actor, selection, act, rows, outcome)
    for row in rows:
        if row.pk in lost:
            outcome.refuse(row, _("it would leave your reach"))
    if not lost:
        return rows
    kept = _again(actor, selection, act, [row.pk for row in rows if row.pk not in lost])
    act.write(kept)
    return kept


def _try(actor: Actor, selection: Selection, act: Act, rows: list[Record]) -> set[int]:
    """Save rows and ask for permission again; where some are lost, take all back and name them."""
    keys, lost = {row.pk for row in rows}, set[int]()
    with _tentative():
        act.write(rows)
        if act.moves():
            kept = visible(actor, selection.entity.model, act.op).filter(pk__in=keys)
            lost = keys - set(kept.values_list("pk", flat=True))
        if lost:
            raise _Lost
    return lost


def _one_by_one(
    actor: Actor, selection: Selection, act: Act, rows: list[Record], outcome: Outcome
) -> list[Record]:
    """Save rows each for itself, so that one that can't be saved does not hold up the others."""
    done = []
    for row in rows:
        again = _again(actor, selection, act, [row.pk])
        try:
            lost = _try(actor, selection, act, again)
        except IntegrityError:
            outcome.refuse(row, _("Another record has this value already."))
            continue
        if lost:
            outcome.refuse(row, _("it would leave your reach"))
        else:
            done += again
    return done


def _again(actor: Actor, selection: Selection, act: Act, keys: Sequence[int]) -> list[Record]:
    """Read rows anew and change them again, after what was written to them was taken back."""
    rows = visible(actor, selection.entity.model, act.op).filter(pk__in=keys)
    return [row for row in _locked(rows, selection, act) if act.change(row)]


class _Lost(Exception):
    """Rows would leave the actor's reach: what was written is taken back."""


@contextmanager
def _tentative() -> Iterator[None]:
    """A savepoint that takes back the journal's notes too, when an error leaves it."""
    notes = current_work().notes
    before = len(notes)
    try:
        with transaction.atomic():
            yield
    except BaseException as error:
        del notes[before:]
        if not isinstance(error, _Lost):
            raise


def _verb_done(act: Do, row: Record, outcome: Outcome) -> bool:
    try:
        with _tentative():
            act.write([row])
    except (ValidationError, PermissionDenied, Conflict) as error:
        words = error.messages if isinstance(error, ValidationError) else [str(error)]
        outcome.refuse(row, " ".join(words))
        return False
    return True


def _first(selection: Selection, actor: Actor, act: Act, most: int) -> list[int]:
    rows = selection.reachable(actor, act.op).order_by("pk")
    return list(rows.values_list("pk", flat=True).distinct()[:most])


def _rehearse(
    actor: Actor, selection: Selection, act: Act, keys: Sequence[int], outcome: Outcome
) -> Outcome:
    try:
        with change(actor, "lists.rehearsal", group=outcome.group):
            do_chunk(actor, selection, act, keys, outcome)
            raise _Rehearsed
    except _Rehearsed:
        return outcome


def _tell(
    actor: Actor, model: type[Record], act: Transfer, rows: Sequence[Record], outcome: Outcome
) -> None:
    keys = tuple(row.pk for row in rows)
    owner = int(act._owner.value)
    announce(Transferred(actor, model.label(), keys, owner, act.note, outcome.group))
