"""A database out of reach and a full disk are told as such, on pages and by API."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable
from urllib.parse import unquote

import psycopg
import pytest
from django.db import OperationalError, ProgrammingError
from psycopg import errors

from huike.api.records import listing
from huike.kernel.outage import Outage, outage
from huike.web.lists import page
from tests.web.lists.conftest import SignIn

Raise = Callable[..., None]


def _full() -> None:
    """Fill a database of SQLite until it says so, as Django hands it on."""
    small = sqlite3.connect(":memory:")
    small.execute("PRAGMA max_page_count = 2")
    try:
        small.execute("CREATE TABLE t (x)")
        small.execute("INSERT INTO t VALUES (zeroblob(100000))")
    except sqlite3.Error as error:
        raise OperationalError(str(error)) from error


def _unreachable() -> None:
    try:
        psycopg.connect("postgresql://nobody@127.0.0.1:1/none", connect_timeout=1)
    except psycopg.Error as error:
        raise OperationalError(str(error)) from error


def _raised(do: Raise) -> BaseException:
    with pytest.raises(Exception) as caught:  # noqa: PT011  (which one is what is asked)
        do()
    return caught.value


def test_the_machine_s_faults_are_known_from_ours() -> None:
    assert outage(_raised(_full)) is Outage.DISK
    assert outage(_raised(_unreachable)) is Outage.DATABASE
    assert outage(OSError(errno.ENOSPC, "no space")) is Outage.DISK
    behind = OperationalError("the connection is closed")
    behind.__cause__ = errors.AdminShutdown("terminating")
    assert outage(behind) is Outage.DATABASE
    full = OperationalError("could not extend file")
    full.__cause__ = errors.DiskFull("no space left")
    assert outage(full) is Outage.DISK
    for ours in (ProgrammingError("no such column"), ValueError("x"), OSError(errno.ENOENT, "x")):
        ours.__cause__ = errors.UndefinedColumn("x") if type(ours) is ProgrammingError else None
        assert outage(ours) is None


@pytest.mark.parametrize(
    ("do", "status", "words"), [(_full, 507, "disk of the server"), (_unreachable, 503, "database")]
)
@pytest.mark.once("nothing of it is the database's")
def test_pages_and_the_api_say_what_is_the_matter(
    do: Raise, status: int, words: str, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object, **more: object) -> None:
        do()

    monkeypatch.setattr(page, "listing", broken)
    monkeypatch.setattr(listing, "list_of", broken)
    client = sign_in("alice")
    client.raise_request_exception = False
    shown = client.get("/customers/party/")
    assert shown.status_code == status
    assert words in shown.content.decode()
    assert words in unquote(shown.headers["HX-Reason"])
    told = client.get("/api/v1/customers/party/")
    assert told.status_code == status
    assert told.headers["Content-Type"] == "application/problem+json"
