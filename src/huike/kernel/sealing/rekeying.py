"""Changes the organisation's data key: a new one for all who can open, all content locked anew.

Each batch is a transaction of its own and every row says by which key it is locked, so a re-keying
that is killed leaves everything readable and goes on where it stopped.
"""

from __future__ import annotations

import time

from django.db import transaction
from django.db.models import QuerySet

from huike.kernel.access.administrator import require_administrator
from huike.kernel.actor import Actor
from huike.kernel.change.models import Entry
from huike.kernel.change.work import Noted, change, current_work
from huike.kernel.sealing import cipher
from huike.kernel.sealing.locking import clear_of, give_pair, lock_into
from huike.kernel.sealing.models import DataKey, Reader, Sealed
from huike.kernel.sealing.opening import Opened
from huike.kernel.sealing.readers import hand

BATCH = 200


def begin(actor: Actor, opened: Opened) -> Opened:
    """Make a new data key, hand it to all who hold the present one, and return it opened too."""
    require_administrator(actor)
    clear = cipher.new_key()
    with change(actor, "sealing.rekey"):
        key = DataKey.objects.create(made_by=actor.name)
        give_pair(key.pk, clear)
        for reader in Reader.objects.filter(handed__key=opened.newest).distinct():
            hand(actor, reader, key.pk, clear)
        _note("data key", [opened.newest, key.pk])
    return Opened(opened.user_id, opened.until, opened.private, {**opened.keys, key.pk: clear})


def left() -> int:
    """Return how many sealed contents are not yet locked by the newest data key."""
    return _old().count()


def go_on(actor: Actor, opened: Opened, seconds: float = 5.0) -> int:
    """Lock content anew for some seconds; return how much is left. At the end old keys are gone."""
    require_administrator(actor)
    until = time.monotonic() + seconds
    while _batch(opened) and time.monotonic() < until:
        pass
    remaining = left()
    if not remaining:
        _retire(actor, opened)
    return remaining


def _old() -> QuerySet[Sealed]:
    newest = DataKey.objects.order_by("-pk").values("pk")[:1]
    return Sealed.objects.exclude(key__in=newest)


@transaction.atomic
def _batch(opened: Opened) -> int:
    newest = DataKey.objects.order_by("-pk").first()
    assert newest is not None
    if newest.pk != opened.newest:
        raise KeyError(newest.pk)  # somebody else began: this would never come to an end
    rows = list(Sealed.objects.select_for_update().exclude(key=newest).order_by("pk")[:BATCH])
    for row in rows:
        lock_into(row, clear_of(opened, row), opened)
    Sealed.objects.bulk_update(rows, ["content", "key", "is_handed"])
    return len(rows)


def _retire(actor: Actor, opened: Opened) -> None:
    """Delete the keys that lock nothing any more, and what was handed of them."""
    gone = DataKey.objects.exclude(pk=opened.newest).filter(contents=None)
    keys = list(gone.values_list("pk", flat=True))
    if keys:
        with change(actor, "sealing.rekeyed"):
            DataKey.objects.filter(pk__in=keys).delete()
            _note("retired data keys", [keys, []])


def _note(name: str, values: list[object]) -> None:
    current_work().note(Noted("kernel.datakey", None, Entry.Kind.EDIT, fields={name: values}))
