"""How much is asked: bin/test takes a few records for all, CI (HUIKE_LONG=1) every one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ON_POSTGRESQL = "HUIKE_DATABASE" in os.environ
WIDE = os.environ.get("HUIKE_LONG") == "1"
# What pages and the API see of records differs as it does between these. bin/test asks them of
# these alone, CI of all; whatever a path or -k names is asked in any case.
STAND_FOR = {
    "customers/party": "owned, with every kind of field",
    "channels/interaction": "seen through its parent, on the timeline, with sealed text",
    "office/task": "owned, on boards and calendars",
    "trade/order": "with parts and numbers",
    "staff/department": "nobody's own, a tree, set up by administrators",
    "analytics/score": "a result that nobody writes",
}
SURFACES = {
    *(f"contract/test_{name}.py" for name in ("surfaces", "secrets", "hostile", "custom")),
    *("contract/test_results.py", "api/test_records.py", "web/lists/test_pages.py"),
    "web/records/test_add_bin_undo.py",
    "web/lists/test_queries.py",
}
# Here every page of a record is drawn many times: two show every kind of field and of sight
DRAWN = {"customers/party", "channels/interaction"}
DRAWING = {
    "contract/test_secrets.py",
    "contract/test_hostile.py",
    "web/lists/test_pages.py",
    *(["contract/test_surfaces.py"] if ON_POSTGRESQL else []),
}
# Who is put before every page and address of every record. Only reach "department", "own" and
# "below" are conditions in SQL, which could differ between databases: Bob, Carol and Dora bring one
# each; Iris and Root are nothing and everything. tests/contract/test_rows.py asks all seven always.
EVERYBODY = ("alice", "bob", "dora", "carol", "mona", "iris", "root")
ASKED = (
    ("bob", "carol", "dora")
    if ON_POSTGRESQL
    else EVERYBODY
    if WIDE
    else ("bob", "carol", "dora", "iris", "root")
)


def tries(many: int) -> int:
    """Return how many examples a property is tried on: a fifth by a short run."""
    return many if WIDE else many // 5


def stands(key: str) -> bool:
    """Tell whether the record of that key is asked everywhere, also by a short run."""
    return WIDE or key in STAND_FOR


def stood_for(item: pytest.Item) -> bool:
    """Tell whether another record stands for that of this test."""
    path = item.path.relative_to(HERE).as_posix()
    everywhere = path in SURFACES or (ON_POSTGRESQL and path.startswith("contract/"))
    if not everywhere or not hasattr(item, "callspec"):
        return False
    entity = item.callspec.params.get("entity")
    if entity is None:
        return False
    return not stands(entity.key) or (path in DRAWING and entity.key not in DRAWN)
