"""Tells whether a filter holds for one row that may not be saved yet, as the database would.

Only the row's own fields may be named: what lies beyond links is for lists. Held against the
database by tests/kernel/layouts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from huike.kernel.actor import Actor
from huike.kernel.entity.field import Field
from huike.kernel.kinds.choices import Choices
from huike.kernel.kinds.kind import EMPTY
from huike.kernel.kinds.links import Link, Links
from huike.kernel.kinds.times import Day, Moment, period
from huike.kernel.kinds.trees import with_below
from huike.kernel.kinds.words import Phone, Text
from huike.kernel.records.record import Record

MOST = 20


@dataclass(frozen=True)
class Holding:
    """Asks filters of rows of one entity; `fields` are those of the system, which sees all."""

    actor: Actor
    fields: Mapping[str, Field]

    def holds(self, tree: Any, row: Record) -> bool:
        """Tell whether `tree` holds for `row`; what can't be asked does not hold."""
        if tree in (None, {}, []):
            return True
        if isinstance(tree, dict) and len(tree) == 1:
            ((word, branches),) = tree.items()
            told = [self.holds(branch, row) for branch in branches]
            if not told:
                return True
            return {"all": all(told), "any": any(told), "none": not any(told)}.get(word, False)
        name, op = tree[0], str(tree[1])
        f = self.fields.get(name)
        if f is None:
            return False
        try:
            return self._leaf(f, op, tree[2] if len(tree) > 2 else None, row)
        except (ValidationError, TypeError, ValueError):
            return False

    def _leaf(self, f: Field, op: str, asked: Any, row: Record) -> bool:
        held = f.raw(row)
        if op in {"empty", "filled"}:
            empty = held in EMPTY and held is not False
            return empty if op == "empty" else not empty
        if op in {"yes", "no"}:
            return bool(held) is (op == "yes")
        if op == "me":
            return self.actor.user_id is not None and held == self.actor.user_id
        for kinds, ask in self._ways:
            if isinstance(f.kind, kinds):
                return ask(f, op, asked, held)
        return _plain(f, op, asked, held)

    @property
    def _ways(self) -> tuple[tuple[type | tuple[type, ...], Callable[..., bool]], ...]:
        return (
            ((Links, Choices), _several),
            (Link, _link),
            (Moment, _moment),
            (Day, _day),
            (Text, _text),
        )


def check(fields: Mapping[str, Field], tree: Any) -> None:
    """Refuse a filter that can't be asked of a row by itself; raise ValidationError."""
    leaves = list(_leaves(tree))
    if len(leaves) > MOST:
        raise ValidationError(_("At most %s conditions.") % MOST)
    for leaf in leaves:
        if not (isinstance(leaf, list) and 2 <= len(leaf) <= 3 and isinstance(leaf[0], str)):
            raise ValidationError(_("This filter can't be read. Build it again on the list."))
        f = fields.get(leaf[0])
        if f is None or not can_be_asked(f):
            raise ValidationError(_("A rule can't ask for “%s”.") % leaf[0][:60])
        f.condition(str(leaf[1]), leaf[2] if len(leaf) > 2 else None)  # raises, in words


def can_be_asked(f: Field) -> bool:
    """Tell whether a rule may name a field: one that the row itself holds."""
    from huike.kernel.formulas.field import WorkedOut

    return f.compute is None and not isinstance(f, WorkedOut)


def named_in(tree: Any) -> set[str]:
    """Return the fields that a filter names."""
    return {str(leaf[0]) for leaf in _leaves(tree) if isinstance(leaf, list) and leaf}


def _leaves(tree: Any) -> Iterator[Any]:
    if tree in (None, {}, [], True):
        return
    if isinstance(tree, dict):
        for branches in tree.values():
            for branch in branches if isinstance(branches, list) else [branches]:
                yield from _leaves(branch)
        return
    yield tree


def _several(f: Field, op: str, asked: Any, held: Any) -> bool:
    wanted = f.kind.parse(asked if isinstance(asked, list) else [asked])
    found = bool({*wanted} & {*(held or [])})
    return found if op in {"in", "contains"} else not found


def _link(f: Field, op: str, asked: Any, held: Any) -> bool:
    keys = {f.kind.parse(one) for one in (asked if isinstance(asked, list) else [asked])}
    assert isinstance(f.kind, Link)
    if op == "below":
        keys = set(with_below(f.kind.model, {key for key in keys if key is not None}))
    found = held is not None and int(held) in keys
    return not found if op in {"not", "out"} else found


def _text(f: Field, op: str, asked: Any, held: Any) -> bool:
    mine = str(held or "").casefold()
    if op == "in":
        return held in {f.kind.parse(v) for v in (asked if isinstance(asked, list) else [asked])}
    wanted = str(asked).strip() if not isinstance(f.kind, Phone) else str(f.kind.parse(asked))
    wanted = wanted.casefold()
    if op == "contains":
        return wanted in mine
    if op == "lacks":
        return wanted not in mine
    if op == "starts":
        return mine.startswith(wanted)
    return (mine == wanted) is (op == "is")


def _day(f: Field, op: str, asked: Any, held: Any) -> bool:
    if held in EMPTY:
        return False
    mine: date = f.kind.parse(held)
    if op in {"last", "next", "this"}:
        first, end = period(op, asked)
        return first <= mine < end
    return _ordered(op, mine, f, asked)


def _moment(f: Field, op: str, asked: Any, held: Any) -> bool:
    """A day that is asked for means the whole day, as in lists."""
    if held in EMPTY:
        return False
    mine: datetime = f.kind.parse(held)
    if op in {"last", "next", "this"}:
        first, end = period(op, asked)
        return first <= timezone.localtime(mine).date() < end
    if op == "is":
        return bool(timezone.localtime(mine).date() == Day().parse(str(asked)[:10]))
    if op == "between":
        first, end = Day().parse(str(asked[0])[:10]), Day().parse(str(asked[1])[:10])
        return bool(first <= timezone.localtime(mine).date() <= end)
    limit: datetime = f.kind.parse(asked)
    if op == "after":
        return mine >= limit + (timedelta(days=1) if ":" not in str(asked) else timedelta())
    return mine < limit


def _plain(f: Field, op: str, asked: Any, held: Any) -> bool:
    """Numbers and choices."""
    if op in {"in", "out"}:
        wanted = {f.kind.parse(v) for v in (asked if isinstance(asked, list) else [asked])}
        return (held in wanted) is (op == "in") if held not in EMPTY else op == "out"
    if held in EMPTY:
        return op == "not"
    return _ordered(op, f.kind.parse(held), f, asked)


def _ordered(op: str, mine: Any, f: Field, asked: Any) -> bool:
    if op == "between":
        return bool(f.kind.parse(asked[0]) <= mine <= f.kind.parse(asked[1]))
    other = f.kind.parse(asked)
    return bool(
        {
            "is": mine == other,
            "not": mine != other,
            "gt": mine > other,
            "after": mine > other,
            "gte": mine >= other,
            "lt": mine < other,
            "before": mine < other,
            "lte": mine <= other,
        }[op]
    )
