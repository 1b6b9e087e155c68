"""What all tests share: those marked as data are skipped where the real files are missing."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.db.models.signals import post_migrate

from huike.kernel.jobs import schedules
from tests.breadth import HERE, ON_POSTGRESQL, WIDE, stood_for
from tests.cast import cast, make  # noqa: F401  (fixtures of every test)
from tests.importing import bring  # noqa: F401

DATA = HERE.parent.parent / "shared" / "data"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what waits longest; leave out what was proven with SQLite, and skip by name what
    needs files that are not in the repository.
    """
    # tests of the root start servers and copies of the house: at the end they would leave a core
    # idle
    items.sort(key=lambda item: item.path.parent != HERE)
    if ON_POSTGRESQL:
        proven = [item for item in items if item.get_closest_marker("once")]
        items[:] = [item for item in items if not item.get_closest_marker("once")]
        config.hook.pytest_deselected(items=proven)
    if not WIDE:
        if not config.getoption("keyword") and not config.getoption("file_or_dir"):
            left = [item for item in items if stood_for(item)]
            items[:] = [item for item in items if not stood_for(item)]
            config.hook.pytest_deselected(items=left)
        later = pytest.mark.skip(reason="takes long: HUIKE_LONG=1 runs it, as CI does")
        for item in items:
            if item.get_closest_marker("long"):
                item.add_marker(later)
    if DATA.is_dir():
        return
    skip = pytest.mark.skip(reason=f"the real files are not in {DATA}")
    for item in items:
        if item.get_closest_marker("data"):
            item.add_marker(skip)


def pytest_collection_finish() -> None:
    """Spare the garbage collector what was imported: it lives as long as the process."""
    gc.collect()
    gc.freeze()


def _empty_index(sender: Any, using: str, **more: Any) -> None:
    """Empty the search index along with the tables, after a test that commits.

    Django then empties the tables of models, and the index has none; it tells of both a flush and a
    migration by the same signal.
    """
    if sender.label == "search":
        with connections[using].cursor() as cursor:
            if "search_entry" in connections[using].introspection.table_names(cursor):
                cursor.execute("DELETE FROM search_entry")


post_migrate.connect(_empty_index)


@pytest.fixture(autouse=True)
def _no_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no schedule tick in a test's own process: the queue holds what the test put there.

    Otherwise a worker's round that passes a full minute queues whatever that minute brings.
    """
    monkeypatch.setattr(schedules, "ticks", {})


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The folder of the real files; use it together with @pytest.mark.data."""
    return DATA


@pytest.fixture(scope="session")
def on_postgresql() -> bool:
    """Whether this run is on PostgreSQL rather than SQLite."""
    return ON_POSTGRESQL
