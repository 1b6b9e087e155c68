"""History of customers: who was what on which day, however the changes came in."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huike.warehouse import files
from huike.warehouse.loading import load
from huike.warehouse.merging import columns_by_table, create, merge, stored_columns
from huike.warehouse.star.tables import STORED
from tests.warehouse.source import Memory, moment, person

TABLE = STORED["customer"]
FIRST = date(2025, 1, 1)


def versions(folder: Path) -> list[Any]:
    with files.reading(folder) as cursor:
        return list(
            cursor.execute(
                """SELECT customer, name, city, valid_from::VARCHAR, valid_to::VARCHAR, is_current
                FROM customer ORDER BY customer, valid_from"""
            ).fetchall()
        )


def test_former_values_are_kept_with_their_days(tmp_path: Path) -> None:
    customers = Memory("customer")
    customers.put(1, person(0, city="北京"))
    load([customers], tmp_path)
    customers.put(1, person(10, city="上海", name="新名"))
    load([customers], tmp_path)
    customers.put(1, person(20, city="上海", name="更新名"))  # a name has no history
    load([customers], tmp_path)
    assert versions(tmp_path) == [
        (1, "更新名", "北京", "1900-01-01", "2025-01-11", False),
        (1, "更新名", "上海", "2025-01-11", "9999-12-31", True),
    ]


def test_a_correction_on_the_same_day_makes_no_version(tmp_path: Path) -> None:
    customers = Memory("customer")
    customers.put(1, person(0, city="北京"))
    load([customers], tmp_path)
    for hour, city in ((3, "上海"), (5, "广州")):
        customers.put(1, person(0, city=city, changed_at=moment(10, hour)))
        load([customers], tmp_path)
    assert [row[2] for row in versions(tmp_path)] == ["北京", "广州"]


def test_a_full_load_keeps_the_history(tmp_path: Path) -> None:
    customers = Memory("customer")
    customers.put(1, person(0, city="北京"))
    customers.put(2, person(0, city="北京"))
    load([customers], tmp_path)
    customers.put(1, person(10, city="上海"))
    load([customers], tmp_path, full=True)
    assert len(versions(tmp_path)) == 3
    customers.silently(2, city="天津", changed_at=moment(12))
    del customers.records[1]  # gone without a word: the count tells, and all is read
    load([customers], tmp_path)
    assert [(row[0], row[2]) for row in versions(tmp_path)] == [(2, "北京"), (2, "天津")]


Change = tuple[int, int, str]
changes = st.lists(
    st.tuples(st.integers(1, 3), st.integers(0, 4), st.sampled_from("ABC")), max_size=8
)


@settings(max_examples=15, deadline=None)
@given(changes, st.data())
def test_history_is_what_was_true_each_day(made: list[Change], data: st.DataObject) -> None:
    """Against a calendar kept by hand; loads in between may come twice, and rows unchanged."""
    with duckdb.connect() as connection:
        create(connection, TABLE.name, stored_columns(TABLE))
        truth: dict[int, dict[int, str]] = {}
        latest: dict[int, dict[str, Any]] = {}
        day = 0
        for key, later, city in made:
            day += later
            known = truth.setdefault(key, {})
            first_day = day if known else -10_000
            known[first_day] = city
            latest[key] = person(day, city=city) | {"customer": key}
            again = data.draw(st.booleans(), label="all again")
            _merge(connection, list(latest.values()) if again else [latest[key]], again)
        for key, known in truth.items():
            for asked in range(-1, day + 2):
                before = [d for d in known if d <= asked]
                assert _city(connection, key, asked) == known[max(before)]


def _merge(connection: Any, rows: list[dict[str, Any]], is_full: bool) -> None:
    create(connection, "incoming", TABLE.columns, "TEMP")
    places = ", ".join("?" * len(TABLE.columns))
    for row in rows:
        values = [row.get(name) for name in TABLE.columns]
        connection.execute(f"INSERT INTO incoming VALUES ({places})", values)
    keys = None if is_full else [row["customer"] for row in rows]
    merge(connection, TABLE, "incoming", keys)


def _city(connection: Any, key: int, day: int) -> str:
    found = connection.execute(
        "SELECT city FROM customer WHERE customer = ? AND valid_from <= ? AND ? < valid_to",
        [key, FIRST + timedelta(day), FIRST + timedelta(day)],
    ).fetchall()
    assert len(found) == 1
    return str(found[0][0])


def test_columns_are_as_declared() -> None:
    with duckdb.connect() as connection:
        create(connection, TABLE.name, stored_columns(TABLE))
        assert columns_by_table(connection)[TABLE.name] == [*stored_columns(TABLE)]


def test_history_needs_what_it_watches() -> None:
    assert TABLE.history <= TABLE.columns.keys()


@pytest.mark.parametrize("name", sorted(STORED))
def test_every_table_has_its_key(name: str) -> None:
    assert STORED[name].key in STORED[name].columns
