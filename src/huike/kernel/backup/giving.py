"""Gives a backup back into an empty installation, on either database, and proves it is the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.apps.registry import Apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from huike.kernel import files
from huike.kernel.backup.archive import BadArchive, NotEmpty, Part, Reader
from huike.kernel.backup.tables import (
    empty,
    first_difference,
    load,
    measured,
    set_counters,
    tables,
)
from huike.kernel.organisations import FIRST, create_database, enter, working_for

Say = Callable[[str, int], None]  # which table, how many rows more


def give(archive: Reader, say: Say) -> list[Part]:
    """Restore all organisations of an archive, each table checked by its digest.

    Raises NotEmpty where there is data, BadArchive where a table did not come back the same;
    nothing of that organisation is kept then.
    """
    for part in archive.parts:
        if part.name != FIRST:
            create_database(part.name)
            enter(settings.HOME, part.name, part.label)
        with working_for(part.name, founding=True):
            _one(archive, part, say)
    return archive.parts


def _one(archive: Reader, part: Part, say: Say) -> None:
    apps = _tables_of_then(part)
    with _unchecked(), transaction.atomic():
        models = tables(apps)
        if strange := part.tables.keys() - models.keys():
            raise BadArchive(f"The backup has tables unknown here: {', '.join(sorted(strange))}.")
        empty(models.values())
        for table in part.tables:
            load(models[table], archive.lines(part, table), lambda n, t=table: say(t, n))  # type: ignore[misc]
        set_counters(models.values(), part.counters)
        connection.check_constraints()
        for table, extent in part.tables.items():
            if measured(models[table]) != extent:
                where = first_difference(archive.lines(part, table), models[table])
                raise BadArchive(f"{part.name}: {table} did not come back the same ({where}).")
    call_command("migrate", verbosity=0, interactive=False)
    _files(archive, part)


def _tables_of_then(part: Part) -> Apps:
    """Bring the tables to where they were when the backup was written; return their models."""
    executor = MigrationExecutor(connection)
    known = executor.loader.graph.nodes
    if unknown := [f"{r}.{n}" for r, n in part.migrations.items() if (r, n) not in known]:
        raise BadArchive(
            f"The backup is of a newer Huike (it knows {', '.join(unknown)}): update this one."
        )
    if _has_rows():
        raise NotEmpty("There is data here already. Restore into an empty folder or database.")
    targets = list(part.migrations.items())
    if any(backwards for _step, backwards in executor.migration_plan(targets)):
        raise NotEmpty("There are newer tables here. Restore into a fresh folder or database.")
    executor.migrate(targets)
    return executor.loader.project_state(targets).apps


def _has_rows() -> bool:
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        for table in ("staff_user", "kernel_change"):
            if table in there:
                cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")
                if cursor.fetchone():
                    return True
    return False


@contextmanager
def _unchecked() -> Iterator[None]:
    """Rows come table by table, so links are checked at the end, all at once."""
    connection.disable_constraint_checking()
    try:
        yield
    finally:
        connection.enable_constraint_checking()


def _files(archive: Reader, part: Part) -> None:
    with working_for(part.name):
        folder = files.root()
    for path, digest in part.files.items():
        target = folder / path
        if not target.resolve().is_relative_to(folder.resolve()):
            raise BadArchive(f"The backup names a file outside its folder: {path}")
        if archive.extract(f"{part.name}/files/{path}", target) != digest:
            raise BadArchive(f"The file {path} did not come back the same.")
