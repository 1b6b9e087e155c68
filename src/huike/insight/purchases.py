"""What the methods read: a table of order lines or orders, reduced to orders and customers.

The contract of the input
-------------------------
An Ibis table with one row per order line, or one per order:

=========  ==================  ============================================================
column     type                meaning
=========  ==================  ============================================================
customer   text or integer     who bought; rows without it are left out and counted
order      text or integer     the document; optional: without it, a customer's day is one order
on         date or timestamp   when; rows without it are left out and counted
amount     number              net of discount, in one currency; a return is negative; NaN
                               and infinite count as missing; such rows are left out
product    text or integer     optional
quantity   number              optional; missing counts as 0
cost       number              optional: cost of the goods (sign as `amount`); missing is 0
discount   number              optional: taken off `amount` already, positive; missing is 0
=========  ==================  ============================================================

Further columns are carried along untouched by `lines` and ignored by the rest.

**Orders already reduced** are taken as they are: the result of `orders`, kept in the engine, is
such a table, known by its columns `lines` and `is_purchase`. Reducing once and giving that to
every method saves each of them the pass over the lines; such an order counts whole on its first
day. Within `remembered()` what one method derived is also there for the next.

* A **line** repeated exactly is two lines of the order (two of the same goods), never two orders.
* A **purchase** is an order whose net amount is above zero, or is zero without any negative line
  (a gift); other orders are **returns**: they lower the amounts, and never count as frequency or
  recency.
* **Nothing dated after `analysis_date` is read**; the analysis date itself is included.
* Money per order and customer is rounded to 4 decimals, so that the order of adding up cannot show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import wraps
from typing import Any

import ibis
from ibis.expr.types import Column, Scalar, Table

from huike.insight.estimator import InputError

REQUIRED = ("customer", "on", "amount")
OPTIONAL = ("order", "product", "quantity", "cost", "discount")
_NUMBERS = ("quantity", "cost", "discount")
MONEY_DECIMALS = 4
LARGEST = 1.7e308
"""Amounts beyond are infinite; NaN sorts above every number in each of the engines."""
NO_ORDER = 4 * 10**18
NO_ORDER_BELOW = -3 * 10**18
NO_NUMBER = "\x1f"
"""Mark the key of an order that has no number of its own; no document is numbered so."""
Derived = Callable[..., Table]

_remembered: ContextVar[dict[Any, Table] | None] = ContextVar("remembered", default=None)


@contextmanager
def remembered() -> Iterator[None]:
    """Within it, what is derived from a table for a date is computed once and kept in the engine.

    For running many methods over the same table; the table must not change meanwhile.
    """
    token = _remembered.set({})
    try:
        yield
    finally:
        _remembered.reset(token)


def once(derive: Derived) -> Derived:
    """Let a derivation be remembered by its arguments."""

    @wraps(derive)
    def found(table: Table, *given: Any, **named: Any) -> Table:
        memory = _remembered.get()
        if memory is None:
            return derive(table, *given, **named)
        key = (derive.__name__, table.op(), given, tuple(sorted(named.items())))
        if key not in memory:
            memory[key] = derive(table, *given, **named).cache()
        return memory[key]

    return found


def lines(table: Table, analysis_date: date | None = None) -> Table:
    """The usable rows up to `analysis_date` (inclusive; None: all), typed as the contract says.

    Raises:
        InputError: a required column is missing.
    """
    clean = _typed(table)
    usable = clean.filter(~_no_customer(clean), clean["on"].notnull(), _known(clean["amount"]))
    return usable if analysis_date is None else usable.filter(usable["on"] <= day(analysis_date))


def left_out(table: Table, analysis_date: date | None = None) -> dict[str, int]:
    """How many rows `lines` leaves out, by the first reason that holds; none where none."""
    clean = table if is_reduced(table) else _typed(table)
    if clean is not table:
        # mostly all rows are good, and one count says so faster than four
        usable = ~_no_customer(clean) & clean["on"].notnull() & _known(clean["amount"])
        if analysis_date is not None:
            usable = usable & (clean["on"] <= day(analysis_date))
        sums = clean.agg(rows=clean.count(), used=clean.count(where=usable)).to_pyarrow()
        if sums["rows"][0] == sums["used"][0]:
            return {}
    late = ibis.literal(False) if analysis_date is None else clean["on"] > day(analysis_date)
    reasons = {"after analysis date": late}
    if clean is not table:
        reasons = {
            "no customer": _no_customer(clean),
            "no date": clean["on"].isnull(),
            "after analysis date": late,
            "no amount": ~_known(clean["amount"]).fill_null(False),
        }
    asked, before = {}, ibis.literal(False)
    for reason, holds in reasons.items():
        asked[reason] = _counted(clean, holds.fill_null(False) & ~before)
        before = before | holds.fill_null(False)
    row = clean.agg(**asked).to_pyarrow().to_pylist()[0]
    return {reason: int(row[reason]) for reason in sorted(row) if row[reason]}


def orders(table: Table, analysis_date: date | None = None) -> Table:
    """One row per order: customer, order, on (its first day), amount, lines, is_purchase.

    And the sums of quantity, cost and discount where the table has them.

    A row without an order number belongs to the order of that customer's day. A table of orders
    already reduced is only cut at the date.
    """
    if is_reduced(table):
        return table if analysis_date is None else table.filter(table["on"] <= day(analysis_date))
    return _orders(table, analysis_date)


def reduced(table: Table, analysis_date: date | None = None) -> Table:
    """`orders` kept in the engine, for methods that look at a table more than once."""
    placed = orders(table, analysis_date)
    return placed if is_reduced(table) else placed.cache()


def is_reduced(table: Table) -> bool:
    """Whether the table is a result of `orders`."""
    return {"customer", "on", "amount", "lines", "is_purchase"} <= set(table.columns)


@once
def _orders(table: Table, analysis_date: date | None) -> Table:
    used = lines(table, analysis_date)
    used = used.mutate(_order=_order_key(used))
    grouped = used.group_by("customer", "_order").agg(
        on=used["on"].min(),
        amount=money(used["amount"].sum()),
        lines=used.count(),
        _some_back=(used["amount"] < 0).any(),
        **{name: money(used[name].sum()) for name in _NUMBERS if name in used.columns},
    )
    bought = (grouped["amount"] > 0) | ((grouped["amount"] == 0) & ~grouped["_some_back"])
    rest = [grouped[name] for name in grouped.columns if name not in ("customer", "_some_back")]
    named = {"order": _order_of(grouped, used)} if "order" in used.columns else {}
    return grouped.select(
        "customer", **named, **{c.get_name(): c for c in rest if c.get_name() != "_order"},
        is_purchase=bought,
    )  # fmt: skip


def _order_key(used: Table) -> Column:
    """One column that tells a customer's orders apart: the number, or the day where it lacks.

    A third key of grouping would cost more than all the sums.
    """
    if "order" not in used.columns:
        return used["on"]
    if used["order"].type().is_integer():
        days = used["on"].delta(day(date(1970, 1, 1)), unit="day").cast("int64")
        return ibis.coalesce(used["order"].cast("int64"), days - NO_ORDER)
    return ibis.coalesce(
        used["order"].cast("string"), ibis.literal(NO_NUMBER).concat(used["on"].cast("string"))
    )


def _order_of(grouped: Table, used: Table) -> Column:
    """The order's number again, null where the key stood for a day."""
    key, kind = grouped["_order"], used["order"].type()
    missing = key < NO_ORDER_BELOW if kind.is_integer() else key.startswith(NO_NUMBER)
    return ibis.ifelse(missing, ibis.null(key.type()), key).cast(kind)


