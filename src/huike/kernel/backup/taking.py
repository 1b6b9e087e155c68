"""Takes a backup while people work: every table as it stood at one moment."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection, connections, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import load_backend

from huike.kernel import files
from huike.kernel.backup.archive import Extent, Part, Writer
from huike.kernel.backup.tables import counters, lines, tables
from huike.kernel.organisations import FILE, current, labels, working_for

KEY = "secret.key"
Say = Callable[[str, int], None]  # which table, how many rows of it


def take(target: Path, say: Say, *, with_files: bool = True) -> list[Part]:
    """Write everything of all organisations into the file `target`.

    Returns what the manifest tells. Tables are read in one snapshot each organisation, so work
    goes on meanwhile; attached files are copied after it and can only be more than it names.
    """
    with Writer(target) as archive:
        for name, label in labels(settings.HOME).items():
            with working_for(name), _snapshot():
                part = Part(name, label, _migrations(), counters=counters())
                archive.parts.append(part)
                for table, model in tables(apps).items():
                    part.tables[table] = _write(archive, part, table, lines(model), say)
                if with_files:
                    _files(archive, part)
        home = settings.HOME
        for own in (KEY, FILE):
            if with_files and (home / own).exists():
                archive.copy(own, home / own)
    return archive.parts


@contextmanager
def _snapshot() -> Iterator[None]:
    """Read on a connection of its own, which sees one moment and holds nobody up."""
    before = connections["default"]
    own = {**before.settings_dict, "OPTIONS": {**before.settings_dict["OPTIONS"]}}
    if before.vendor == "sqlite":
        own["OPTIONS"]["transaction_mode"] = "DEFERRED"  # a reader takes no lock
    connections["default"] = load_backend(own["ENGINE"]).DatabaseWrapper(own, "default")
    try:
        with transaction.atomic():
            if before.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    finally:
        connections["default"].close()
        connections["default"] = before


def _migrations() -> dict[str, str]:
    applied = MigrationRecorder(connection).applied_migrations()
    last: dict[str, str] = {}
    for room, name in sorted(applied):
        last[room] = max(name, last.get(room, ""))
    return last


def _write(archive: Writer, part: Part, table: str, rows: Iterator[bytes], say: Say) -> Extent:
    digest, number = hashlib.sha256(), 0
    with archive.open(f"{part.name}/tables/{table}.jsonl") as out:
        for number, row in enumerate(rows, 1):
            digest.update(row)
            out.write(row)
            if number % 5000 == 0:
                say(table, number)
    say(table, number)
    return Extent(number, digest.hexdigest())


def _files(archive: Writer, part: Part) -> None:
    folder = files.root()
    for path in files.StoredFile.objects.order_by("pk").values_list("path", flat=True):
        try:
            part.files[path] = archive.copy(f"{current()}/files/{path}", folder / path)
        except FileNotFoundError:
            part.missing.append(path)
