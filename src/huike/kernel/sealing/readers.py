"""Who can open what is sealed: set, change and forget a second secret; admit and dismiss."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from huike.kernel.access.administrator import require_administrator
from huike.kernel.actor import Actor
from huike.kernel.change.models import Entry
from huike.kernel.change.work import Noted, change
from huike.kernel.sealing import cipher
from huike.kernel.sealing.locking import give_pair
from huike.kernel.sealing.models import DataKey, Handed, Reader
from huike.kernel.sealing.opening import (
    Closed,
    Opened,
    about_key,
    close,
    locked_by,
    private_key,
    reader_of,
)

LEAST = 10  # characters of a second secret


def check_strength(secret: str, *others: str) -> None:
    """Refuse a second secret that is short, one letter over and over, or a known other secret."""
    if len(secret) < LEAST or len(set(secret)) < 4:
        words = _("At least %s characters, and not always the same.") % LEAST
        raise ValidationError({"secret": words})
    if secret in others:
        raise ValidationError({"secret": _("Take another one than your password.")})


def set_secret(actor: Actor, secret: str) -> Reader:
    """Give the actor a second secret, or a new one in place of one that was forgotten.

    A new pair of keys goes with it, so whoever forgot the old secret waits to be admitted again.
    The first administrator to do so makes the organisation's data key and is admitted by it.
    Raises ValidationError for a weak secret and Closed for who is nobody in particular.
    """
    check_strength(secret)
    if actor.user_id is None:
        raise Closed(_("Only a person has a second secret."))
    private, public = cipher.new_pair()
    columns = {"public": public, "name": actor.name, "set_at": timezone.now()}
    columns |= {"failures": 0, "locked_until": None}
    columns |= locked_by(secret, actor.user_id, private)
    with change(actor, "sealing.set_secret"):
        reader, _made = Reader.objects.update_or_create(user_id=actor.user_id, defaults=columns)
        Handed.objects.filter(reader=reader).delete()
        close(actor)
        if actor.is_unlimited and not DataKey.objects.exists():
            _found(actor, reader)
        note(reader, "secret set")
    return reader


def _found(actor: Actor, reader: Reader) -> None:
    """Make the first data key and hand it to the first reader."""
    key, clear = DataKey.objects.create(made_by=actor.name), cipher.new_key()
    give_pair(key.pk, clear)
    hand(actor, reader, key.pk, clear)


def change_secret(actor: Actor, old: str, new: str) -> Reader:
    """Give the actor another second secret in place of `old`; nothing has to be sealed anew."""
    check_strength(new, old)
    reader = reader_of(actor)
    if reader is None or reader.user_id is None:
        raise Closed(_("You have no second secret yet: set one on your account page."))
    private = private_key(actor, reader, old)
    with change(actor, "sealing.change_secret"):
        Reader.objects.filter(pk=reader.pk).update(
            set_at=timezone.now(), **locked_by(new, reader.user_id, private)
        )
        close(actor)
        note(reader, "secret changed")
    return reader


def waiting() -> list[Reader]:
    """Return who has a second secret and was not admitted yet."""
    return list(Reader.objects.filter(handed=None).exclude(user_id=None).order_by("name"))


def admitted() -> list[Reader]:
    """Return the people who can open, by name."""
    rows = Reader.objects.exclude(handed=None).exclude(user_id=None)
    return list(rows.distinct().order_by("name"))


def admit(actor: Actor, opened: Opened, reader: Reader) -> None:
    """Let somebody with a second secret open from now on; an administrator who can open does it."""
    require_administrator(actor)
    with change(actor, "sealing.admit"):
        for key, clear in opened.keys.items():
            hand(actor, reader, key, clear)
        note(reader, "admitted")


def dismiss(actor: Actor, reader: Reader) -> None:
    """Let somebody open no more; without re-keying, who kept the key could still use it."""
    require_administrator(actor)
    others = Handed.objects.exclude(reader=reader).exclude(reader__user_id=None)
    if not others.exists():
        raise ValidationError(_("Nobody else can open: admit somebody first."))
    with change(actor, "sealing.dismiss"):
        Handed.objects.filter(reader=reader).delete()
        close(Actor(reader.name, reader.user_id))
        note(reader, "dismissed")


def hand(actor: Actor, reader: Reader, key: int, clear: bytes) -> None:
    """Hand one version of the data key to a reader."""
    given = cipher.handed(bytes(reader.public), clear, about_key(key))
    with transaction.atomic():
        Handed.objects.update_or_create(
            key_id=key, reader=reader, defaults={"given": given, "by": actor.name}
        )


def note(reader: Reader, what: str) -> None:
    """Note in the change under way what happened to a reader, never with a key or a secret."""
    from huike.kernel.change.work import current_work

    fields = {"sealing": [None, f"{reader.name}: {what}"]}
    current_work().note(Noted("kernel.reader", reader.user_id, Entry.Kind.EDIT, fields=fields))
