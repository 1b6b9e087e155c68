"""What happened to customers, read from their history and their orders."""

from __future__ import annotations

from typing import Any

import ibis
from ibis.expr.types import Table

from huike.warehouse.purchases import sold

TIERS = ("small", "ordinary", "major", "vip")
COLUMNS = ("customer", "on", "event", "before", "after")


def customer_events(backend: Any) -> Table:
    """One row per event: customer, on, event, before, after (texts).

    Events: joined (the file was made), first purchase, upgraded, downgraded (tier), handed over
    (owner or department), moved (province or city), categorised (category), left (moved to the
    bin). What changed before the first load of the warehouse is not known.
    """
    versions = backend.table("customer")
    versions = versions.filter(versions["is_customer"])
    now = versions.filter(versions["is_current"])
    parts = [
        _event(now.filter(now["created_at"].notnull()), "created_at", "joined"),
        _event(now.filter(now["binned_at"].notnull()), "binned_at", "left"),
        _first_purchases(backend, now),
        *_changes(versions),
    ]
    events = parts[0]
    for part in parts[1:]:
        events = events.union(part)
    return events


def _event(rows: Table, moment: str, event: str) -> Table:
    none = ibis.null("string")
    return rows.select(
        "customer", on=rows[moment].date(), event=ibis.literal(event), before=none, after=none
    )


def _first_purchases(backend: Any, now: Table) -> Table:
    lines = sold(backend)
    firsts = lines.filter(lines["amount"] > 0).group_by("customer").agg(on=lines["on"].min())
    known = firsts.semi_join(now, "customer")
    none = ibis.null("string")
    return known.select(
        "customer", "on", event=ibis.literal("first purchase"), before=none, after=none
    )


def _changes(versions: Table) -> list[Table]:
    watched = ("level", "owner", "department", "province", "city", "category")
    window = ibis.window(group_by=versions["customer"], order_by=versions["valid_from"])
    pairs = versions.mutate(
        _number=ibis.row_number().over(window),
        **{f"_{name}": versions[name].lag().over(window) for name in watched},
    )
    pairs = pairs.filter(pairs["_number"] > 0)
    old, new = _rank(pairs["_level"]), _rank(pairs["level"])
    other = ["owner", "department"]
    handed = _differs(pairs, "owner") | _differs(pairs, "department")
    where = _differs(pairs, "province") | _differs(pairs, "city")
    return [
        _change(pairs.filter(new > old), "upgraded", ["level"]),
        _change(pairs.filter(new < old), "downgraded", ["level"]),
        _change(pairs.filter(handed), "handed over", other),
        _change(pairs.filter(where), "moved", ["province", "city"]),
        _change(pairs.filter(_differs(pairs, "category")), "categorised", ["category"]),
    ]


def _change(pairs: Table, event: str, names: list[str]) -> Table:
    return pairs.select(
        "customer",
        on=pairs["valid_from"],
        event=ibis.literal(event),
        before=_text(pairs, [f"_{name}" for name in names]),
        after=_text(pairs, names),
    )


def _text(rows: Table, names: list[str]) -> Any:
    texts = [rows[name].cast("string").fill_null("") for name in names]
    text = texts[0]
    for more in texts[1:]:
        text = text + " / " + more
    return text


def _differs(pairs: Table, name: str) -> Any:
    return ~pairs[name].identical_to(pairs[f"_{name}"])


def _rank(level: Any) -> Any:
    """The tier as a number; a customer without one stands below all."""
    return ibis.cases(*[(level == tier, n) for n, tier in enumerate(TIERS)], else_=-1)
