"""Writes a batch of rows in bulk; where that fails, row by row, so that only the bad ones fail."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from huike.kernel.access.scope import visible
from huike.kernel.actor import Actor, Op, Reach
from huike.kernel.change.work import current_work
from huike.kernel.records.bulk import create_all, save_all
from huike.kernel.records.bulk_links import link_all
from huike.kernel.records.record import Record, difference

Refused = dict[int, str]  # by the identity of the row


class OutOfReach(Exception):
    """Some rows of a batch would lie outside the actor's reach."""

    def __init__(self, keys: set[int]) -> None:
        self.keys = keys


class Storing:
    """Stores rows of one model as one actor."""

    def __init__(self, actor: Actor, model: type[Record]) -> None:
        self.actor, self.model = actor, model
        self._changed: set[int] = set()

    def store(self, rows: Iterable[Record]) -> Refused:
        """Insert the new and save the changed rows; return which were refused, and why."""
        self._changed = set()
        once = list({id(row): row for row in rows}.values())
        new = [row for row in once if row._state.adding]
        known = [row for row in once if not row._state.adding and self._differs(row)]
        self._changed = {id(row) for row in known}
        return self._create(new) | self._save(known)

    def changed(self, row: Record) -> bool:
        """Tell whether a row that was found differs, or did before it was stored."""
        return id(row) in self._changed or (not row._state.adding and self._differs(row))

    def foresee(self, row: Record) -> str:
        """Return why the actor's reach would refuse a row, as far as its own columns tell it.

        A reach that goes through another record, or through helping, is only known once stored.
        """
        op = Op.ADD if row._state.adding else Op.EDIT
        reaches, scope = self.actor.reaches(self.model.label(), op), self.model.scope
        paths = [path for path in (scope.owner, scope.department) if path]
        if Reach.ALL in reaches or not paths or scope.beside or self.actor.helps:
            return ""
        if any("__" in path for path in paths):
            return ""
        departments: Collection[int | None] = ()
        if Reach.BELOW in reaches:
            departments = self.actor.departments_below
        elif Reach.DEPARTMENT in reaches:
            departments = {self.actor.department_id} - {None}
        owner = getattr(row, f"{scope.owner}_id", None) if scope.owner else None
        mine = owner is not None and owner == self.actor.user_id
        near = scope.department and getattr(row, f"{scope.department}_id", None) in departments
        return "" if mine or near else beyond_reach()

    def link(self, rows: Iterable[Record | None], name: str, wanted: Mapping[int, Any]) -> None:
        """Write a many-to-many field of stored rows."""
        holding = [row for row in rows if row is not None and row.pk in wanted]
        for row in holding:
            row._links = {}
        link_all(holding, name, wanted)

    def _differs(self, row: Record) -> bool:
        return bool(difference(row._loaded, row.snapshot())) or bool(row._changed_links())

    def _create(self, rows: Sequence[Record]) -> Refused:
        if not rows:
            return {}
        for row in rows:
            row._links = {}
        try:
            with undoable():
                create_all(rows, clean=False, full_entries=False)
                self._within_reach(rows, Op.ADD)
                return {}
        except OutOfReach as beyond:
            return self._without(rows, beyond.keys)
        except IntegrityError:
            return self._one_by_one(rows)

    def _without(self, rows: Sequence[Record], keys: set[int]) -> Refused:
        """Insert what lies within reach; the rest is refused."""
        out = [row for row in rows if row.pk in keys]
        fine = [row for row in rows if row.pk not in keys]
        for row in rows:
            afresh(row)
        return {id(row): beyond_reach() for row in out} | self._create(fine)

    def _one_by_one(self, rows: Sequence[Record]) -> Refused:
        refused = {}
        for row in rows:
            afresh(row)
            try:
                with undoable():
                    row.save()
                    self._within_reach([row], Op.ADD)
            except (ValidationError, IntegrityError, OutOfReach) as error:
                afresh(row)
                refused[id(row)] = reason_of(error)
        return refused

    def _save(self, rows: Sequence[Record]) -> Refused:
        if not rows:
            return {}
        try:
            with undoable():
                for row in rows:
                    row._links = {}
                save_all(rows)
                self._within_reach(rows, Op.EDIT)
                return {}
        except (OutOfReach, IntegrityError):
            return self._save_one_by_one(rows)

    def _save_one_by_one(self, rows: Sequence[Record]) -> Refused:
        refused = {}
        stored = self.model.everything.in_bulk([row.pk for row in rows])
        for row in rows:
            row.version = stored[row.pk].version
            try:
                with undoable():
                    save_all([row])
                    self._within_reach([row], Op.EDIT)
            except (ValidationError, IntegrityError, OutOfReach) as error:
                refused[id(row)] = reason_of(error)
        return refused

    def _within_reach(self, rows: Sequence[Record], op: Op) -> None:
        """Ask the stored rows again, so that nobody writes what they could not reach."""
        if Reach.ALL in self.actor.reaches(self.model.label(), op):
            return
        keys = {row.pk for row in rows}
        mine = visible(self.actor, self.model, op).filter(pk__in=keys)
        beyond = keys - set(mine.values_list("pk", flat=True))
        if beyond:
            raise OutOfReach(beyond)


class undoable:
    """A savepoint that also takes back what the journal was told."""

    def __enter__(self) -> None:
        self.notes = len(current_work().notes)
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if kind is not None:
            del current_work().notes[self.notes :]
        self.savepoint.__exit__(kind, error, trace)


def afresh(row: Record) -> None:
    """Let a row that was taken back be new again."""
    row.pk = None
    row._state.adding = True
    row.version = 1


def beyond_reach() -> str:
    return _("It would lie outside your reach (owner or department).")


def reason_of(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    if isinstance(error, OutOfReach):
        return beyond_reach()
    return _("The database refuses it: another record may have the same key.")
