"""The demo firm's duplicates: some sixty customers whom somebody entered a second time; seeded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

from django.utils import timezone

from huike.customers.duplicates.dirty import dirty
from huike.customers.duplicates.matching.detecting import sweep
from huike.customers.duplicates.models import DuplicatePair, Merge
from huike.customers.duplicates.sweeping import keep_pairs, parties
from huike.customers.models import Party, Tie
from huike.kernel.records.bulk import create_all
from huike.kernel.records.record import Record

SEED = 20261124
PERSONS, FIRMS = 50, 12
COPIED = (
    "kind", "name", "phone", "telephone", "email", "wechat", "sex", "birthday", "id_number",
    "province", "city", "district", "address", "industry", "source", "owner_id", "department_id",
    "category_id", "contact_cycle",
)  # fmt: skip


def add_copies() -> list[Party]:
    """Add dirty copies of persons and firms to the demo firm, inside the current change."""
    rng = Random(SEED)
    people = list(Party.objects.filter(kind="person").order_by("pk"))
    firms = list(Party.objects.filter(kind="organisation").order_by("pk"))
    chosen = [
        *rng.sample(people, min(PERSONS, len(people))),
        *rng.sample(firms, min(FIRMS, len(firms))),
    ]
    copies = [_copy(rng, row) for row in chosen]
    create_all(copies)
    create_all(
        [Tie(party=copy, kind="family_of", other=rng.choice(people)) for copy in copies[:PERSONS:5]]
    )
    return copies


def _copy(rng: Random, row: Party) -> Party:
    values = dirty(rng, {name: getattr(row, name) for name in COPIED}, most=2)
    made = Party(**values)
    later = row.created_at + timedelta(days=rng.randrange(5, 200))
    made.created_at = min(later, timezone.now() - timedelta(days=1))
    return made


def fill() -> None:
    """Add the copies and look for them, as the nightly sweep does; inside the current change."""
    add_copies()
    keep_pairs(sweep(parties()).found)


def make_pair(**given: Any) -> DuplicatePair:
    """Return an unsaved pair, for tests and docs."""
    alike = {"name": "sound", "phone": "same"}
    if "one" in given and "other" in given and given["one"].pk > given["other"].pk:
        given["one"], given["other"] = given["other"], given["one"]
    return DuplicatePair(**{"probability": "0.98", "likeness": alike, **given})


def make_merge(**given: Any) -> Merge:
    """Return an unsaved merge that moved nothing, for tests."""
    return Merge(**given)


MAKERS: dict[type[Record], Callable[..., Record]] = {DuplicatePair: make_pair, Merge: make_merge}
