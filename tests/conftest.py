"""What all tests share: those marked as data are skipped where the real files are missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cast import ON_POSTGRESQL, WIDE, cast, make  # noqa: F401  (fixtures of every test)
from tests.importing import bring  # noqa: F401

HERE = Path(__file__).resolve().parent
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


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The folder of the real files; use it together with @pytest.mark.data."""
    return DATA


@pytest.fixture(scope="session")
def on_postgresql() -> bool:
    """Whether this run is on PostgreSQL rather than SQLite."""
    return ON_POSTGRESQL
