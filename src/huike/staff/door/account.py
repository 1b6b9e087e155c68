"""What everybody may change of the own account: name, mail, phone, password, second factor."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from huike.kernel.actor import Actor
from huike.kernel.change.setup import note_setup, save_setup
from huike.kernel.change.work import change
from huike.staff.door import recovery, signing
from huike.staff.models import User


def edit_own(actor: Actor, user: User, given: Mapping[str, str]) -> User:
    """Change the own name, mail and phone; raise ValidationError by field."""
    _require_own(actor, user)
    for name in ("name", "email", "phone"):
        if name in given:
            setattr(user, name, given[name].strip())
    return save_setup(actor, user, "staff.own_account")


def change_password(actor: Actor, user: User, old: str, new: str, keep_session: str) -> None:
    """Give oneself a new password; all other sessions end. Raises ValidationError by field."""
    require_password(actor, user, old)
    try:
        signing.set_password(actor, user, new, keep_session=keep_session)
    except ValidationError as weak:
        raise ValidationError({"new": weak.messages}) from None


def turn_on_second(actor: Actor, user: User, secret: str, code: str) -> list[str]:
    """Turn the second factor on and return the recovery codes, which are shown once."""
    _require_own(actor, user)
    with change(actor, "staff.turn_on_second_factor"):
        if not signing.turn_on_second(actor, user, secret, code):
            text = _("The code is wrong or has expired. Take the newest one.")
            raise ValidationError({"code": text})
        return recovery.new_codes(actor, user)


def renew_codes(actor: Actor, user: User, password: str) -> list[str]:
    """Make new recovery codes in place of the old ones."""
    require_password(actor, user, password)
    return recovery.new_codes(actor, user)


def turn_off_second(actor: Actor, user: User, password: str) -> None:
    """Turn the own second factor off."""
    require_password(actor, user, password)
    signing.turn_off_second(actor, user)


def end_session(actor: Actor, user: User, sign_in_id: int) -> None:
    """End one of the own sessions."""
    _require_own(actor, user)
    signing.end_session(user, sign_in_id)
    _note_ended(actor, user)


def end_others(actor: Actor, user: User, but: str) -> None:
    """End all own sessions but the present one."""
    _require_own(actor, user)
    signing.end_all_sessions(user, but=but)
    _note_ended(actor, user)


def _note_ended(actor: Actor, user: User) -> None:
    with change(actor, "staff.end_sessions"):
        note_setup(user, "sessions", True, False)


def _require_own(actor: Actor, user: User) -> None:
    if actor.user_id != user.pk:
        raise PermissionDenied(_("This account is not yours."))


def require_password(actor: Actor, user: User, password: str) -> None:
    """Ask for the password again: a wrong one counts towards the lock, as at the door."""
    _require_own(actor, user)
    answer = signing.check(user.username, password)
    if answer.user is None:
        raise ValidationError({"password": answer.refusal})
