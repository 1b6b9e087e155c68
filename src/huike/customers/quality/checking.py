"""Holds the customer files against the rules and keeps what is found: nightly and on change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Avg, Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from huike.customers.models import Party
from huike.customers.quality.checks import CHECKS
from huike.customers.quality.completeness import renew, value_of, weights
from huike.customers.quality.models import Finding, QualityDay, QualityRule
from huike.kernel.actor import Actor
from huike.kernel.change.work import Work, change, closing
from huike.kernel.entity.entity import entity_of
from huike.kernel.jobs.queue import job
from huike.kernel.jobs.run import JobRun
from huike.kernel.jobs.schedules import daily
from huike.kernel.lists.filters import condition
from huike.kernel.records.bulk import chunks

CHUNK = 1000
AT_ONCE = 1000  # customers changed together; more are left for the night
SYSTEM = Actor.system("quality")


def files() -> QuerySet[Party]:
    """Return the files that are held against the rules: customers, not in the bin."""
    rows: QuerySet[Party] = Party.objects.filter(is_customer=True)
    return rows


def breaks(rule: QualityRule, row: Party) -> bool:
    """Tell whether a file breaks a rule, its condition left aside; a sealed field never does."""
    if rule.check_kind == QualityRule.Check.NEVER:
        return True
    if rule.field in row.sealed:
        return False
    try:
        value = value_of(row, rule.field)
    except (FieldDoesNotExist, AttributeError):  # it was taken away: nothing to say
        return False
    return not CHECKS[rule.check_kind](value, rule.pattern)


def chosen(rule: QualityRule, keys: Sequence[int]) -> set[int]:
    """Return those of the customers whom a rule concerns; none where its condition is broken."""
    rows = files().filter(pk__in=keys)
    try:
        rows = rows.filter(condition(SYSTEM, entity_of(Party), rule.only))
    except ValidationError:
        return set()
    return set(rows.values_list("pk", flat=True).distinct())


def check(keys: Sequence[int], rules: Sequence[QualityRule] | None = None) -> tuple[int, int]:
    """Hold these customers against the rules inside a change; return (new, mended) findings."""
    rules = list(QualityRule.objects.filter(is_active=True)) if rules is None else rules
    pairs = [(rule, key) for rule in rules for key in chosen(rule, keys)]
    rows = Party.everything.in_bulk({key for _rule, key in pairs})
    now = {(rule.pk, key) for rule, key in pairs if breaks(rule, rows[key])}
    known = Finding.everything.filter(party__in=keys).values_list("pk", "rule_id", "party_id")
    before = {(rule, party): pk for pk, rule, party in known}
    gone = [pk for pair, pk in before.items() if pair not in now]
    moment, today = timezone.now(), timezone.localdate()
    new = [
        Finding(rule_id=rule, party_id=party, since=today, created_at=moment, changed_at=moment)
        for rule, party in sorted(now - before.keys())
    ]
    Finding.everything.filter(pk__in=gone)._raw_delete(using=Finding.objects.db)
    Finding.everything.all().unjournaled_create(new)
    return len(new), len(gone)


@daily("02:40")
@job("customers.quality", title=_("Check the customer files"), retries=2)
def check_all(work: JobRun) -> dict[str, Any]:
    """Work out completeness and findings of all files, and keep the day for the history."""
    weighed, rules = weights(), list(QualityRule.objects.filter(is_active=True))
    keys = list(Party.everything.order_by("pk").values_list("pk", flat=True))
    done, new, mended = 0, 0, 0
    for chunk in chunks(keys, CHUNK):
        with change(work.actor, "customers.quality"):
            renew(chunk, weighed)
            found = check(chunk, rules)
        done, new, mended = done + len(chunk), new + found[0], mended + found[1]
        work.progress(done, len(keys))
    with change(work.actor, "customers.quality"):
        keep_day()
    return {"files": len(keys), "new": new, "mended": mended}


def keep_day() -> None:
    """Keep how good the files are today, by department and for the firm; again: anew."""
    today = timezone.localdate()
    QualityDay.everything.filter(on=today)._raw_delete(using=QualityDay.objects.db)
    moment = timezone.now()
    rows = [
        QualityDay(on=today, created_at=moment, changed_at=moment, **values) for values in _today()
    ]
    QualityDay.everything.all().unjournaled_create(rows)


def _today() -> Iterator[Mapping[str, Any]]:
    counted = files().order_by().values("department").annotate(
        n=Count("pk"), mean=Avg("completeness")
    )  # fmt: skip
    findings: dict[int | None, int] = defaultdict(int)
    for department, count in (
        Finding.objects.order_by().values_list("party__department").annotate(Count("pk"))
    ):
        findings[department] = count
    rows = list(counted)
    total = sum(row["n"] for row in rows)
    whole = sum(row["n"] * (row["mean"] or 0) for row in rows)
    if not total:
        return
    yield _day(None, total, whole / total, sum(findings.values()))
    for row in rows:
        if row["department"] is not None:
            yield _day(row["department"], row["n"], row["mean"] or 0, findings[row["department"]])


def _day(department: int | None, count: int, mean: float, findings: int) -> Mapping[str, Any]:
    return {
        "department_id": department,
        "files": count,
        "completeness": Decimal(str(round(float(mean), 2))),
        "findings": findings,
    }


def _after(work: Work) -> None:
    """Check customers again at the end of the change that touched them, unless they are many."""
    keys = sorted({n.record_id for n in work.notes if n.record == Party.label() and n.record_id})
    if 0 < len(keys) <= AT_ONCE:
        renew(keys)
        check(keys)


def register() -> None:
    """Let every change of customers be followed by a look at them."""
    if _after not in closing:
        closing.append(_after)
