"""Lets PostgreSQL know every owner, so that it sees how little some people see."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connections

from huike.staff.models import Owned

# By itself it remembers how many rows a hundred owners have and takes all others to have as many
# as each other. In a firm of 200 people it expected 5,000 of a million customers for somebody who
# has none, and walked all of them, newest first, to find the first fifty.
OWNERS = 1000


def know_owners(using: str, **_more: Any) -> None:
    """Ask PostgreSQL to count up to a thousand owners of each owned record, after a migration."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        return
    tables = [m._meta.db_table for m in apps.get_models() if issubclass(m, Owned)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
            " WHERE c.relname = ANY(%s) AND c.relnamespace = current_schema()::regnamespace"
            " AND a.attname = 'owner_id' AND a.attstattarget IS DISTINCT FROM %s",
            [tables, OWNERS],
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE "{table}" ALTER owner_id SET STATISTICS {OWNERS}')
