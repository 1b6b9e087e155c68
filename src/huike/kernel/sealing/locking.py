"""Locks sealed content by the newest data key, also for somebody who has nothing open.

Whoever has opened locks with the data key itself. For all others each data key has a public half:
what they add to a sealed record is locked by it and opens only with the data key.
"""

from __future__ import annotations

from huike.kernel.sealing import cipher
from huike.kernel.sealing.models import DataKey, Sealed
from huike.kernel.sealing.opening import Opened


def about(sealed: Sealed) -> str:
    """Return what sealed content is bound to: copied to another record it does not open."""
    return f"{sealed.record} {sealed.record_id}"


def lock_into(sealed: Sealed, clear: bytes, opened: Opened | None) -> None:
    """Put locked content into a row that is not saved yet.

    Raises DataKey.DoesNotExist where nothing is open and there is no public half to lock by.
    """
    if opened is not None:
        sealed.key_id, sealed.is_handed = opened.newest, False
        sealed.content = cipher.lock(opened.keys[opened.newest], clear, about(sealed))
        return
    key = DataKey.objects.exclude(public=None).latest("pk")
    sealed.key_id, sealed.is_handed = key.pk, True
    sealed.content = cipher.handed(bytes(key.public or b""), clear, about(sealed))


def clear_of(opened: Opened, sealed: Sealed) -> bytes:
    """Return the clear content; raise KeyError for a key that is not open, WrongKey if altered."""
    key = opened.keys[sealed.key_id]
    if not sealed.is_handed:
        return cipher.unlock(key, bytes(sealed.content), about(sealed))
    held = DataKey.objects.values_list("private", flat=True).get(pk=sealed.key_id)
    private = cipher.unlock(key, bytes(held or b""), _whose(sealed.key_id))
    return cipher.taken(private, bytes(sealed.content), about(sealed))


def give_pair(key: int, clear: bytes) -> None:
    """Give a data key that has none its public half; a firm from before has it when one opens."""
    private, public = cipher.new_pair()
    locked = cipher.lock(clear, private, _whose(key))
    DataKey.objects.filter(pk=key, public=None).update(public=public, private=locked)


def can_lock_closed() -> bool:
    """Tell whether something can be sealed while nothing is open."""
    return DataKey.objects.exclude(public=None).exists()


def _whose(key: int) -> str:
    return f"private half of data key {key}"
