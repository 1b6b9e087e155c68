"""What must hold after any kill, asked of the database and of the files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import works
from django.conf import settings
from django.db import connection
from django.db.models import Count

from huike.channels.models import Interaction
from huike.customers.duplicates.models import Merge
from huike.customers.models import Party
from huike.kernel.backup.archive import BadArchive, Reader
from huike.kernel.change.journal import broken_links
from huike.kernel.change.models import Entry
from huike.kernel.exchange.importing.models import ImportRun
from huike.trade.models import Order


def broken(name: str, seed: int, *, deep: bool) -> list[str]:
    """Return every promise that does not hold after work `name`, a sentence each.

    `deep` reads the whole journal and has the database look at itself.
    """
    found = [*OF_WORK.get(name, lambda _seed: ())(seed), *_merges(), *_numbers(), *_journal()]
    if deep:
        found += [f"journal: {link}" for link in broken_links()]
        found += _database()
    return found


def _import(seed: int) -> Iterator[str]:
    """An import is whole, or it was never started."""
    there = Party.objects.filter(code__startswith=f"I{seed}-").count()
    run = ImportRun.objects.filter(file_name=f"{seed}.csv").first()
    is_done = run is not None and run.state == ImportRun.State.DONE
    if there != (works.LINES if is_done else 0):
        yield f"{there} of {works.LINES} customers, the import is {run and run.state}"


def _edit(seed: int) -> Iterator[str]:
    """A bulk edit that was asked for reached every row; one that was not, none."""
    rows = Party.objects.filter(phone__startswith="139")
    count, there = rows.filter(postcode=f"M{seed}").count(), rows.count()
    if count not in (0, there):
        yield f"{count} of {there} rows are edited"


def _group(seed: int) -> Iterator[str]:
    """A group of changes is there whole, or taken back whole."""
    count = Party.everything.filter(district=f"U{seed}").count()
    if count not in (0, works.GROUP):
        yield f"{count} of {works.GROUP} rows are changed"


def _backup(seed: int) -> Iterator[str]:
    """A backup that has its name is whole; an unfinished one has another name."""
    path = Path(settings.HOME) / "backups" / f"{seed}.backup"
    if not path.exists():
        return
    try:
        archive = Reader(path)
        for part in archive.parts:
            for table, extent in part.tables.items():
                if (count := sum(1 for _line in archive.lines(part, table))) != extent.rows:
                    yield f"{path.name}: {table} has {count} lines of {extent.rows}"
    except BadArchive as error:
        yield str(error)
    path.unlink()


OF_WORK = {"import": _import, "bulk edit": _edit, "undo of a group": _group, "backup": _backup}


def _merges() -> Iterator[str]:
    """No customer, note or order is lost; those of a merged customer are at the one who stays."""
    seeded = Party.everything.filter(phone__startswith="139") | Party.everything.filter(
        name__startswith="客户"
    )
    if (there := seeded.count()) != works.PARTIES:
        yield f"{there} of {works.PARTIES} customers"
    gone = seeded.exclude(binned_at=None).count()
    merged = Merge.objects.exclude(state="undone").count()
    if gone != merged:
        yield f"{merged} merges stand and {gone} customers are gone"
    notes = Interaction.objects.filter(body="…")
    if notes.count() != works.PARTIES * works.EACH:
        yield f"{notes.count()} notes"
    if lost := notes.exclude(party__binned_at=None).count():
        yield f"{lost} notes at customers that are merged away"
    orders = Order.objects.filter(number__startswith="SEED")
    if orders.count() != works.PARTIES or orders.exclude(party__binned_at=None).exists():
        yield f"{orders.count()} orders, or some at customers that are merged away"


def _numbers() -> Iterator[str]:
    """Numbers of orders have no gap and no double."""
    given = Order.everything.exclude(number__startswith="SEED").values_list("number", flat=True)
    numbers = sorted(int(re.findall(r"\d+$", number)[0]) for number in given)
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"numbers: {numbers[-20:]}"


def _journal() -> Iterator[str]:
    """Every version of a row has its entry."""
    counted = dict(
        Entry.objects.filter(record=Party.label()).values_list("record_id").annotate(n=Count("pk"))
    )
    for pk, version in Party.everything.filter(phone__startswith="139").values_list(
        "pk", "version"
    ):
        if counted.get(pk, 0) != version:
            yield f"customer {pk} is of version {version} and has {counted.get(pk, 0)} entries"


def _database() -> Iterator[str]:
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        if (said := cursor.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
            yield said
        yield from (
            f"{row[0]} points nowhere" for row in cursor.execute("PRAGMA foreign_key_check")
        )