@once
def customers(table: Table, analysis_date: date, start: date | None = None) -> Table:
    """One row per customer in the window `start`..`analysis_date` (both included).

    Columns: customer; first, last (days of first and last purchase, null without one); orders
    (purchases); amount (net, returns taken off); bought, returned (their two parts, both
    positive); recency_days (from last purchase to the analysis date); and cost, quantity, discount
    where the table has them.
    """
    placed = orders(table, analysis_date)
    if start is not None:
        placed = placed.filter(placed["on"] >= day(start))
    is_purchase = placed["is_purchase"]
    summed = placed.group_by("customer").agg(
        first=placed["on"].min(where=is_purchase),
        last=placed["on"].max(where=is_purchase),
        orders=is_purchase.cast("int64").sum(),
        amount=money(placed["amount"].sum()),
        bought=money(placed["amount"].sum(where=is_purchase).fill_null(0.0)),
        **{name: money(placed[name].sum()) for name in _NUMBERS if name in placed.columns},
    )
    return summed.mutate(
        returned=money(summed["bought"] - summed["amount"]),
        recency_days=days_between(summed["last"], analysis_date),
    )


@once
def purchase_days(table: Table, analysis_date: date) -> Table:
    """One row per customer and day with a purchase: customer, on, amount, orders.

    The models of repeat buying count days: two orders on one day are one occasion.
    """
    placed = orders(table, analysis_date)
    placed = placed.filter(placed["is_purchase"])
    return placed.group_by("customer", "on").agg(
        amount=money(placed["amount"].sum()), orders=placed.count()
    )


