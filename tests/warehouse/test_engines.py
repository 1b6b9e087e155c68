"""The same expressions give the same rows on DuckDB, PostgreSQL and Spark."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import ibis
import pandas as pd
import pytest

from huike.insight import purchases as reduced
from huike.insight.basket.rules import BasketRules
from huike.insight.lifecycle.cohorts import Cohorts
from huike.insight.value.abc import ABC
from huike.insight.value.rfm import RFM
from huike.warehouse import engines
from huike.warehouse.cube import Query, answer, through
from huike.warehouse.purchases import purchases

AT = date(2025, 12, 31)
PIVOTS = {
    "time": Query("sale", ("time.year", "time.quarter", "time.month"), (),
                  ("revenue", "orders", "customers", "average_order", "margin_rate", "discount")),
    "weeks": Query("sale", ("time.week",), ("time.weekday",), ("orders",)),
    "tree": Query("sale", ("department.department_1", "department.department_2"), ("time.year",),
                  ("revenue", "revenue_share"), (("department.department", "under", 2),)),
    "then and now": Query("sale", ("customer.level", "customer_now.level", "customer.age"), (),
                          ("revenue", "customers"), (("time.holiday", "is", None),)),
    "the largest": Query("sale", ("customer.customer",), ("product.group_1",), ("revenue",),
                         limit=3),
    "contacts": Query("interaction", ("channel.channel", "author.department_2"), (),
                      ("interactions", "minutes", "per_customer")),
    "tasks": Query("task", ("time.day",), (), ("tasks", "on_time", "on_time_rate")),
    "events": Query("customer_event", ("event.event",), (), ("customers", "upgraded")),
}  # fmt: skip
ON_SPARK = ("tree", "then and now", "events")  # each takes Spark seconds
Asked = Callable[[Any], pd.DataFrame]
METHODS: dict[str, Asked] = {
    "purchases": lambda b: purchases(b, AT).to_pandas(),
    "customers": lambda b: reduced.customers(purchases(b), AT).to_pandas(),
    "repeat summary": lambda b: reduced.repeat_summary(purchases(b), AT).to_pandas(),
    "left out": lambda b: pd.DataFrame([reduced.left_out(purchases(b), AT)]),
    "rfm": lambda b: RFM(AT).fit(purchases(b)).result_.to_pandas(),
    "abc": lambda b: ABC(AT).fit(purchases(b)).result_.to_pandas(),
    "cohorts": lambda b: Cohorts(AT).fit(purchases(b)).result_.to_pandas(),
    "basket": lambda b: _rules(b),
}


def _rules(backend: Any) -> pd.DataFrame:
    rules = BasketRules(analysis_date=AT, support=0.02, confidence=0.1, min_count=1)
    return rules.fit(purchases(backend)).rules_


@pytest.fixture(scope="module")
def postgresql(loaded: Any) -> Iterator[Any]:
    """The firm's warehouse on the server of the tests, in a schema of its own."""
    address = os.environ.get("HUIKE_DATABASE")
    if not address:
        pytest.skip("PostgreSQL as an engine: needs HUIKE_DATABASE (bin/test starts a server)")
    schema = f"warehouse_{os.getpid()}"
    backend = engines.postgresql(address, schema)
    try:
        engines.to_postgresql(loaded, backend)
        yield backend
    finally:
        backend.con.execute(f"DROP SCHEMA {schema} CASCADE")
        backend.con.close()


@pytest.fixture(scope="module")
def spark(loaded: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The firm's warehouse on a Spark of this machine."""
    if importlib.util.find_spec("pyspark") is None:
        pytest.skip("Spark as an engine: needs pyspark (pip install pyspark)")
    if shutil.which("java") is None:
        pytest.skip("Spark as an engine: needs Java 17 or later")
    folder: Path = tmp_path_factory.mktemp("parquet")
    engines.to_parquet(loaded, folder)
    backend = engines.spark(folder)
    yield backend
    backend.disconnect()


def rows(frame: pd.DataFrame) -> pd.DataFrame:
    """In a fixed order; numbers as floats of nine digits, days and texts as texts."""
    made = {}
    for name in frame.columns:
        column = frame[name]
        if pd.api.types.is_numeric_dtype(column):
            made[name] = [f"{float(value):.9g}" for value in column]
        else:
            made[name] = [_text(value) for value in column]
    return pd.DataFrame(made).sort_values(list(frame.columns), ignore_index=True)


def _text(value: Any) -> str:
    if value is None or value != value:
        return ""
    return str(value)[:10] if isinstance(value, date) else str(value)


def compared(one: pd.DataFrame, other: pd.DataFrame) -> None:
    assert len(one) > 0
    pd.testing.assert_frame_equal(rows(one), rows(other), check_dtype=False)


@pytest.mark.parametrize("name", METHODS)
def test_methods_on_postgresql(loaded: Any, postgresql: Any, name: str) -> None:
    compared(METHODS[name](loaded), METHODS[name](postgresql))


@pytest.mark.parametrize("name", PIVOTS)
def test_pivots_on_postgresql(loaded: Any, postgresql: Any, name: str) -> None:
    compared(answer(loaded, PIVOTS[name]).frame, answer(postgresql, PIVOTS[name]).frame)


def test_scope_and_documents_on_postgresql(loaded: Any, postgresql: Any) -> None:
    query, within = PIVOTS["the largest"], {"customer": [2, 3, 5]}
    compared(answer(loaded, query, within).frame, answer(postgresql, query, within).frame)
    cell = {"product.group_1": 1}
    assert through(loaded, query, cell, within) == through(postgresql, query, cell, within)


@pytest.mark.long
@pytest.mark.parametrize("name", ["customers", "repeat summary", "rfm", "abc"])
def test_methods_on_spark(loaded: Any, spark: Any, name: str) -> None:
    compared(METHODS[name](loaded), METHODS[name](spark))


@pytest.mark.long
@pytest.mark.parametrize("name", ON_SPARK)
def test_pivots_on_spark(loaded: Any, spark: Any, name: str) -> None:
    compared(answer(loaded, PIVOTS[name]).frame, answer(spark, PIVOTS[name]).frame)


def test_parquet_files_are_read_as_they_were_written(loaded: Any, tmp_path: Path) -> None:
    """What a cluster would read: every table but the loader's own."""
    files = engines.to_parquet(loaded, tmp_path / "star")
    names = {file.stem for file in files}
    assert {"sale_line", "customer", "day", "department_tree", "campaign_member"} <= names
    assert "loaded" not in names
    backend = ibis.duckdb.connect()
    for file in files:
        backend.read_parquet(file, table_name=file.stem)
    compared(METHODS["purchases"](loaded), METHODS["purchases"](backend))
    compared(answer(loaded, PIVOTS["tree"]).frame, answer(backend, PIVOTS["tree"]).frame)
