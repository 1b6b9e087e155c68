"""Loads: only what changed, the same however often, checked, and published whole or not at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from huike.warehouse import files
from huike.warehouse.arrays import FeedError
from huike.warehouse.loading import load
from huike.warehouse.sources import LoadReport
from huike.warehouse.star.tables import STORED
from tests.warehouse.source import Memory, by_name, few, firm, line, moment, person

ROOT = Path(__file__).resolve().parents[2]


def content(folder: Path) -> dict[str, list[Any]]:
    """Everything that the newest published copy holds, but for when it was loaded."""
    with files.reading(folder) as cursor:
        names = [name for (name,) in cursor.execute("SHOW TABLES").fetchall() if name != "loaded"]
        return {
            name: cursor.execute(f'SELECT * FROM "{name}" ORDER BY ALL').fetchall()
            for name in names
        }


def asked(folder: Path, question: str) -> list[Any]:
    with files.reading(folder) as cursor:
        found: list[Any] = cursor.execute(question).fetchall()
        return found


def report_of(report: LoadReport, name: str) -> Any:
    return next(feed for feed in report.feeds if feed.name == name)


def test_loading_again_changes_nothing_and_publishes_nothing(tmp_path: Path) -> None:
    sources = firm()
    first = load(sources, tmp_path)
    before = content(tmp_path)
    second = load(sources, tmp_path)
    assert first.is_new
    assert not second.is_new
    assert second.published == first.published
    assert second.read == 0
    assert load(sources, tmp_path, full=True).is_right
    assert content(tmp_path) == before


def test_only_changed_records_are_read(tmp_path: Path) -> None:
    sources = few()
    sales = by_name(sources)["sale_line"]
    load(sources, tmp_path)
    sales.put(7, line(7, amount=99.5), line(7, 2))
    sales.put(41, line(41, day=-300, amount=5.0))  # dated long ago, entered late
    report = report_of(load(sources, tmp_path), "sale_line")
    assert (report.read, report.is_full) == (3, False)
    assert report.rows == sum(len(rows) for rows in sales.records.values())
    assert asked(tmp_path, 'SELECT amount FROM sale_line WHERE "order" = 7 ORDER BY 1') == [
        (10.0,),
        (99.5,),
    ]
    late = 'SELECT CAST("at" AS DATE)::VARCHAR FROM sale_line WHERE "order" = 41'
    assert asked(tmp_path, late) == [("2024-03-07",)]


def test_binned_rows_stay_marked_and_purged_ones_go(tmp_path: Path) -> None:
    sources = few()
    sales, customers = by_name(sources)["sale_line"], by_name(sources)["customer"]
    load(sources, tmp_path)
    sales.put(3, line(3, binned_at=moment(50)))
    sales.purge(4)
    customers.put(5, person(60, city="拉萨"))
    load(sources, tmp_path)
    customers.purge(5)
    report = load(sources, tmp_path)
    assert report.is_right
    found = 'SELECT count(*), count(binned_at) FROM sale_line WHERE "order" IN (3, 4)'
    assert asked(tmp_path, found) == [(1, 1)]
    assert asked(tmp_path, "SELECT count(*) FROM customer WHERE customer = 5") == [(0,)]
    sales.put(3, line(3))
    load(sources, tmp_path)
    assert asked(tmp_path, found) == [(1, 0)]


def test_moments_are_stored_in_the_firms_time(tmp_path: Path) -> None:
    sales, local = Memory("sale_line"), 'SELECT CAST("at" AS VARCHAR) FROM sale_line'
    sales.put(1, line(1, at=moment(0, 20)))  # as PostgreSQL gives it
    load([sales], tmp_path)
    assert asked(tmp_path, local) == [("2025-01-02 04:00:00",)]
    sales.put(1, line(1, at="2025-01-01 15:59:59.5"))  # as SQLite does
    load([sales], tmp_path)
    assert asked(tmp_path, local) == [("2025-01-01 23:59:59.5",)]


def test_what_nobody_told_is_found_by_counting_and_read_again(tmp_path: Path) -> None:
    sources = few()
    sales = by_name(sources)["sale_line"]
    load(sources, tmp_path)
    sales.silently(8, amount=1234.0)
    report = report_of(load(sources, tmp_path), "sale_line")
    assert list(report.corrected) == ["amount"]
    assert report.is_full
    assert not report.wrong
    del sales.records[9]
    assert "rows" in report_of(load(sources, tmp_path), "sale_line").corrected
    assert asked(tmp_path, 'SELECT max(amount) FROM sale_line WHERE "order" = 8') == [(1234.0,)]
    assert asked(tmp_path, 'SELECT count(*) FROM sale_line WHERE "order" = 9') == [(0,)]


def test_a_source_that_contradicts_itself_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = few()
    monkeypatch.setattr(by_name(sources)["task"], "totals", lambda: {"rows": 7.0})
    report = load(sources, tmp_path)
    assert not report.is_right
    assert report_of(report, "task").wrong == {"rows": (30.0, 7.0)}


def test_a_mark_that_the_source_forgot_means_reading_all(tmp_path: Path) -> None:
    sources = few()
    sales = by_name(sources)["sale_line"]
    load(sources, tmp_path)
    sales.changed = lambda since: None  # type: ignore[method-assign]
    sales.silently(2, place="新店")
    assert report_of(load(sources, tmp_path), "sale_line").is_full
    assert asked(tmp_path, 'SELECT DISTINCT place FROM sale_line WHERE "order" = 2') == [("新店",)]


def test_a_failure_in_the_middle_keeps_the_last_good_copy(tmp_path: Path) -> None:
    sources = few()
    sales, staff = by_name(sources)["sale_line"], by_name(sources)["staff"]
    load(sources, tmp_path)
    before = content(tmp_path)
    staff.put(1, {"name": "新名", "department": 3, "is_active": True})
    sales.put(1, *[line(1, n) for n in range(1, 30)])

    def fail() -> None:
        raise RuntimeError("the network is gone")

    sales.interrupt = fail
    with pytest.raises(RuntimeError, match="network"):
        load(sources, tmp_path)
    assert content(tmp_path) == before
    sales.interrupt = None
    report = load(sources, tmp_path)
    assert report_of(report, "sale_line").read == 29
    assert report_of(report, "staff").read == 0  # it was done before the failure
    assert report.is_new
    assert ("新名",) in asked(tmp_path, "SELECT name FROM staff")


def test_a_failure_after_the_last_feed_is_published_by_the_next_load(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = few()
    load(sources, tmp_path)
    by_name(sources)["staff"].put(9, {"name": "新人", "department": 3, "is_active": True})

    def fail(folder: Path) -> Path:
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(files, "publish", fail)
        with pytest.raises(OSError, match="disk full"):
            load(sources, tmp_path)
    assert load(sources, tmp_path).is_new
    assert ("新人",) in asked(tmp_path, "SELECT name FROM staff")


KILLED = """
import sys, time
from pathlib import Path
from tests.warehouse.source import by_name, few, line
from huike.warehouse.loading import load
sources = few()
sales = by_name(sources)["sale_line"]
load(sources, Path(sys.argv[1]))
sales.put(1, *[line(1, n, amount=0.5) for n in range(1, 90)])
def wait():
    print("in the middle", flush=True)
    time.sleep(60)
