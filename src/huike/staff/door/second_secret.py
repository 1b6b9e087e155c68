"""The own second secret, set and changed only by who knows the account's password too."""

from __future__ import annotations

from huike.kernel.actor import Actor
from huike.kernel.sealing import readers
from huike.staff.door.account import require_password
from huike.staff.models import User


def set_own(actor: Actor, user: User, password: str, secret: str) -> None:
    """Give oneself a second secret; raise ValidationError by field where something is wrong."""
    require_password(actor, user, password)
    readers.check_strength(secret, password)
    readers.set_secret(actor, secret)


def change_own(actor: Actor, user: User, password: str, old: str, secret: str) -> None:
    """Give oneself another second secret in place of `old`."""
    require_password(actor, user, password)
    readers.check_strength(secret, password)
    readers.change_secret(actor, old, secret)
