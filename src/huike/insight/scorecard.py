"""The firm's scorecard for a period, beside target, last period and last year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import ibis
from ibis.expr.types import Column, Table

from huike.insight.estimator import InputError, kept
from huike.insight.purchases import lines, money, reduced

DAY = timedelta(days=1)
YEAR = timedelta(days=364)
"""A year of whole weeks, so that the same weekdays are compared."""
TIERS = (0.01, 0.2, 0.5, 1.0)
"""Shares of customers, best first, that end each tier of the pyramid by spend."""


@dataclass(frozen=True)
class Line:
    """One measure: now, one period before, one year before, and the target; None where unknown."""

    name: str
    value: float | None
    last_period: float | None = None
    last_year: float | None = None
    target: float | None = None


@dataclass(frozen=True)
class Scorecard:
    """What is reported: first and last day of the period, and its lines in a fixed order."""

    start: date
    end: date
    lines: tuple[Line, ...]

    def __getitem__(self, name: str) -> Line:
        return next(line for line in self.lines if line.name == name)


def scorecard(
    purchases: Table,
    *,
    start: date,
    end: date,
    targets: Mapping[str, float] | None = None,
    given: Mapping[str, float] | None = None,
    by: Mapping[str, object] | None = None,
) -> Scorecard:
    """The scorecard of `start`..`end` (both included).

    `given` adds measures that orders cannot tell (complaint_rate, satisfaction_rate, wallet_share,
    appointment_success, effective_calls, sla_kept; shares 0-1). `by` keeps only the rows whose
    columns equal these values (department, owner, class). Rates are shares (0-1) of last period's
    customers; money is in the table's currency. Raises `InputError` if `end` is before `start`.
    """
    if end < start:
        raise InputError("the period ends before it starts")
    for column, value in (by or {}).items():
        purchases = purchases.filter(purchases[column] == value)
    back = end - start + DAY
    placed = reduced(purchases, end)
    reaches = bool((placed["on"] <= ibis.literal(end - YEAR)).any().execute())
    ends = [end, end - back] + ([end - YEAR] if reaches else [])
    now, before, *rest = _measured(purchases, placed, [(on - back + DAY, on) for on in ends])
    year = rest[0] if rest else {}
    goals = targets or {}
    found = [Line(n, v, before[n], year.get(n), goals.get(n)) for n, v in now.items()]
    found += [Line(n, v, target=goals.get(n)) for n, v in (given or {}).items()]
    return Scorecard(start, end, tuple(found))


def measures(purchases: Table, start: date, end: date) -> dict[str, float | None]:
    """The measures of one period, by comparison with the period of equal length before it."""
    return _measured(purchases, reduced(purchases, end), [(start, end)])[0]


def course(purchases: Table, periods: Sequence[tuple[date, date]]) -> list[dict[str, float]]:
    """The counts of customers and the revenue of several periods (first and last day), from one
    pass over the orders; defined as in `scorecard`. Keys: customers, new, lost, revenue.
    """
    if not periods:
        return []
    placed = reduced(purchases, max(end for _start, end in periods))
    spans = [span for start, end in periods for span in ((start, end), _before(start, end))]
    active = kept(_activity(placed, spans))
    asked: dict[str, Column] = {}
    for place, (start, _end) in enumerate(periods):
        now, then = active[f"bought_{2 * place}"], active[f"bought_{2 * place + 1}"]
        older = (active["first"] < ibis.literal(start)).fill_null(False)
        asked |= {
            f"customers_{place}": active.count(where=now),
            f"new_{place}": active.count(where=now & ~older),
            f"lost_{place}": active.count(where=then & ~now),
            f"revenue_{place}": active[f"spent_{2 * place}"].sum(),
        }
    row = active.agg(**asked).to_pyarrow().to_pylist()[0]
    names = ("customers", "new", "lost", "revenue")
    return [{n: float(row[f"{n}_{k}"] or 0) for n in names} for k in range(len(periods))]


def by_group(purchases: Table, groups: Table, *, start: date, end: date) -> list[dict[str, Any]]:
    """The measures of `start`..`end` by the groups that customers are in, the largest revenue
    first; defined as in `scorecard`, so that the groups add up to it.

    `groups` has the columns customer and group; customers that it does not name are left out.
    Keys: group, customers, was (customers of the period before), new, lost, retention_rate (None
    without customers before), revenue, profit_per_customer (None without customers).
    """
    active = _activity(reduced(purchases, end), [(start, end), _before(start, end)])
    known = kept(active.inner_join(groups, "customer"))
    now, then = known["bought_0"], known["bought_1"]
    older = (known["first"] < ibis.literal(start)).fill_null(False)
    found = known.group_by("group").agg(
        customers=known.count(where=now), was=known.count(where=then),
        new=known.count(where=now & ~older), lost=known.count(where=then & ~now),
        stayed=known.count(where=now & then), revenue=known["spent_0"].sum(),
        profit=known["profit_0"].sum(),
    )  # fmt: skip
    rows: list[dict[str, Any]] = found.to_pyarrow().to_pylist()
    for row in rows:
        row["retention_rate"] = _rate(row.pop("stayed"), row["was"])
        row["profit_per_customer"] = _rate(row.pop("profit") or 0.0, row["customers"])
    seen = [row for row in rows if row["customers"] or row["was"] or row["revenue"]]
    return sorted(seen, key=lambda row: (-(row["revenue"] or 0.0), str(row["group"])))


def moved(purchases: Table, start: date, end: date) -> Table:
    """The customers of both periods whose tier by spend changed: customer, rises (bool).

    Defined as the figures upgraded and downgraded in `scorecard`.
    """
    spans = [(start, end), _before(start, end)]
    active = kept(_activity(reduced(purchases, end), spans))
    rows = active.filter(active["bought_0"] | active["bought_1"]).mutate(
        now=_tier(active["spent_0"], active["bought_0"]),
        then=_tier(active["spent_1"], active["bought_1"]),
    )
    both = rows.filter(rows["bought_0"], rows["bought_1"], rows["now"] != rows["then"])
    return both.select("customer", rises=both["now"] < both["then"])


def _before(start: date, end: date) -> tuple[date, date]:
    """The period of equal length before this one."""
    return start - (end - start) - DAY, start - DAY


def _measured(
    purchases: Table, placed: Table, periods: list[tuple[date, date]]
) -> list[dict[str, float | None]]:
    """The measures of each period, from one pass over the orders."""
    spans = []
    for start, end in periods:
        spans += [(start, end), _before(start, end)]
    active = kept(_activity(placed, spans))
    return [
        _measures(purchases, active, place, start, end)
        for place, (start, end) in enumerate(periods)
    ]


def _measures(
    purchases: Table, active: Table, place: int, start: date, end: date
) -> dict[str, float | None]:
    now, then = active[f"bought_{2 * place}"], active[f"bought_{2 * place + 1}"]
    spent = active[f"spent_{2 * place}"]
    rows = active.filter(now | then | (spent != 0)).select(
        now=now, then=then, older=active["first"] < ibis.literal(start),
        tier_now=_tier(spent, now), tier_then=_tier(active[f"spent_{2 * place + 1}"], then),
        spent_now=spent, profit_now=active[f"profit_{2 * place}"],
    )  # fmt: skip
    now, then, stayed = rows["now"], rows["then"], rows["now"] & rows["then"]
    new = now & ~rows["older"].fill_null(False)
    asked = {
        "customers": now, "was": then, "new": new, "lost": then & ~now,
        "stayed": stayed, "upgraded": stayed & (rows["tier_now"] < rows["tier_then"]),
        "downgraded": stayed & (rows["tier_now"] > rows["tier_then"]),
    }  # fmt: skip
    found = rows.agg(
        **{name: rows.count(where=holds) for name, holds in asked.items()},
        revenue=rows["spent_now"].sum(), profit=rows["profit_now"].sum(),
    ).to_pyarrow().to_pylist()[0]  # fmt: skip
    n = {name: float(value or 0) for name, value in found.items()}
    rates = {f"{name}_rate": _rate(n[name], n["was"]) for name in asked}
    return {
        "customers": n["customers"],
        "new": n["new"],
        "new_rate": rates["new_rate"],
        "lost": n["lost"],
        "lost_rate": rates["lost_rate"],
        "retention_rate": rates["stayed_rate"],
        "upgraded": n["upgraded"],
        "upgraded_rate": rates["upgraded_rate"],
        "downgraded": n["downgraded"],
        "downgraded_rate": rates["downgraded_rate"],
        "revenue": n["revenue"],
        "profit_per_customer": _rate(n["profit"], n["customers"]),
        "cross_sell_share": _cross_sell(purchases, start, end),
    }


def _activity(placed: Table, spans: list[tuple[date, date]]) -> Table:
    """Per customer: first purchase; and for each span whether they bought, for what, at what
    profit.
    """
    cost = placed["cost"] if "cost" in placed.columns else ibis.literal(0.0)
    bought = placed["is_purchase"]
    asked: dict[str, Column] = {}
    for place, (start, end) in enumerate(spans):
        inside = placed["on"].between(ibis.literal(start), ibis.literal(end))
        asked |= {
            f"bought_{place}": (inside & bought).any(),
            f"spent_{place}": money(placed["amount"].sum(where=inside).fill_null(0.0)),
            f"profit_{place}": (placed["amount"] - cost).sum(where=inside).fill_null(0.0),
        }
    return placed.group_by("customer").agg(first=placed["on"].min(where=bought), **asked)


def _tier(spent: Column, active: Column) -> Column:
    """0 (best) to 3 by rank of spend among the period's customers."""
    among = ibis.window(group_by=active)
    place = (
        ibis.rank().over(group_by=active, order_by=ibis.desc(spent)) + 1
    ) / active.count().over(among)
    tier = ibis.cases(*[(place <= edge, tier) for tier, edge in enumerate(TIERS[:-1])], else_=3)
    return ibis.ifelse(active, tier, 3)


def _cross_sell(purchases: Table, start: date, end: date) -> float | None:
    """Share of sales from goods new to a customer who had bought other goods before."""
    if "product" not in purchases.columns:
        return None
    sold = lines(purchases, end)
    sold = sold.filter(sold["product"].notnull(), sold["amount"] > 0)
    first = sold.group_by("customer", "product").agg(first=ibis._["on"].min())
    known = sold.group_by("customer").agg(known=ibis._["on"].min())
    recent = sold.filter(sold["on"] >= ibis.literal(start))
    joined = recent.join(first, ["customer", "product"]).join(known, "customer")
    crossed = (joined["first"] >= ibis.literal(start)) & (joined["known"] < joined["first"])
    sums = joined.agg(all=joined["amount"].sum(), part=joined["amount"].sum(where=crossed))
    row = sums.execute().fillna(0.0).iloc[0]
    return _rate(float(row["part"]), float(row["all"]))


def _rate(part: float, whole: float) -> float | None:
    return part / whole if whole else None
