"""How many rows a list has: exact while they are few, else near enough, without a full count."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huike.customers.models import Party
from huike.kernel.change.work import change
from huike.kernel.lists import counting
from huike.kernel.lists.counting import count
from huike.kernel.records.bulk import create_all
from tests.cast import SYSTEM, Cast


@pytest.fixture
def many(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "EXACT_UP_TO", 100)
    monkeypatch.setattr(counting, "SAMPLED", 600)
    with change(SYSTEM, "test.many"):
        create_all([Party(name=f"N{n}", city="杭州" if n % 4 else "宁波") for n in range(2000)])
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


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
        assert "LIMIT" in query["sql"] or " IN (" in query["sql"] or "EXPLAIN" in query["sql"]
