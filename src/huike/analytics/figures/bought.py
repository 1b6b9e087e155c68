"""The order lines of the customers asked about, from the warehouse, for figures that need them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db.models import Max

from huike.analytics.figures.asking import Leaf, Question
from huike.analytics.runs.loading import opened
from huike.kernel.access.scope import may
from huike.kernel.actor import Op
from huike.kernel.entity.titles import is_open
from huike.trade.models import Order

# ibis and the engine are imported where they are used: they take half a second


def orders_open(question: Question, *names: str) -> bool:
    """Tell whether the actor may look at orders, and may read these of their fields."""
    actor = question.actor
    fields = ("party", "on", *names)
    return may(actor, Order, Op.VIEW) and all(is_open(actor, Order, name) for name in fields)


def last_day(question: Question) -> date | None:
    """Return the day up to which the customers asked about were looked at."""
    found: date | None = question.on or question.rows().aggregate(on=Max("on"))["on"]
    return found


@contextmanager
def bought(
    question: Question, until: date, by: str = "", leaves: Sequence[Leaf] = ()
) -> Iterator[tuple[Any, Any] | None]:
    """Yield the order lines up to `until` of the customers asked about, and a table of these.

    The second table has the columns customer and group, the value of the scores' field `by` (empty
    without one); `leaves` narrow the customers down. A customer's lines are those of all sellers,
    as in the customer's score. Yields None where the warehouse was never loaded.
    """
    import ibis
    import pandas as pd

    from huike.warehouse.purchases import purchases

    columns = ("party_id", by) if by else ("party_id",)
    keys = pd.DataFrame(list(question.rows(*leaves).values_list(*columns)), columns=list(columns))
    known = pd.DataFrame({"customer": keys["party_id"].astype("int64")})
    known["group"] = keys[by].map(_text) if by else ""
    with opened() as backend:
        if backend is None:
            yield None
            return
        groups = ibis.memtable(known, schema={"customer": "int64", "group": "string"})
        lines = purchases(backend, until).semi_join(groups, "customer").cache()
        yield lines, groups


def _text(value: Any) -> str:
    """Return a group's value as text; a key that pandas made a decimal number of is whole."""
    if value is None or value != value:
        return ""
    return str(int(value)) if isinstance(value, float) else str(value)
