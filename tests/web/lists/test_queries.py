"""How many queries the pages of every entity cost: a committed baseline, whatever the rows.

HUIKE_BASELINE=write renews it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huike.kernel.entity.entity import Entity
from tests.cast import Cast, Make, written
from tests.web.lists.conftest import SignIn

FILE = Path(__file__).parents[2] / "baselines" / "queries.json"
WRITES = os.environ.get("HUIKE_BASELINE") == "write"
every_entity = pytest.mark.parametrize("entity", written(), ids=lambda e: e.key)


@pytest.fixture(scope="module")
def baseline() -> Iterator[dict[str, int]]:
    kept = json.loads(FILE.read_text()) if FILE.exists() else {}
    yield kept
    if WRITES:
        FILE.parent.mkdir(exist_ok=True)
        FILE.write_text(json.dumps(dict(sorted(kept.items())), indent=2) + "\n")


def _cost(client: Any, address: str) -> int:
    client.get(address)  # what is read once and kept, such as the session's last use
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = client.get(address)
    assert answer.status_code == 200, answer.content[:300]
    return len(queries)


@every_entity
@pytest.mark.once("questions are counted, not answers")
def test_pages_cost_what_they_cost(
    entity: Entity, baseline: dict[str, int], cast: Cast, make: Make, sign_in: SignIn
) -> None:
    client = sign_in("dora")
    row = make(entity.model, cast.alice)
    pages = {"list": f"/{entity.key}/", "record": f"/{entity.key}/{row.pk}/"}
    for name, address in pages.items():
        if client.get(address).status_code == 404:
            continue
        few = _cost(client, address)
        if name == "list":
            for _ in range(12):
                make(entity.model, cast.alice)
            assert _cost(client, address) == few, "the cost of a list grows with its rows"
        key = f"{entity.key} {name}"
        if WRITES:
            baseline[key] = few
        assert few <= baseline.get(key, 0), f"{key}: {few} queries; see HUIKE_BASELINE=write"
