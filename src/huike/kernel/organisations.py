"""Organisations (账套): one database each; a thread works for one organisation at a time.

Every connection carries Django's alias "default", and a thread's "default" is pointed at the
organisation it works for. Code below never names a database, so it can't name the wrong one.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import local
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

FIRST = "main"
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
def working_for(name: str) -> Iterator[None]:
    """Point this thread's database at the organisation `name` until the block ends."""
    from django.db import connections

    if name == current():
        yield
        return
    before, connection = current(), connections["default"]
    connections["default"] = _connection(name)
    _thread.name = name
    try:
        yield
    finally:
        connections["default"] = connection
        _thread.name = before


def names(home: Path) -> list[str]:
    """Return the organisations set up here, the first one first (file organisations.txt)."""
    file = home / "organisations.txt"
    more = file.read_text("utf8").split() if file.exists() else []
    return [FIRST, *(name for name in more if name != FIRST)]


def _connection(name: str) -> Any:
    from django.conf import settings
    from django.db import connections
    from django.db.utils import load_backend

    if name not in names(settings.HOME):
        raise UnknownOrganisation(name)
    opened: dict[str, Any] = _thread.__dict__.setdefault("opened", {})
    if name not in opened:
        # A dictionary of its own: connections keep the one they are given, and threads share it
        own = {**connections.settings["default"], **database_settings(settings.HOME, name)}
        opened[name] = load_backend(own["ENGINE"]).DatabaseWrapper(own, "default")
    return opened[name]
