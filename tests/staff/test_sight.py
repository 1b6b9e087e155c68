"""PostgreSQL knows how much each owner has, also one who has nothing."""

from __future__ import annotations

import pytest
from django.db import connection
from django.utils import timezone

from huike.customers.models import Party
from huike.kernel.access.scope import visible
from huike.kernel.actor import Actor, Op, Reach, Rights
from huike.staff.models import User


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite walks by no such guess")
def test_nothing_is_expected_of_one_who_owns_nothing() -> None:
    people = User.objects.bulk_create(User(username=f"seller{n}", name=str(n)) for n in range(150))
    when = {"version": 1, "created_at": timezone.now(), "changed_at": timezone.now()}
    owned = [Party(name=f"c{n}", owner=user, **when) for user in people for n in range(40)]
    Party.everything.unjournaled_create(owned)
    new = User.objects.create(username="new", name="new")
    rights = Rights({(Party.label(), Op.VIEW): frozenset({Reach.OWN})})
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_party")
    rows = visible(Actor("new", new.pk, rights=rights), Party)
    assert "rows=1 " in rows.order_by().values("pk").explain().splitlines()[0]
