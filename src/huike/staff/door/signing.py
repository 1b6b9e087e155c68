"""Signing in: password, lock-out after failures, a second factor, and the list of sessions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import pyotp
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from huike.kernel.actor import Actor
from huike.kernel.change.models import Entry
from huike.kernel.change.setup import save_setup
from huike.kernel.change.work import Noted, change
from huike.staff.door.recovery import use_code
from huike.staff.models import LOCKED_FOR, SignIn, User

FAILURES = 5


@lru_cache(maxsize=1)
def _nobody() -> str:
    """Return a hash to check an unknown name's password against, so that it takes as long."""
    return make_password("nobody has this password")


@dataclass(frozen=True)
class Answer:
    """The outcome of a try to sign in: a user, or why not."""

    user: User | None = None
    refusal: str = ""


def check(username: str, password: str) -> Answer:
    """Check a name and a password, count failures, and lock the account after five of them."""
    user = User.objects.filter(username__iexact=username.strip()).first()
    if user is None:
        check_password(password, _nobody())
        return Answer(refusal=_("User name or password is wrong."))
    if user.is_locked:
        return Answer(refusal=_locked(user))
    if not user.check_password(password):
        return _failed(user, _("User name or password is wrong."))
    if not user.is_active:
        return Answer(refusal=_("This account is closed. Ask your administrator."))
    return Answer(user)


def check_second(user: User, code: str) -> Answer:
    """Check the second factor: six digits of the app, or a recovery code; each is good once."""
    if user.is_locked:
        return Answer(refusal=_locked(user))
    if use_code(user, code) or _use_digits(user, code.replace(" ", "")):
        return Answer(user)
    return _failed(user, _("The code is wrong or has expired. Take the newest one."))


def _use_digits(user: User, code: str) -> bool:
    """Tell whether `code` is right now, and refuse it and all before it from then on."""
    secret, _sep, used = user.second_factor.partition(":")
    step = _step_of(secret, code)
    if step is None or _is_used(step, int(used or 0)):
        return False
    mine = User.objects.filter(pk=user.pk, second_factor=user.second_factor)
    return bool(mine.update(second_factor=f"{secret}:{step}"))


def _is_used(step: int, used: int) -> bool:
    """Tell whether a code's half minute is spent: it, or one after it, has been used.

    What was used in a half minute that has not come yet was used by a clock that was wrong, and
    must not keep the person out until that comes.
    """
    return step <= used <= step + 2


def _step_of(secret: str, code: str) -> int | None:
    """Return the half minute that a code belongs to: this one, the one before or after."""
    totp = pyotp.TOTP(secret)
    now = totp.timecode(timezone.now())
    steps = (now - 1, now, now + 1)
    return next((s for s in steps if constant_time_compare(totp.generate_otp(s), code)), None)


def signed_in(user: User, session_key: str, address: str | None, agent: str) -> None:
    """Remember a new session of `user` and forget earlier failures."""
    User.objects.filter(pk=user.pk).update(failures=0, locked_until=None)
    SignIn.objects.update_or_create(
        session_key=session_key,
        defaults={"user": user, "address": address or None, "agent": agent[:300]},
    )
    _note(user, Entry.Kind.SIGN_IN)


def sessions_of(user: User) -> list[SignIn]:
    """Return the sessions of `user` that are still alive, newest first."""
    alive = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    return list(user.sign_ins.filter(session_key__in=alive))


def end_session(user: User, sign_in_id: int) -> None:
    """End one of the user's own sessions."""
    for found in user.sign_ins.filter(pk=sign_in_id):
        Session.objects.filter(session_key=found.session_key).delete()
        found.delete()


def end_all_sessions(user: User, *, but: str = "") -> None:
    """End all sessions of `user`, for example after a new password, but for the current one."""
    ended = user.sign_ins.exclude(session_key=but)
    Session.objects.filter(session_key__in=ended.values("session_key")).delete()
    ended.delete()


def set_password(actor: Actor, user: User, password: str, *, keep_session: str = "") -> None:
    """Give `user` a new password; raise ValidationError if it is too weak. Ends other sessions."""
    from django.contrib.auth.password_validation import validate_password

    validate_password(password, user)
    user.set_password(password)
    user.failures, user.locked_until = 0, None
    save_setup(actor, user, "staff.set_password")
    end_all_sessions(user, but=keep_session)


def new_secret() -> str:
    return pyotp.random_base32()


def secret_address(user: User, secret: str) -> str:
    """Return the otpauth:// address that an authenticator app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.username, issuer_name="Huike")


def turn_on_second(actor: Actor, user: User, secret: str, code: str) -> bool:
    """Turn the second factor on if `code` proves that the app knows `secret`."""
    step = _step_of(secret, code.replace(" ", ""))
    if step is None:
        return False
    user.second_factor = f"{secret}:{step}"
    save_setup(actor, user, "staff.turn_on_second_factor")
    return True


def turn_off_second(actor: Actor, user: User) -> None:
    """Turn the second factor off; its recovery codes go with it."""
    user.second_factor = ""
    with change(actor, "staff.turn_off_second_factor"):
        save_setup(actor, user, "staff.turn_off_second_factor")
        user.recovery_codes.all().delete()


def session_moved(before: str, after: str) -> None:
    """Follow a session that Django has given a new key, as it does after a new password."""
    SignIn.objects.filter(session_key=before).update(session_key=after)


def _failed(user: User, words: str) -> Answer:
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(failures=F("failures") + 1)
        user.refresh_from_db(fields=["failures", "locked_until"])
        if user.failures >= FAILURES:
            user.locked_until = timezone.now() + LOCKED_FOR
            User.objects.filter(pk=user.pk).update(locked_until=user.locked_until, failures=0)
    _note(user, Entry.Kind.REFUSED)
    return Answer(refusal=_locked(user) if user.is_locked else words)


def _locked(user: User) -> str:
    assert user.locked_until is not None
    minutes = max(1, round((user.locked_until - timezone.now()).total_seconds() / 60))
    return _("Too many wrong tries. Try again in %s minutes.") % minutes


def _note(user: User, kind: Entry.Kind) -> None:
    actor = Actor(user.name or user.username, user.pk)
    with change(actor, "staff.sign_in") as work:
        work.note(Noted("staff.user", user.pk, kind))
