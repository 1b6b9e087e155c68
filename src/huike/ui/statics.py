"""Addresses of static files with the digest of their content: browsers may keep them."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings

FOLDER = Path(__file__).resolve().parent / "static"
_seen: dict[str, tuple[int, str]] = {}


def static_url(path: str) -> str:
    """Return the address of a file below ui/static, for example static_url("vendor/icons.svg")."""
    return f"{settings.STATIC_URL}{path}?v={_version(path)}"


def _version(path: str) -> str:
    known = _seen.get(path)
    if known and not settings.DEBUG:
        return known[1]
    file = FOLDER / path
    try:
        changed = file.stat().st_mtime_ns
    except OSError:
        return "missing"
    if known is None or known[0] != changed:
        known = (changed, hashlib.sha256(file.read_bytes()).hexdigest()[:10])
        _seen[path] = known
    return known[1]
