"""Loads the rooms' feeds into the current organisation's warehouse, and opens it for reading."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from huike.kernel import organisations
from huike.kernel.feeds import feeds

if TYPE_CHECKING:
    from huike.warehouse.sources import LoadReport, Progress

# The engine is imported where it is used: it takes half a second that most commands don't need


def folder() -> Path:
    """Where the current organisation's warehouse lies."""
    return Path(settings.HOME) / "warehouse" / organisations.current()


def load(progress: Progress | None = None, *, full: bool = False) -> LoadReport:
    """Bring the current organisation's warehouse up to date and publish it.

    Parameters:
        progress: called with (feeds done, feeds in all, name of the next one); may raise to stop,
            and the next load goes on from there.
        full: read everything again.

    Raises:
        huike.warehouse.files.Busy: another load is under way.
    """
    from huike.warehouse import loading

    return loading.load(feeds(), folder(), progress, full=full)


@contextmanager
def opened() -> Iterator[Any]:
    """An Ibis backend on the newest published copy, or None where nothing was loaded yet.

    It can read and hold temporary tables (`cache`, memtables), never write; one thread's own.
    """
    import ibis

    from huike.warehouse import files

    with files.reading(folder()) as cursor:
        yield None if cursor is None else ibis.duckdb.from_connection(cursor)


def published_at() -> datetime | None:
    """When the newest copy of the current organisation's warehouse was published."""
    from huike.warehouse import files

    copies = files.published(folder())
    return datetime.fromtimestamp(copies[-1].stat().st_mtime, UTC) if copies else None
