"""Finds the records that the rows of a batch mean, with one query per key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from huike.kernel.access.scope import visible
from huike.kernel.actor import Actor, Op, Reach
from huike.kernel.entity.field import EXTRA, Field
from huike.kernel.records.record import Record

Values = Mapping[str, Any]
Key = tuple[str, Any]
AT_ONCE = 900


class Finder:
    """`match` are the keys by which a record is recognised; `unique` the fields nobody shares."""

    def __init__(
        self, actor: Actor, model: type[Record], match: Sequence[str], unique: Sequence[str]
    ) -> None:
        self.actor, self.model = actor, model
        self.match, self.unique = tuple(match), tuple(unique)
        self.sees_all = Reach.ALL in actor.reaches(model.label(), Op.EDIT)
        self.rows: dict[Key, list[Record]] = {}
        self.seen: set[int] = set()
        self.touched: set[int] = set()
        self.new: dict[Key, Record] = {}
        self.nobody = model()

    def prepare(self, batch: Sequence[Values]) -> None:
        """Read all records that share a key with the rows of a batch."""
        self.rows, self.seen, self.touched = {}, set(), set()
        by_pk: dict[int, Record] = {}
        for name in dict.fromkeys((*self.match, *self.unique)):
            keys = list({v[name] for v in batch if name in v and _hashable(v[name])})
            path = f"extra__{name.removeprefix(EXTRA)}" if name.startswith(EXTRA) else name
            for at in range(0, len(keys), AT_ONCE):
                found = self.model.everything.filter(**{f"{path}__in": keys[at : at + AT_ONCE]})
                for row in found:
                    row = by_pk.setdefault(row.pk, row)
                    self.rows.setdefault((name, self._value(row, name)), []).append(row)
        if by_pk and not self.sees_all:
            mine = visible(self.actor, self.model, Op.EDIT).filter(pk__in=by_pk)
            self.seen = set(mine.values_list("pk", flat=True))

    def find(self, values: Values) -> tuple[Record | None, str]:
        """Return the record that a row means, or why it can't be told."""
        for name in self.match:
            if name not in values:
                continue
            key = (name, values[name])
            if (made := self.new.get(key)) is not None:
                return made, ""
            found = self.rows.get(key, [])
            living = [row for row in found if row.binned_at is None]
            binned = [row for row in found if row.binned_at] if name in self.unique else []
            if len(living) > 1:
                return None, _("Several records have this %(field)s: choose another key.") % {
                    "field": self._label(name)
                }
            if living or binned:
                return self._reachable((living or binned)[0])
        return None, ""

    def taken(self, row: Record, values: Values, fields: Mapping[str, Field]) -> list[str]:
        """Return which of the row's values belong to another record already."""
        wrong = []
        for name in self.unique:
            key = (name, values.get(name))
            if key[1] is None:
                continue
            others = [other for other in self.rows.get(key, []) if other is not row]
            if self.new.get(key, row) is not row or others:
                label = fields[name].label if name in fields else name
                wrong.append(_("Another record has this %(field)s already.") % {"field": label})
        return wrong

    def remember(self, row: Record, values: Values) -> None:
        """Let later rows of the file find this one."""
        if row.pk is not None:
            self.touched.add(row.pk)
        for name in dict.fromkeys((*self.match, *self.unique)):
            if name in values and _hashable(values[name]):
                self.new[name, values[name]] = row

    def forget(self) -> None:
        """Everything is stored: from now on the database tells."""
        self.new = {}

    def imagine(self) -> None:
        """Nothing is stored: keep the keys of what would be, but not the rows."""
        self.new = dict.fromkeys(self.new, self.nobody)

    def _reachable(self, row: Record) -> tuple[Record | None, str]:
        if self.sees_all or row.pk in self.seen:
            return row, ""
        if row.binned_at is not None:
            return None, _("The record with this key lies in the bin, out of your reach.")
        return None, _("You may not change the record with this key.")

    def _value(self, row: Record, name: str) -> Any:
        if name.startswith(EXTRA):
            return row.extra.get(name.removeprefix(EXTRA))
        column: Any = self.model._meta.get_field(name)
        return getattr(row, column.attname)

    def _label(self, name: str) -> str:
        if name.startswith(EXTRA):
            return name.removeprefix(EXTRA)
        return str(getattr(self.model._meta.get_field(name), "verbose_name", name))


def _hashable(value: Any) -> bool:
    return not isinstance(value, list | dict | Model)
