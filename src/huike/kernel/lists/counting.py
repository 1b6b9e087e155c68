"""How many rows a list has: exact while they are few, else quickly and said as "about"."""

from __future__ import annotations

import json
import random
from typing import Any

from django.db import connections
from django.db.models import QuerySet

EXACT_UP_TO = 10_000
SAMPLED = 4500
AT_ONCE = 900  # keys in one statement


def count(rows: QuerySet[Any]) -> tuple[int, bool]:
    """Return (number of rows, whether it is exact): beyond 10,000 an estimate of two digits.

    PostgreSQL's planner estimates from its statistics; SQLite has none worth the name, so there a
    sample of keys is looked up. Neither reads the whole table.
    """
    few = rows.order_by().values("pk")[: EXACT_UP_TO + 1].count()
    if few <= EXACT_UP_TO:
        return few, True
    planned = connections[rows.db].vendor == "postgresql"
    return max(_rounded(_planned(rows) if planned else _sampled(rows)), EXACT_UP_TO), False


def _planned(rows: QuerySet[Any]) -> int:
    plan = json.loads(rows.order_by().values("pk").explain(format="json"))
    return int(plan[0]["Plan"]["Plan Rows"])


def _sampled(rows: QuerySet[Any]) -> int:
    """Look up keys spread evenly over the table: the share that is in `rows` tells how many are.

    One key is drawn at random from each of equal stretches; the draw depends on the stretches
    alone, so that the number stands still while nothing changes.
    """
    keys = rows.model._base_manager.using(rows.db).values_list("pk", flat=True)
    first, last = keys.order_by("pk").first(), keys.order_by("-pk").first()
    if first is None or last is None:
        return 0
    span: int = last - first + 1
    draw, step = random.Random(span), span / SAMPLED
    drawn = sorted({first + int((n + draw.random()) * step) for n in range(SAMPLED)})
    chosen, found = rows.order_by().values("pk"), 0
    for at in range(0, len(drawn), AT_ONCE):
        found += chosen.filter(pk__in=drawn[at : at + AT_ONCE]).count()
    return found * span // len(drawn)


def _rounded(number: int) -> int:
    """Keep two digits: an estimate knows no more."""
    digits: int = 10 ** max(len(str(number)) - 2, 0)
    return round(number / digits) * digits
