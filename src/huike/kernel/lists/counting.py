"""How many rows a list has: exact while they are few, else quickly and said as "about"."""

from __future__ import annotations

import json
import random
from typing import Any

from django.db import connections
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from huike.kernel.lists.view import ListView

EXACT_UP_TO = 10_000
SAMPLED = 2500
GLANCED = 900  # keys looked up first: they show most long lists to be long, for a tenth of counting
SURE = 100  # of them, so many found are told from chance


def count(
    rows: QuerySet[Any], *, is_narrowed: bool = True, has_words: bool = False
) -> tuple[int, bool]:
    """Return (number of rows, whether it is exact): beyond 10,000 an estimate of two digits.

    PostgreSQL's planner estimates from its statistics; SQLite has none worth the name, so there a
    sample of keys is looked up. Neither reads the whole table. What a filter narrows is likely
    short and hard to guess, so there no estimate comes first.
    """
    estimate = _at_a_glance(rows, is_narrowed, has_words)
    if estimate is None:
        few = _few(rows)
        if few <= EXACT_UP_TO:
            return few, True
        is_planned = _is_postgresql(rows) and not has_words
        estimate = _planned(rows) if is_planned else _found(rows, SAMPLED)
    return max(_rounded(estimate), EXACT_UP_TO), False


def count_of(view: ListView, rows: QuerySet[Any]) -> tuple[int, bool]:
    """Return the number of a view's rows and whether it is exact."""
    is_narrowed = bool(view.filter or view.letter or view.desk)
    return count(rows, is_narrowed=is_narrowed, has_words=bool(view.words))


def _at_a_glance(rows: QuerySet[Any], is_narrowed: bool, has_words: bool) -> int | None:
    """Return about how many rows, where that takes little and shows the list to be long.

    On PostgreSQL rows with words are looked up by a sample: to count what a common one holds took
    500 ms, the sample 20. The planner knows nothing of them.
    """
    if not _is_postgresql(rows):
        found = None if is_narrowed or has_words else _found(rows, GLANCED, SURE)
        return found if found and found > 1.5 * EXACT_UP_TO else None
    if has_words:
        found = _found(rows, SAMPLED)
        return found if found > EXACT_UP_TO else None
    planned = 0 if is_narrowed else _planned(rows)
    return planned if planned > 3 * EXACT_UP_TO else None


def _is_postgresql(rows: QuerySet[Any]) -> bool:
    return connections[rows.db].vendor == "postgresql"


def _few(rows: QuerySet[Any]) -> int:
    return rows.order_by().values("pk")[: EXACT_UP_TO + 1].count()


def _planned(rows: QuerySet[Any]) -> int:
    plan = json.loads(rows.order_by().values("pk").explain(format="json"))
    return int(plan[0]["Plan"]["Plan Rows"])


def _ends(rows: QuerySet[Any]) -> tuple[int, int]:
    """Return the lowest and the highest key of the table."""
    keys = rows.model._base_manager.using(rows.db).values_list("pk", flat=True)
    return keys.order_by("pk").first() or 0, keys.order_by("-pk").first() or 0


def _found(rows: QuerySet[Any], size: int, least: int = 0) -> int:
    """Tell about how many rows there are, by how many of `size` keys of the table are among them.

    0 where fewer than `least` are, or the table is short. One key is drawn at random from each of
    equal stretches; the draw depends on the stretches alone, so that the number stands still while
    nothing changes.
    """
    first, last = _ends(rows)
    span = last - first + 1
    if span <= EXACT_UP_TO:
        return 0
    draw, step = random.Random(span), span / size
    drawn = [first + int((n + draw.random()) * step) for n in range(size)]
    listed = "SELECT value::bigint FROM json_array_elements_text(%s)"
    if not _is_postgresql(rows):
        listed = "SELECT value FROM json_each(%s)"
    sample = rows.filter(pk__in=RawSQL(listed, [json.dumps(drawn)]))
    # in the order of keys: so the condition of a common word is looked up for each row
    found = sample.order_by("-pk").values("pk")[:size].count()
    return found * span // size if found >= least else 0


def _rounded(number: int) -> int:
    """Keep two digits: an estimate knows no more."""
    digits: int = 10 ** max(len(str(number)) - 2, 0)
    return round(number / digits) * digits
