"""How many rows a list has: exact while they are few, else near enough, without a full count."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huike.customers.models import Party
from huike.kernel.change.work import change
from huike.kernel.entity.entity import entity_of
from huike.kernel.lists import counting
from huike.kernel.lists.counting import count, count_of
from huike.kernel.lists.paging import ordered, page
from huike.kernel.lists.view import ListView
from huike.kernel.records.bulk import create_all
from huike.kernel.search.store import store
from tests.cast import SYSTEM, Cast


@pytest.fixture
def many(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "EXACT_UP_TO", 100)
    monkeypatch.setattr(counting, "SAMPLED", 600)
    monkeypatch.setattr(counting, "GLANCED", 300)
    monkeypatch.setattr(counting, "SURE", 40)
    with change(SYSTEM, "test.many"):
        create_all([Party(name=f"N{n}", city="杭州" if n % 4 else "宁波") for n in range(2000)])
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        store().settle()


@pytest.mark.usefixtures("many")
def test_few_are_counted_and_many_are_told_about() -> None:
    assert count(Party.objects.filter(name__in=["N1", "N2"])) == (2, True)
    for rows in (Party.objects.all(), Party.objects.filter(city="宁波")):
        number, exact = count(rows)
        assert not exact
        assert number == pytest.approx(rows.count(), rel=0.15)
        assert count(rows) == (number, exact)  # it stands still


def test_nothing_is_none(db: None) -> None:
    assert count(Party.objects.none()) == count(Party.objects.all()) == (0, True)


@pytest.mark.usefixtures("many")
def test_the_whole_table_is_not_read_for_it() -> None:
    with CaptureQueriesContext(connection) as asked:
        count(Party.objects.filter(city="杭州"))
    for query in asked:
        assert "LIMIT" in query["sql"] or "json_each" in query["sql"] or "EXPLAIN" in query["sql"]


@pytest.mark.usefixtures("many")
@pytest.mark.skipif(connection.vendor == "postgresql", reason="PostgreSQL's planner is asked")
def test_what_is_plainly_many_is_not_counted_first() -> None:
    with CaptureQueriesContext(connection) as asked:
        assert not count(Party.objects.filter(city="杭州"), is_narrowed=False)[1]
    assert not any("LIMIT 101" in query["sql"] for query in asked)
    assert count(Party.objects.filter(name__startswith="N1", city="宁波"))[0] > 0


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("sort", ["", "name"])
def test_words_that_many_rows_hold_are_told_about(sort: str) -> None:
    """On PostgreSQL a common word is looked up row by row, in a sample and in the order of time."""
    view = ListView.read(entity_of(Party), {"q": "N", "sort": sort})
    rows = view.matching(SYSTEM)
    number, exact = count_of(view, rows)
    assert not exact
    assert number == pytest.approx(2000, rel=0.15)
    fields = entity_of(Party).fields(SYSTEM)
    with CaptureQueriesContext(connection) as asked:
        first = page(view, rows, fields)
    is_walked = connection.vendor == "postgresql" and not sort  # words and names share an order
    assert ("EXISTS" in asked[-1]["sql"]) is is_walked
    second = page(replace(view, after=first.next), rows, fields)
    found = [row.pk for row in (*first.rows, *second.rows)]
    assert found == [row.pk for row in ordered(view, rows, fields)[:100]]
    assert len(set(found)) == 100
