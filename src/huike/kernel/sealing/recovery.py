"""Recovery when secrets were forgotten: two administrators together, neither of them alone.

Each holder has a code of 160 random bits on paper. For each two of them the recovery's private key
lies locked by both codes together. A holder collects the own code once, opened, and then nothing of
it is left in the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from huike.kernel.access.administrator import require_administrator
from huike.kernel.actor import Actor
from huike.kernel.change.work import change
from huike.kernel.sealing import cipher
from huike.kernel.sealing.models import Handed, Reader, RecoveryCode, RecoveryPair
from huike.kernel.sealing.opening import Opened, about_key
from huike.kernel.sealing.readers import hand, note

LEAST, MOST = 2, 6  # holders


def set_up(actor: Actor, opened: Opened, holders: Sequence[Reader]) -> None:
    """Make the recovery anew for these administrators; codes made before are worth nothing then."""
    require_administrator(actor)
    if not LEAST <= len({h.pk for h in holders}) <= MOST:
        raise ValidationError(_("Choose two to six administrators who have a second secret."))
    private, public = cipher.new_pair()
    codes = {holder.pk: cipher.new_code() for holder in holders}
    with change(actor, "sealing.set_up_recovery"):
        for table in (RecoveryPair, RecoveryCode):
            table.objects.all().delete()
        Reader.objects.filter(user_id=None).delete()
        recovery = Reader.objects.create(
            name="recovery", public=public, private=b"", salt=b"", memory=0
        )
        for key, clear in opened.keys.items():
            hand(actor, recovery, key, clear)
        for one, other in combinations(holders, 2):
            _lock_by(one, other, codes, private)
        for holder in holders:
            _leave_code(holder, codes[holder.pk])
        note(recovery, "set up for " + ", ".join(h.name for h in holders))


def _lock_by(one: Reader, other: Reader, codes: dict[int, str], private: bytes) -> None:
    together = cipher.of_two_codes(codes[one.pk], codes[other.pk])
    first, second = sorted((one.user_id or 0, other.user_id or 0))
    locked = cipher.lock(together, private, f"recovery {first} {second}")
    RecoveryPair.objects.create(one=first, other=second, private=locked)


def _leave_code(holder: Reader, code: str) -> None:
    given = cipher.handed(bytes(holder.public), code.encode(), f"code of {holder.user_id}")
    assert holder.user_id is not None
    RecoveryCode.objects.create(user_id=holder.user_id, name=holder.name, given=given)


def holders() -> list[RecoveryCode]:
    """Return who holds a recovery code, or has one to collect."""
    return list(RecoveryCode.objects.order_by("name"))


def collect(actor: Actor, opened: Opened) -> str:
    """Return the actor's own recovery code, this once; what was kept of it is deleted."""
    with change(actor, "sealing.collect_code"):
        row = RecoveryCode.objects.select_for_update().filter(user_id=actor.user_id or 0).first()
        if row is None or row.given is None:
            raise ValidationError(_("There is no code for you to collect."))
        code = cipher.taken(opened.private, bytes(row.given), f"code of {actor.user_id}").decode()
        row.given, row.collected_at = None, timezone.now()
        row.save()
        note(Reader(user_id=actor.user_id, name=actor.name), "recovery code collected")
    return code


def recover(actor: Actor, other: Actor, codes: tuple[str, str], reader: Reader) -> None:
    """Admit `reader` by the codes of two administrators, both signed in to do it.

    Raises PermissionDenied for anybody else and ValidationError where the codes are not theirs.
    """
    if actor.user_id == other.user_id:
        raise PermissionDenied(_("Two different administrators are needed."))
    for one in (actor, other):
        require_administrator(one)
    private = _together(actor, other, codes)
    with change(actor, "sealing.recover"):
        mine = Handed.objects.filter(reader__user_id=None).select_related("reader")
        for found in mine:
            clear = cipher.taken(private, bytes(found.given), about_key(found.key_id))
            hand(actor, reader, found.key_id, clear)
        note(reader, f"admitted by recovery of {actor.name} and {other.name}")


def _together(actor: Actor, other: Actor, codes: tuple[str, str]) -> bytes:
    first, second = sorted((actor.user_id or 0, other.user_id or 0))
    pair = RecoveryPair.objects.filter(one=first, other=second).first()
    try:
        if pair is None:
            raise cipher.WrongKey
        key = cipher.of_two_codes(*codes)
        return cipher.unlock(key, bytes(pair.private), f"recovery {first} {second}")
    except cipher.WrongKey:
        raise ValidationError({"codes": _("These are not the codes of you two.")}) from None
