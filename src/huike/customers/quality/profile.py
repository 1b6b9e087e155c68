"""The profile of the customer files that a reader sees: filled, distinct, common, suspicious."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Avg, Count, Q, QuerySet
from django.utils import timezone

from huike.customers.models import Party
from huike.customers.quality.checks import STAND_INS
from huike.customers.quality.models import Finding, QualityDay, QualityRule
from huike.kernel.access.scope import visible
from huike.kernel.actor import Actor
from huike.kernel.entity.entity import entity_of
from huike.kernel.entity.field import Field
from huike.kernel.kinds.links import Link

LEAVE_OUT = frozenset({"kind", "tags", "relation", "stage", "owned_since", "pooled_since",
                       "completeness", "is_locked", "lock_reason", "sealed_fields"})  # fmt: skip


@dataclass(frozen=True)
class Line:
    """What is known of one field over all files of a kind."""

    field: Field
    filled: int
    files: int
    distinct: int
    common: str  # the most common value, as its reader may see it
    common_count: int
    suspicious: int

    @property
    def share(self) -> int:
        return round(100 * self.filled / self.files) if self.files else 0


@dataclass(frozen=True)
class Whole:
    """All files in three numbers."""

    files: int
    completeness: int | None
    with_findings: int


def files_of(actor: Actor, kind: str = "") -> QuerySet[Party]:
    """Return the customer files that `actor` sees, of persons or organisations or both."""
    rows = visible(actor, Party).filter(is_customer=True)
    return rows.filter(kind=kind) if kind else rows


def whole(actor: Actor, kind: str = "") -> Whole:
    """Return how many files there are and how good they are (two queries)."""
    rows = files_of(actor, kind).order_by()
    found = rows.aggregate(n=Count("pk"), mean=Avg("completeness"))
    bad = rows.filter(pk__in=Finding.objects.values("party")).count()
    mean = None if found["mean"] is None else round(found["mean"])
    return Whole(found["n"], mean, bad)


def lines(actor: Actor, kind: str) -> list[Line]:
    """Return the profile of every field that `actor` may compare; worst filled first."""
    entity = entity_of(Party)
    known = [f for f in entity.fields(actor).values() if _is_profiled(f)]
    applying = {n for s in entity.form if s.when.get("kind", kind) == kind for n in s.fields}
    fields = [f for f in known if f.name in applying]
    rows = files_of(actor, kind).order_by()
    counted = rows.aggregate(n=Count("pk"), **{k: v for f in fields for k, v in _counts(f)})
    wrong = _findings(actor, kind)
    found = [_line(rows, f, counted, wrong.get(f.name, 0)) for f in fields]
    return sorted(found, key=lambda line: (line.share, line.field.label))


def _is_profiled(f: Field) -> bool:
    column = f.column
    plain = column is not None and not isinstance(column, models.ManyToManyField | models.JSONField)
    flag = isinstance(column, models.BooleanField)
    return plain and not flag and f.is_comparable and f.name not in LEAVE_OUT


def filled(f: Field) -> Q:
    """Return the condition that a column holds something."""
    assert f.column is not None
    there = Q(**{f"{f.name}__isnull": False})
    is_text = isinstance(f.column, models.CharField | models.TextField)
    return there & ~Q(**{f.name: ""}) if is_text else there


def _counts(f: Field) -> list[tuple[str, Any]]:
    found = [
        (f"{f.name}_filled", Count("pk", filter=filled(f))),
        (f"{f.name}_distinct", Count(f.name, distinct=True, filter=filled(f))),
    ]
    if isinstance(f.column, models.CharField) and not f.column.choices:
        stand_ins = Q(**{f"{f.name}__in": sorted(STAND_INS)})
        found.append((f"{f.name}_stand_ins", Count("pk", filter=stand_ins)))
    return found


def _line(rows: QuerySet[Party], f: Field, counted: Mapping[str, Any], wrong: int) -> Line:
    n, distinct = counted[f"{f.name}_filled"], counted[f"{f.name}_distinct"]
    common, most = "", 0
    if n and distinct < n and not isinstance(f.column, models.TextField):
        value, most = _most_common(rows, f)
        common = _said(f, value)
    stand_ins = counted.get(f"{f.name}_stand_ins", 0)
    return Line(f, n, counted["n"], distinct, common, most, stand_ins + wrong)


def _most_common(rows: QuerySet[Party], f: Field) -> tuple[Any, int]:
    top = rows.filter(filled(f)).values_list(f.name).annotate(n=Count("pk")).order_by("-n", f.name)
    value, count = top[0]
    return value, count


def _said(f: Field, value: Any) -> str:
    if isinstance(f.kind, Link):
        return f.kind.names([value]).get(value, "")
    return f.kind.text(value)


def _findings(actor: Actor, kind: str) -> dict[str, int]:
    """Count the findings by the field that their rule is about."""
    rows = Finding.objects.filter(party__in=files_of(actor, kind).values("pk")).order_by()
    return dict(rows.values_list("rule__field").annotate(Count("pk")))


@dataclass(frozen=True)
class Broken:
    """A rule with the count of files that break it, of those that the reader sees."""

    rule: QualityRule
    count: int


def broken(actor: Actor, kind: str = "") -> list[Broken]:
    """Return the active rules that `actor` may see, most broken first."""
    rows = Finding.objects.filter(party__in=files_of(actor, kind).values("pk")).order_by()
    counts = dict(rows.values_list("rule").annotate(Count("pk")))
    rules = visible(actor, QualityRule).filter(is_active=True)
    found = [Broken(rule, counts.get(rule.pk, 0)) for rule in rules]
    return sorted(found, key=lambda one: -one.count)


def history(actor: Actor, department: int | None, weeks: int = 53) -> Sequence[QualityDay]:
    """Return the kept days of a department, or of the firm, oldest first: one a week, and the last.

    Only for who may see the history.
    """
    since: date = timezone.localdate() - timedelta(weeks=weeks)
    rows = visible(actor, QualityDay).filter(department=department, on__gte=since).order_by("on")
    kept: dict[tuple[int, int], QualityDay] = {}
    for row in rows:
        year, week, _day = row.on.isocalendar()
        kept[year, week] = row
    return list(kept.values())


def change_since(days: Sequence[QualityDay]) -> Decimal | None:
    """Return by how many points completeness grew over the days, None for fewer than two."""
    return days[-1].completeness - days[0].completeness if len(days) > 1 else None