@once
def repeat_summary(table: Table, analysis_date: date) -> Table:
    """The sufficient statistics of repeat buying, one row per customer with at least one purchase.

    Columns: customer; first, last; frequency (purchase days after the first: x); recency_days
    (first to last purchase: t_x); age_days (first purchase to analysis date: T); monetary (mean
    amount of a repeat purchase day, 0.0 when frequency is 0). As in Fader, Hardie and Lee 2005,
    section 3.
    """
    per_day = purchase_days(table, analysis_date)
    summed = per_day.group_by("customer").agg(
        first=per_day["on"].min(),
        last=per_day["on"].max(),
        frequency=per_day.count() - 1,
        _repeat=money(per_day["amount"].sum() - per_day["amount"].argmin(per_day["on"])),
    )
    return summed.mutate(
        recency_days=summed["last"].delta(summed["first"], unit="day").cast("int64"),
        age_days=days_between(summed["first"], analysis_date),
        monetary=ibis.ifelse(
            summed["frequency"] > 0,
            money(summed["_repeat"] / summed["frequency"].nullif(0)),
            ibis.literal(0.0),
        ),
    ).drop("_repeat")


def day(value: date) -> Scalar:
    """A date as a literal of the engine."""
    return ibis.literal(value, type="date")


def days_between(earlier: Column, later: date) -> Column:
    """Whole days from a date column to a date, as integers."""
    return day(later).delta(earlier, unit="day").cast("int64")


def money(value: Any) -> Any:
    """An amount rounded so that the order of summing does not show."""
    return value.round(MONEY_DECIMALS).cast("float64")


def _typed(table: Table) -> Table:
    missing = [name for name in REQUIRED if name not in table.columns]
    if missing:
        raise InputError(
            f"The table lacks the column(s) {', '.join(missing)}; "
            f"it has {', '.join(table.columns)}. Name the columns customer, order, on, amount."
        )
    casts: dict[str, Any] = {
        "on": table["on"].cast("date"), "amount": table["amount"].cast("float64")
    }  # fmt: skip
    casts |= {
        name: _finite(table[name]).fill_null(0.0) for name in _NUMBERS if name in table.columns
    }
    # a column without a single value has no type, and engines refuse to keep such a column
    untyped = [name for name in table.columns if table[name].type().is_null()]
    casts |= {name: table[name].cast("string") for name in untyped if name not in casts}
    return table.mutate(**casts)


def _finite(column: Column) -> Column:
    number = column.cast("float64")
    if column.type().is_floating():
        return ibis.ifelse(number.isnan() | number.isinf(), ibis.null("float64"), number)
    return number


def _known(amount: Column) -> Column:
    """Whether an amount is a finite number; one comparison, as it is asked of every line."""
    return amount.abs() <= LARGEST


def _counted(table: Table, where: Column) -> Any:
    """Rows that hold; of orders already reduced, their lines."""
    if is_reduced(table):
        return table["lines"].sum(where=where).fill_null(0)
    return table.count(where=where)


def _no_customer(table: Table) -> Column:
    customer = table["customer"]
    if customer.type().is_floating():
        return customer.isnull() | customer.isnan()
    return customer.isnull()
