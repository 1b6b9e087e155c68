"""The index follows every change, can be rebuilt, and tells where it has drifted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from huike.customers.models import Party
from huike.kernel.change.work import change
from huike.kernel.records import bulk
from huike.kernel.records.purging import purge
from huike.kernel.search import index
from huike.kernel.search.find import find
from huike.kernel.search.index import Document, drift, index_rows, reindex, remove, write
from huike.kernel.search.models import Rebuild
from tests.kernel.search.conftest import SYSTEM

Add = Callable[..., Party]


def titles(typed: str) -> list[str]:
    return [hit.title for hit in find(SYSTEM, typed)]


def test_edit_bin_restore_and_purge(add: Add, edit: Callable[..., None]) -> None:
    row = add("王伟")
    edit(row, name="李娜")
    assert (titles("王伟"), titles("李")) == ([], ["李娜"])
    edit(row, binned_at=timezone.now())
    assert titles("李") == []
    edit(row, binned_at=None)
    assert titles("李") == ["李娜"]
    edit(row, binned_at=timezone.now())
    with change(SYSTEM, "test.purge"):
        assert purge(row)
    assert drift(Party) == []


def test_bulk_verbs(add: Add) -> None:
    with change(SYSTEM, "test.add"):
        bulk.create_all([Party(name=f"王{n}") for n in range(3)], full_entries=False)
    assert len(titles("王")) == 3
    with change(SYSTEM, "test.edit"):
        bulk.edit_all(Party.objects.all(), {"short_name": "回头客"})
    assert len(titles("回头客")) == 3
    assert drift(Party) == []


def test_a_change_that_fails_leaves_the_index_alone(add: Add, edit: Callable[..., None]) -> None:
    row = add("王伟")

    def fail() -> None:
        with change(SYSTEM, "test.edit"):
            row.name = "李娜"
            row.save()
            index_rows(Party, [row.pk])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert (titles("王伟"), titles("李")) == (["王伟"], [])


def test_drift_and_reindex(add: Add) -> None:
    rows = [add(f"王{n}") for n in range(4)]
    remove(Party, [rows[0].pk])
    Party.everything.filter(pk=rows[1].pk).unjournaled_update(name="李")
    write(Party.label(), [9_000_000], [Document(Party.label(), 9_000_000, "name", "gone")])
    assert drift(Party) == [rows[0].pk, rows[1].pk, 9_000_000]
    seen: list[int] = []
    assert reindex(Party, seen.append) == 4
    assert seen == [4]
    assert drift(Party) == []
    assert titles("李") == ["李"]


def test_reindex_goes_on_where_it_stopped(add: Add, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [add(f"王{n}") for n in range(6)]
    remove(Party, [row.pk for row in rows])
    monkeypatch.setattr(index, "REBUILD_CHUNK", 2)

    def stop(done: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reindex(Party, stop)
    assert len(titles("王")) == 4
    assert Rebuild.objects.get().last_id == rows[3].pk
    assert reindex(Party) == 2
    assert drift(Party) == []
    assert reindex(Party) == 6
