"""Indicators of loyalty by group, from orders and referrals, each with its n and 95 % interval."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import ibis
from ibis.expr.types import Column, Table
from scipy import special

from huike.insight.estimator import InputError
from huike.insight.satisfaction.figures import FEWEST, Figure, hidden, share_figure

YEAR = timedelta(days=365)
REDUCED = 0.05
"""Goods count as bought at a reduced price from so much below their usual price on."""
_Z = 1.959963984540054

SHARES = {"repurchase": ("again", "buyers"), "recommendation": ("referrers", "all")}
RATIOS = {
    "per_purchase": ("amount", "orders"),
    "return_rate": ("returned", "gained"),
    "price_sensitivity": ("reduced", "priced"),
}
MEANS = ("categories", "years")
NAMES = ("repurchase", "per_purchase", "recommendation", "price_sensitivity", "return_rate", *MEANS)


def indicators(
    lines: Table, groups: Table, referrals: Table, until: date
) -> dict[str, dict[str, Figure]]:
    """The indicators of the 365 days up to `until`, by group; "" is everybody.

    Parameters:
        lines: order lines (contract: `huike.insight.purchases`); with the optional columns group
            (of the product), product, quantity and discount.
        groups: customer, group; customers that it does not name are left out.
        referrals: customer, referrals (how many others they referred, ever).

    Returns:
        By group the figures of `NAMES`, hidden below five customers:
        repurchase: share of the buyers who bought on two days or more;
        per_purchase: money per order (sum over sum, customers being the units);
        recommendation: share of the customers who ever referred another;
        price_sensitivity: share of the priced lines bought at 5 % or more below the usual price,
        which is price plus discount; without discounts in the data it is hidden;
        return_rate: money brought back over money bought;
        categories: groups of goods bought; years: since the first purchase.

    Raises `InputError` where a column is missing.
    """
    for name, table, wanted in (
        ("lines", lines, {"customer", "on", "amount"}),
        ("groups", groups, {"customer", "group"}),
        ("referrals", referrals, {"customer", "referrals"}),
    ):
        if lacking := wanted - set(table.columns):
            raise InputError(f"{name} lack the column(s) {', '.join(sorted(lacking))}")
    known = _customers(lines, groups, referrals, until).cache()
    asked = _sums(known)
    rows = known.group_by("kind").agg(**asked).to_pyarrow().to_pylist()
    rows += [{"kind": "", **row} for row in known.agg(**asked).to_pyarrow().to_pylist()]
    return {str(row["kind"]): _figures(row) for row in rows}


def _customers(lines: Table, groups: Table, referrals: Table, until: date) -> Table:
    """One row per customer with the sums that the indicators are made of."""
    day = ibis.literal(until, type="date")
    on = lines["on"].cast("date")
    recent = (on <= day) & (on > ibis.literal(until - YEAR, type="date"))
    bought = recent & (lines["amount"] > 0)
    order = lines["order"] if "order" in lines.columns else on
    by = lines.filter(on <= day).group_by("customer").agg(
        days=on.nunique(where=bought),
        orders=order.nunique(where=bought).cast("float64"),
        amount=lines["amount"].sum(where=recent).fill_null(0.0),
        gained=lines["amount"].sum(where=bought).fill_null(0.0),
        returned=(-lines["amount"]).sum(where=recent & (lines["amount"] < 0)).fill_null(0.0),
        first=on.min(where=lines["amount"] > 0),
        categories=_distinct(lines, bought),
        **_priced(lines, bought),
    )  # fmt: skip
    told = groups.select("customer", kind=groups["group"].fill_null(""))
    sent = referrals.select("customer", sent=referrals["referrals"])
    both = told.left_join(by, "customer").left_join(sent, told["customer"] == sent["customer"])
    plain = {c: both[c].fill_null(0.0) for c in ("orders", "amount", "gained", "returned",
                                                 "reduced", "priced")}  # fmt: skip
    return both.select(
        kind=ibis.ifelse(both["kind"] == "", "-", both["kind"]),
        days=both["days"].fill_null(0),
        sent=both["sent"].fill_null(0),
        years=day.delta(both["first"], unit="day").cast("float64") / 365.25,
        categories=both["categories"].cast("float64"),
        **plain,
    )


def _distinct(lines: Table, bought: Any) -> Column:
    if "group" not in lines.columns:
        return ibis.null("int64").max()
    return lines["group"].nunique(where=bought)


def _priced(lines: Table, bought: Any) -> dict[str, Column]:
    """Lines with a usual price, and those of them bought well below it."""
    if "discount" not in lines.columns:
        none = ibis.literal(0.0).max()
        return {"priced": none, "reduced": none}
    usual = lines["amount"] + lines["discount"]
    priced = bought & (usual > 0)
    low = priced & (lines["discount"] >= usual * REDUCED)
    return {"priced": priced.sum().cast("float64"), "reduced": low.sum().cast("float64")}


def _sums(t: Table) -> dict[str, Column]:
    asked: dict[str, Column] = {
        "all": t.count(),
        "buyers": t.count(where=t["days"] > 0),
        "again": t.count(where=t["days"] > 1),
        "referrers": t.count(where=t["sent"] > 0),
        "any_reduced": t["reduced"].sum(),
    }
    for name, (top, bottom) in RATIOS.items():
        inside = t[bottom] > 0
        y, x = t[top], t[bottom]
        asked |= {
            f"{name}_n": t.count(where=inside), f"{name}_y": y.sum(where=inside),
            f"{name}_x": x.sum(where=inside), f"{name}_yy": (y * y).sum(where=inside),
            f"{name}_xx": (x * x).sum(where=inside), f"{name}_xy": (x * y).sum(where=inside),
        }  # fmt: skip
    for name in MEANS:
        value, inside = t[name], t[name].notnull() & (t["days"] > 0)
        asked |= {
            f"{name}_n": t.count(where=inside), f"{name}_y": value.sum(where=inside),
            f"{name}_yy": (value * value).sum(where=inside),
        }  # fmt: skip
    return asked


def _figures(row: Mapping[str, Any]) -> dict[str, Figure]:
    n = {name: float(value or 0) for name, value in row.items() if name != "kind"}
    found = {
        name: share_figure(int(n[top]), int(n[bottom])) for name, (top, bottom) in SHARES.items()
    }
    found |= {name: _ratio(name, n) for name in RATIOS}
    found |= {name: _mean(name, n) for name in MEANS}
    if not n["any_reduced"]:
        found["price_sensitivity"] = hidden(0)
    return {name: found[name] for name in NAMES}


def _ratio(name: str, sums: Mapping[str, float]) -> Figure:
    """Sum over sum with the linearised interval of a ratio of means (Cochran 1977, 6.3)."""
    n, y, x = (sums[f"{name}_{part}"] for part in ("n", "y", "x"))
    if n < FEWEST or x <= 0:
        return hidden(int(n))
    ratio = y / x
    rest = sums[f"{name}_yy"] - 2 * ratio * sums[f"{name}_xy"] + ratio**2 * sums[f"{name}_xx"]
    half = _Z * math.sqrt(max(rest, 0.0) * n / (n - 1)) / x
    if name == "per_purchase":
        return Figure(ratio, int(n), ratio - half, ratio + half)
    return Figure(ratio, int(n), max(0.0, ratio - half), min(1.0, ratio + half))


def _mean(name: str, sums: Mapping[str, float]) -> Figure:
    n, y = sums[f"{name}_n"], sums[f"{name}_y"]
    if n < FEWEST:
        return hidden(int(n))
    mean = y / n
    variance = max(sums[f"{name}_yy"] - n * mean**2, 0.0) / (n - 1)
    half = float(special.stdtrit(n - 1, 0.975)) * math.sqrt(variance / n)
    return Figure(mean, int(n), mean - half, mean + half)
