"""Opens with a second secret, slows wrong ones down, and keeps what is open for some minutes.

Where it is kept: the browser holds a random token in a cookie, the database holds the reader's
private key locked by that token. Neither opens anything alone, so no key lies in clear in a
session, a database file, its write-ahead log or a backup.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from huike.kernel.actor import Actor
from huike.kernel.change.models import Entry
from huike.kernel.change.work import Noted, change
from huike.kernel.sealing import cipher
from huike.kernel.sealing.models import DataKey, Handed, Opening, Reader

TRIES = 5
LOCKED_FOR = timedelta(minutes=15)
OPEN_FOR = timedelta(minutes=10)


class WrongSecret(ValidationError):
    """The second secret is wrong, or too many were tried."""


class Closed(ValidationError):
    """What is asked for needs the second secret first."""


@dataclass(frozen=True)
class Opened:
    """What a person has opened: the versions of the data key, in this process's memory only."""

    user_id: int
    until: datetime | None
    private: bytes = field(repr=False)
    keys: dict[int, bytes] = field(repr=False)

    @property
    def newest(self) -> int:
        return max(self.keys)


def reader_of(actor: Actor) -> Reader | None:
    """Return the actor as a reader of what is sealed, if the actor has a second secret."""
    return Reader.objects.filter(user_id=actor.user_id).first() if actor.user_id else None


def is_admitted(reader: Reader | None) -> bool:
    """Tell whether somebody was handed the data key."""
    return reader is not None and reader.handed.exists()


def open_with(actor: Actor, secret: str) -> Opened:
    """Open with the actor's second secret.

    A try is counted before it is checked, so many at once count as many. Raises WrongSecret, after
    five of them for a quarter of an hour without checking at all, and Closed for who has none.
    """
    reader = reader_of(actor)
    if reader is None:
        raise Closed(_("You have no second secret yet: set one on your account page."))
    private = private_key(actor, reader, secret)
    opened = _with_keys(reader, private, timezone.now() + OPEN_FOR)
    complete(opened)
    return opened


def complete(opened: Opened) -> None:
    """Give the newest data key its public half where it is from before there were any."""
    from huike.kernel.sealing.locking import give_pair

    if DataKey.objects.filter(pk=opened.newest, public=None).exists():
        give_pair(opened.newest, opened.keys[opened.newest])


def private_key(actor: Actor, reader: Reader, secret: str) -> bytes:
    """Return a reader's private key for the right secret; raise WrongSecret."""
    _count_try(actor, reader)
    own = cipher.stretched(secret, bytes(reader.salt), reader.memory)
    try:
        private = cipher.unlock(own, bytes(reader.private), _whose(reader))
    except cipher.WrongKey:
        _note_refusal(actor)
        raise _refusal(reader) from None
    Reader.objects.filter(pk=reader.pk).update(failures=0, locked_until=None)
    return private


def _count_try(actor: Actor, reader: Reader) -> None:
    now = timezone.now()
    mine = Reader.objects.filter(pk=reader.pk)
    # what ends later than any pause may was set by a clock that has been turned back since
    over = Q(locked_until__lte=now) | Q(locked_until__gt=now + LOCKED_FOR)
    mine.filter(over).update(failures=0, locked_until=None)
    free = mine.filter(Q(locked_until=None), failures__lt=TRIES)
    if not free.update(failures=F("failures") + 1):
        mine.filter(locked_until=None).update(locked_until=now + LOCKED_FOR)
        _note_refusal(actor)
        raise _refusal(reader)


def _refusal(reader: Reader) -> WrongSecret:
    """Return why not; the last wrong try begins the pause."""
    mine = Reader.objects.filter(pk=reader.pk)
    mine.filter(locked_until=None, failures__gte=TRIES).update(
        locked_until=timezone.now() + LOCKED_FOR
    )
    until = mine.values_list("locked_until", flat=True).first()
    if until is None:
        return WrongSecret(_("The second secret is wrong."))
    minutes = max(1, round((until - timezone.now()).total_seconds() / 60))
    return WrongSecret(_("Too many wrong tries. Try again in %s minutes.") % minutes)


def _note_refusal(actor: Actor) -> None:
    with change(actor, "sealing.refused") as work:
        work.note(Noted("kernel.reader", actor.user_id, Entry.Kind.REFUSED))


def _with_keys(reader: Reader, private: bytes, until: datetime) -> Opened:
    found = Handed.objects.filter(reader=reader).values_list("key_id", "given")
    keys = {key: cipher.taken(private, bytes(given), about_key(key)) for key, given in found}
    if not keys:
        raise Closed(_("You are not admitted yet: an administrator who can open does that."))
    assert reader.user_id is not None
    return Opened(reader.user_id, until, private, keys)


def about_key(key: int) -> str:
    """Return what a handed data key is bound to."""
    return f"data key {key}"


def _whose(reader: Reader) -> str:
    return f"private key of {reader.user_id}"


def locked_by(secret: str, user_id: int, private: bytes) -> dict[str, object]:
    """Return the columns of a reader whose private key is locked by `secret`."""
    salt = secrets.token_bytes(16)
    own = cipher.stretched(secret, salt, cipher.MEMORY)
    locked = cipher.lock(own, private, f"private key of {user_id}")
    return {"private": locked, "salt": salt, "memory": cipher.MEMORY}


def remember(opened: Opened, session: str) -> str:
    """Keep `opened` for some minutes and return the token that the browser is to hold."""
    token = secrets.token_urlsafe(32)
    Opening.objects.filter(until__lt=timezone.now()).delete()
    locked = cipher.lock(_token_key(token), opened.private, _place(opened.user_id, session))
    until = opened.until or timezone.now() + OPEN_FOR
    Opening.objects.create(
        user_id=opened.user_id, digest=_digest(token), private=locked, until=until
    )
    return token


def recall(actor: Actor, token: str, session: str) -> Opened | None:
    """Return what the actor opened in this session, or None where nothing is open any more."""
    if not token or actor.user_id is None:
        return None
    mine = Opening.objects.filter(digest=_digest(token), user_id=actor.user_id)
    found = mine.filter(until__gt=timezone.now()).first()
    reader = reader_of(actor)
    if found is None or reader is None:
        return None
    try:
        private = cipher.unlock(
            _token_key(token), bytes(found.private), _place(actor.user_id, session)
        )
        return _with_keys(reader, private, found.until)
    except (cipher.WrongKey, Closed):
        return None


def close(actor: Actor) -> None:
    """Close whatever the actor has open, in every session."""
    Opening.objects.filter(user_id=actor.user_id or 0).delete()


def _token_key(token: str) -> bytes:
    return cipher.derived(token.encode(), "opening")


def _digest(token: str) -> str:
    return hashlib.sha256(f"opening {token}".encode()).hexdigest()


def _place(user_id: int, session: str) -> str:
    return f"opening of {user_id} in {session}"
