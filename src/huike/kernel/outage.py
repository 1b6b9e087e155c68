"""Tells whether an error was the machine's: a database that can't be reached, a disk that is full.

Neither is a fault of what somebody did, both pass, and people and callers are told just that.
"""

from __future__ import annotations

import errno
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum

from django.db import DatabaseError, InterfaceError, OperationalError

log = logging.getLogger(__name__)

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
# https://www.sqlite.org/rescode.html: the lowest byte of a code is its kind
SQLITE_FULL = 13
SQLITE_AWAY = frozenset({5, 6, 8, 10, 14})  # busy, locked, read-only, input/output, can't open
# https://www.postgresql.org/docs/current/errcodes-appendix.html
POSTGRESQL_FULL = "53100"
POSTGRESQL_AWAY = ("08", "53", "57P", "25006")  # connection, resources, shutting down, read-only


class Outage(Enum):
    """What the machine lacks at the moment."""

    DATABASE = "database"
    DISK = "disk"


def outage(error: BaseException | None) -> Outage | None:
    """Return what the machine lacked when `error` was raised, None for any other error."""
    for one in _chain(error):
        if isinstance(one, OSError) and one.errno in FULL:
            return Outage.DISK
        if isinstance(one, DatabaseError | InterfaceError) and (found := _of_database(one)):
            return found
    return None


@contextmanager
def if_there_is_room() -> Iterator[None]:
    """Do without what is only noted beside, such as a visit, where the disk is full.

    Reading goes on then. Not for use inside a transaction, which the failed note would end.
    """
    try:
        yield
    except (OSError, DatabaseError) as error:
        if outage(error) is not Outage.DISK:
            raise
        log.warning("the disk is full: something was not noted")


def _of_database(error: Exception) -> Outage | None:
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        kind = getattr(cause, "sqlite_errorcode", 0) & 0xFF
        if kind == SQLITE_FULL:
            return Outage.DISK
        return Outage.DATABASE if kind in SQLITE_AWAY else None
    state = getattr(cause, "sqlstate", None)
    if state == POSTGRESQL_FULL:
        return Outage.DISK
    # without a state psycopg never heard from the server, or lost it in the middle
    lost = state is None and isinstance(error, OperationalError | InterfaceError)
    return Outage.DATABASE if lost or (state or "").startswith(POSTGRESQL_AWAY) else None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