sales.interrupt = wait
load(sources, Path(sys.argv[1]))
"""


def test_a_killed_load_leaves_the_last_copy_and_the_next_goes_on(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path)],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}"},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"in the middle\n"
    before = content(tmp_path)
    with pytest.raises(files.Busy):
        load(few(), tmp_path)
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    process.stdout.close()
    assert content(tmp_path) == before
    assert load(few(), tmp_path).is_right
    assert content(tmp_path) == before


def test_a_broken_file_is_made_anew_with_the_history_that_was_published(tmp_path: Path) -> None:
    sources = few()
    customers = by_name(sources)["customer"]
    load(sources, tmp_path)
    customers.put(1, person(30, city="成都"))
    load(sources, tmp_path)
    (tmp_path / files.LOADING).write_bytes(b"not a database at all" * 1000)
    customers.put(1, person(60, city="拉萨"))
    assert load(sources, tmp_path).is_right
    cities = "SELECT city FROM customer WHERE customer = 1 ORDER BY valid_from"
    assert asked(tmp_path, cities) == [("上海",), ("成都",), ("拉萨",)]


def test_old_copies_go_while_who_reads_them_goes_on(tmp_path: Path) -> None:
    sources = few()
    tasks = by_name(sources)["task"]
    load(sources, tmp_path)
    with files.reading(tmp_path) as early:
        for n in range(2):
            tasks.put(100 + n, {"state": "open"})
            load(sources, tmp_path)
        assert early.execute("SELECT count(*) FROM task").fetchone() == (30,)
    assert len(files.published(tmp_path)) == files.KEPT
    assert asked(tmp_path, "SELECT count(*) FROM task") == [(32,)]


def test_a_published_copy_can_not_be_written(tmp_path: Path) -> None:
    load(few(), tmp_path)
    with files.reading(tmp_path) as cursor, pytest.raises(duckdb.Error, match="read-only"):
        cursor.execute("DELETE FROM sale_line")


def test_nothing_loaded_yet(tmp_path: Path) -> None:
    with files.reading(tmp_path / "none") as cursor:
        assert cursor is None


def test_tables_without_a_feed_are_there_and_empty(tmp_path: Path) -> None:
    load(few(), tmp_path)
    assert asked(tmp_path, "SELECT count(*) FROM campaign_member") == [(0,)]


def test_a_feed_of_a_later_version_is_there_though_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources, name = few(), "campaign_member"
    with monkeypatch.context() as before:
        before.delitem(STORED, name)
        load(sources, tmp_path)
    assert load([*sources, Memory(name)], tmp_path).is_new
    assert asked(tmp_path, f"SELECT count(*) FROM {name}") == [(0,)]


def test_a_feed_that_differs_from_its_table_is_refused(tmp_path: Path) -> None:
    wrong = Memory("task")
    wrong.types = {**wrong.types, "owner": "text"}
    with pytest.raises(FeedError, match="owner"):
        load([wrong], tmp_path)
    nonsense = Memory("sale_line")
    nonsense.put(1, line(1, amount="many"))
    with pytest.raises(FeedError, match="amount"):
        load([nonsense], tmp_path)


def test_a_column_that_comes_later_is_filled(tmp_path: Path) -> None:
    sources = few()
    customers = by_name(sources)["customer"]
    without = {n: kind for n, kind in customers.types.items() if n != "city"}
    whole, customers.types = customers.types, without
    load(sources, tmp_path)
    assert asked(tmp_path, "SELECT count(city) FROM customer") == [(0,)]
    customers.types = whole
    load(sources, tmp_path)
    found = "SELECT count(city), count(*), count(DISTINCT customer) FROM customer"
    assert asked(tmp_path, found) == [(12, 12, 12)]
