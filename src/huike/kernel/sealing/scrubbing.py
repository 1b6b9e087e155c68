"""Removes what sealing and erasing leave behind in freed pages, in the index and in the log.

A database keeps old text in pages it has freed until they are used again. SQLite's file is written
anew (VACUUM) and its log cut to nothing; PostgreSQL's tables that held such text are written anew.
Its archived logs and anybody's older backups are out of our hands: decision 0015 says so.
"""

from __future__ import annotations

from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huike.kernel.actor import Actor
from huike.kernel.jobs.queue import enqueue, job
from huike.kernel.jobs.run import JobRun
from huike.kernel.jobs.schedules import daily
from huike.kernel.sealing.models import Scrub

AT_ONCE = 300 * 1024 * 1024  # bytes; a larger database is scrubbed at night
FULL = 2 * 1024**3  # a PostgreSQL table larger than this is not written anew, only vacuumed


def ask_to_scrub(actor: Actor) -> None:
    """Note inside the current transaction that freed pages may hold clear text."""
    Scrub.objects.update_or_create(pk=1, defaults={"asked_at": timezone.now()})
    if _size() < AT_ONCE:
        enqueue(Actor.system(actor.name), "sealing.scrub", key="scrub")


def is_due() -> bool:
    """Tell whether something was sealed or erased since the last scrubbing."""
    row = Scrub.objects.filter(pk=1).first()
    if row is None or row.asked_at is None:
        return False
    return row.done_at is None or row.done_at < row.asked_at


@daily(at="03:50")
@job("sealing.scrub", title=gettext_lazy("Remove leftovers of sealed text"), retries=3)
def scrub(work: JobRun) -> str:
    """Write the database anew where something was sealed or erased; return what was done."""
    return scrub_now() if is_due() else ""


def scrub_now() -> str:
    """Scrub this organisation's database; outside any transaction."""
    from huike.kernel.sealing.files.filing import wipe_leftovers
    from huike.kernel.search.store import store

    if transaction.get_connection().in_atomic_block:
        raise RuntimeError("scrubbing can't be done inside a transaction")
    begun = timezone.now()
    wipe_leftovers()
    store().settle()
    note = _postgresql() if connection.vendor == "postgresql" else _sqlite()
    Scrub.objects.update_or_create(pk=1, defaults={"done_at": begun, "note": note[:300]})
    if connection.vendor != "postgresql":
        _cut_log()
    return note


def _sqlite() -> str:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA temp_store=FILE")  # a large database would not fit into memory
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA temp_store=MEMORY")
    return _("written anew, log cut") if _cut_log() else _("written anew, log still in use")


def _cut_log() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        busy = cursor.fetchone()[0]
    return not busy


def _postgresql() -> str:
    """Write anew all our tables: any of them may have held a copy in a row deleted since."""
    tables = {"search_entry", *(model._meta.db_table for model in apps.get_models())}
    done = 0
    with connection.cursor() as cursor:
        known = set(connection.introspection.table_names(cursor))
        for table in sorted(tables & known):
            cursor.execute("SELECT pg_total_relation_size(%s)", [table])
            full = cursor.fetchone()[0] < FULL
            name = connection.ops.quote_name(table)
            cursor.execute(f"VACUUM (FULL) {name}" if full else f"VACUUM {name}")
            done += full
        cursor.execute("CHECKPOINT")
    return _("%s tables written anew") % done


def _size() -> int:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
        cursor.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
        return int(cursor.fetchone()[0])
