"""A list as pictures: the rows of each group counted, and each number that it shows summed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from huike.kernel.actor import Actor
from huike.kernel.entity.field import Field
from huike.kernel.kinds.numbers import Money, Share, Whole
from huike.kernel.kinds.times import Day
from huike.kernel.lists.faces.groups import Group, can_group, grouped
from huike.kernel.lists.view import ListView
from huike.ui.charts import Chart, Row, Series, Table, bars, said

MOST_BARS = 30
MOST_SUMS = 3


def picture_fields(fields: Mapping[str, Field]) -> list[Field]:
    """Return the fields that a list can be drawn by."""
    return [f for f in fields.values() if f.is_comparable and can_group(f)]


def pictures(
    actor: Actor,
    view: ListView,
    rows: QuerySet[Any],
    fields: Mapping[str, Field],
    opened: Callable[[Any], str],
) -> tuple[Field, list[Chart]]:
    """Return the field the view is drawn by, and its charts; raise ValidationError.

    `opened` gives the address of the list within one more condition.
    """
    by = fields.get(view.by) or next(iter(picture_fields(fields)), None)
    if by is None:
        raise ValidationError(_("There is no field to draw this list by."))
    found = grouped(actor, replace(view, group=by.name), rows, fields)
    shown = found[:MOST_BARS]
    if isinstance(by.kind, Day):
        shown = shown[::-1]  # months from left to right
    measures = [f for f in view.shown(fields) if f.kind.is_number and f.is_comparable][:MOST_SUMS]
    charts = [_chart(by, _("Count"), "whole", shown, [g.count for g in shown], opened)]
    charts += [
        _chart(by, f.label, _unit(f), shown, [g.totals[f.name] for g in shown], opened)
        for f in measures
        if not isinstance(f.kind, Share)  # a sum of shares tells nothing
    ]
    if len(found) > len(shown):
        note = _("The first %(n)s of %(all)s groups.") % {"n": len(shown), "all": len(found)}
        charts = [replace(chart, note=note) for chart in charts]
    return by, charts


def _unit(f: Field) -> str:
    if isinstance(f.kind, Money):
        return "money"
    return "whole" if isinstance(f.kind, Whole) else "number"


def _chart(
    by: Field,
    measure: str,
    unit: str,
    groups: Sequence[Group],
    values: Sequence[Any],
    opened: Callable[[Any], str],
) -> Chart:
    hrefs = [opened(group.filter) for group in groups]
    labels = [group.label for group in groups]
    return Chart(
        title=_("%(measure)s by %(field)s") % {"measure": measure, "field": by.label},
        spec=bars(
            labels, [Series(measure, values, hrefs)], unit, lying=not isinstance(by.kind, Day)
        ),
        table=Table(
            [by.label, measure],
            [
                Row([label, said(value, unit)], href)
                for label, value, href in zip(labels, values, hrefs, strict=True)
            ],
        ),
        size="tall" if len(groups) > 12 else "normal",
    )
