"""Recovery codes: eight words on paper, each good once, for who has lost the second factor."""

from __future__ import annotations

import secrets

from django.utils import timezone
from django.utils.crypto import salted_hmac

from huike.kernel.actor import Actor
from huike.kernel.change.setup import note_setup
from huike.kernel.change.work import change
from huike.staff.models import RecoveryCode, User

COUNT = 8
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that looks like something else
LENGTH = 10


def new_codes(actor: Actor, user: User) -> list[str]:
    """Make eight new codes, which replace the old ones, and return them: they are shown once."""
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for _ in range(COUNT)]
    with change(actor, "staff.new_recovery_codes"):
        RecoveryCode.objects.filter(user=user).delete()
        for code in codes:
            RecoveryCode.objects.create(user=user, digest=_digest(user, code))
        note_setup(user, "recovery_codes", None, COUNT)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def use_code(user: User, text: str) -> bool:
    """Tell whether `text` is one of the user's codes not used yet, and use it up."""
    code = text.strip().lower().replace("-", "").replace(" ", "")
    if len(code) != LENGTH:
        return False
    fresh = RecoveryCode.objects.filter(user=user, digest=_digest(user, code), used_at=None)
    return bool(fresh.update(used_at=timezone.now()))


def left(user: User) -> int:
    """Return how many codes are still good."""
    return RecoveryCode.objects.filter(user=user, used_at=None).count()


def _digest(user: User, code: str) -> str:
    # 49 random bits under the firm's secret key: a slow hash would add nothing
    return salted_hmac("huike.recovery", f"{user.pk}:{code}", algorithm="sha256").hexdigest()
