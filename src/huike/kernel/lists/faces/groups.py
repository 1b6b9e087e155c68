"""Groups of a list with counts and totals, for any choice, link, yes/no or date field."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _

from huike.kernel.actor import Actor
from huike.kernel.entity.field import Field
from huike.kernel.kinds.links import Link
from huike.kernel.kinds.times import Day
from huike.kernel.lists.names import names_of
from huike.kernel.lists.view import ListView

MOST = 200


@dataclass(frozen=True)
class Group:
    """One group: its value as JSON, its label, how many rows, and the sum of each number column."""

    value: Any
    label: str
    count: int
    totals: dict[str, Decimal]
    filter: list[Any]  # the condition that opens it


def grouped(
    actor: Actor, view: ListView, rows: QuerySet[Any], fields: Mapping[str, Field]
) -> list[Group]:
    """Return the view's rows by its group field, at most 200 groups: largest first, or newest."""
    field = fields.get(view.group)
    if field is None or not field.is_comparable or not can_group(field):
        raise ValidationError(_("“%s” can't be grouped by.") % view.group[:60])
    is_date = isinstance(field.kind, Day)
    expression = TruncMonth(field.expression()) if is_date else field.expression()
    numbers = number_fields(view, fields)
    found = (
        rows.order_by()
        .annotate(group_key=expression)
        .values("group_key")
        .annotate(group_count=Count("pk"), **_sums(numbers))
        .order_by(*(["-group_key"] if is_date else ["-group_count", "group_key"]))[:MOST]
    )
    answers = list(found)
    labels = _labels(actor, field, [a["group_key"] for a in answers])
    return [_group(field, a, labels, numbers) for a in answers]


def totals(view: ListView, rows: QuerySet[Any], fields: Mapping[str, Field]) -> dict[str, Decimal]:
    """Return the sum of each number column that the view shows."""
    numbers = number_fields(view, fields)
    if not numbers:
        return {}
    sums = rows.order_by().aggregate(**_sums(numbers))
    return {f.name: sums[f"sum_{n}"] or Decimal(0) for n, f in enumerate(numbers)}


def can_group(field: Field) -> bool:
    return field.kind.is_groupable or isinstance(field.kind, Day)


def number_fields(view: ListView, fields: Mapping[str, Field]) -> list[Field]:
    return [f for f in view.shown(fields) if f.kind.is_number and f.is_comparable]


def _sums(numbers: Sequence[Field]) -> dict[str, Sum]:
    return {f"sum_{n}": Sum(f.expression()) for n, f in enumerate(numbers)}


def _group(
    field: Field, answer: Mapping[str, Any], labels: Mapping[Any, str], numbers: Sequence[Field]
) -> Group:
    key = answer["group_key"]
    sums = {f.name: answer[f"sum_{n}"] or Decimal(0) for n, f in enumerate(numbers)}
    return Group(
        value=field.kind.plain(key),
        label=labels.get(key, "") or _("(empty)"),
        count=answer["group_count"],
        totals=sums,
        filter=_opening(field, key),
    )


def _labels(actor: Actor, field: Field, keys: Sequence[Any]) -> dict[Any, str]:
    if isinstance(field.kind, Link):
        names = names_of(actor, field.kind, [int(k) for k in keys if k is not None])
        return {k: names.get(int(k), "") if k is not None else "" for k in keys}
    if isinstance(field.kind, Day):
        return {k: f"{k:%Y-%m}" if k else "" for k in keys}
    return {k: field.kind.text(k) for k in keys}


def _opening(field: Field, key: Any) -> list[Any]:
    if key in (None, ""):
        return [field.name, "empty"]
    if isinstance(field.kind, Day):
        return [field.name, "between", list(_month(key))]
    if field.kind.name == "yes_no":
        return [field.name, "yes" if key else "no"]
    return [field.name, "in", [int(key) if isinstance(field.kind, Link) else str(key)]]


def _month(key: Any) -> tuple[str, str]:
    last = calendar.monthrange(key.year, key.month)[1]
    return f"{key:%Y-%m}-01", f"{key:%Y-%m}-{last:02d}"
