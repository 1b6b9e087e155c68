"""Organisations (账套): one database each; a thread works for one organisation at a time.

Every connection carries Django's alias "default", and a thread's "default" is pointed at the
organisation it works for. Code below never names a database, so it can't name the wrong one.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import local
from typing import Any, LiteralString
from urllib.parse import parse_qsl, unquote, urlsplit

FIRST = "main"
FILE = "organisations.txt"
NAME = re.compile(r"[a-z][a-z0-9_]{0,29}")
_PLACE = frozenset({"host", "port", "user", "password", "dbname", "sslmode", "sslrootcert"})
_thread = local()


class UnknownOrganisation(LookupError):
    """No such organisation is set up here."""


def secret_key(home: Path) -> str:
    """Return the key that signs cookies: from HUIKE_SECRET_KEY, or made once and kept in `home`."""
    if given := os.environ.get("HUIKE_SECRET_KEY"):
        return given
    file = home / "secret.key"
    if not file.exists():
        home.mkdir(parents=True, exist_ok=True)
        made = secrets.token_urlsafe(50)
        try:
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
                out.write(made)
        except FileExistsError:
            pass  # another process was a moment earlier
    return file.read_text().strip()


def database_settings(home: Path, name: str = FIRST) -> dict[str, Any]:
    """Return Django's settings for the database of one organisation.

    HUIKE_DATABASE may hold a PostgreSQL address (postgresql://user:password@host:port/name); every
    further organisation then lies in a database of the same server called <name>_<organisation>.
    Without it each organisation is a SQLite file in `home`.
    """
    if address := os.environ.get("HUIKE_DATABASE"):
        return _postgresql(address, name)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(home / ("huike.db" if name == FIRST else f"huike-{name}.db")),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
                " PRAGMA cache_size=-64000; PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY;"
            ),
        },
    }


def _postgresql(address: str, name: str) -> dict[str, Any]:
    parts = urlsplit(address)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ValueError(f"HUIKE_DATABASE must begin with postgresql://, not {parts.scheme}://")
    database = unquote(parts.path.lstrip("/"))
    options = dict(parse_qsl(parts.query))
    # PostgreSQL takes disks to be spinning unless told: it then reads whole tables where an index
    # would do (the search list for a common character took 700 ms instead of 125). And to compile
    # a question (14 to 400 ms) pays for none that a person waits for.
    options.setdefault("options", "-c random_page_cost=1.1 -c jit=off")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": database if name == FIRST else f"{database}_{name}",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", None) or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def current() -> str:
    """Return the name of the organisation that this thread works for."""
    return getattr(_thread, "name", FIRST)


@contextmanager
def working_for(name: str, *, founding: bool = False) -> Iterator[None]:
    """Point this thread's database at the organisation `name` until the block ends.

    `founding` lets the one in that is just being made and not yet among the names.
    """
    from django.db import connections

    if name == current():
        yield
        return
    before, connection = current(), connections["default"]
    connections["default"] = _connection(name, founding)
    _thread.name = name
    try:
        yield
    finally:
        connections["default"] = connection
        _thread.name = before


def names(home: Path) -> list[str]:
    """Return the organisations set up here, the first one first (file organisations.txt)."""
    return list(labels(home))


def labels(home: Path) -> dict[str, str]:
    """Return the organisations and what people call them; each line of the file is "name label"."""
    file = home / FILE
    lines = file.read_text("utf8").splitlines() if file.exists() else []
    found = {FIRST: ""}
    for line in lines:
        name, _space, label = line.strip().partition(" ")
        if NAME.fullmatch(name):
            found[name] = label.strip() or found.get(name, "")
    return found


def enter(home: Path, name: str, label: str) -> None:
    """Write an organisation into the file, or give one another label; nothing is half written."""
    found = labels(home) | {name: " ".join(label.split())}
    part = home / f"{FILE}.{secrets.token_hex(4)}"
    part.write_text("".join(f"{n} {text}".rstrip() + "\n" for n, text in found.items()), "utf8")
    part.replace(home / FILE)


def create_database(name: str) -> None:
    """Make the database of a further organisation; raise FileExistsError if there is one.

    A SQLite file makes itself; a PostgreSQL server is asked on a connection of its own, because
    this can't be done inside a transaction.
    """
    from django.conf import settings
    from django.db import connection

    wanted = database_settings(settings.HOME, name)
    if connection.vendor != "postgresql":
        if Path(wanted["NAME"]).exists():
            raise FileExistsError(wanted["NAME"])
        return
    from psycopg import errors

    try:
        _ask_server("CREATE DATABASE {}", wanted["NAME"])
    except errors.DuplicateDatabase as error:
        raise FileExistsError(wanted["NAME"]) from error


def drop_database(name: str) -> None:
    """Remove the database of an organisation that is not, or not yet, among the names."""
    from django.conf import settings
    from django.db import connection

    if name in names(settings.HOME):
        raise ValueError(f"{name} is in use")
    if opened := _thread.__dict__.get("opened", {}).pop(name, None):
        opened.close()
    wanted = database_settings(settings.HOME, name)
    if connection.vendor == "postgresql":
        _ask_server("DROP DATABASE IF EXISTS {}", wanted["NAME"])
        return
    for ending in ("", "-wal", "-shm"):
        Path(wanted["NAME"] + ending).unlink(missing_ok=True)


def _ask_server(statement: LiteralString, database: str) -> None:
    """Run what PostgreSQL allows outside transactions only."""
    import psycopg
    from django.db import connection
    from psycopg import sql

    given = {k: v for k, v in connection.get_connection_params().items() if k in _PLACE}
    with psycopg.connect(**given, autocommit=True) as server:
        server.execute(sql.SQL(statement).format(sql.Identifier(database)))


def _connection(name: str, founding: bool = False) -> Any:
    from django.conf import settings
    from django.db import connections
    from django.db.utils import load_backend

    if not founding and name not in names(settings.HOME):
        raise UnknownOrganisation(name)
    opened: dict[str, Any] = _thread.__dict__.setdefault("opened", {})
    if name not in opened:
        # A dictionary of its own: connections keep the one they are given, and threads share it
        own = {**connections.settings["default"], **database_settings(settings.HOME, name)}
        opened[name] = load_backend(own["ENGINE"]).DatabaseWrapper(own, "default")
    return opened[name]
