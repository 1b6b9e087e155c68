"""A small firm, loaded once, for tests that only read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from huike.warehouse import engines
from huike.warehouse.loading import load
from tests.warehouse.source import by_name, firm, moment, person


@pytest.fixture(scope="package")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A backend on a published copy: the firm, after some customers moved and were upgraded."""
    folder: Path = tmp_path_factory.mktemp("warehouse")
    sources = firm()
    load(sources, folder)
    customers = by_name(sources)["customer"]
    for key, day, level, city in ((1, 200, "vip", "深圳"), (2, 250, "major", "上海"),
                                  (3, 300, "ordinary", "北京")):  # fmt: skip
        born = customers.records[key][0]["born"]
        customers.put(key, person(day, name=f"客户{key}", level=level, city=city, born=born))
    customers.put(4, person(310, name="客户4", binned_at=moment(310)))
    report = load(sources, folder)
    assert report.is_right
    assert report.published is not None
    return engines.duckdb(report.published)
