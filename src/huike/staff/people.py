"""The people of the firm, as an administrator adds, changes and lets go of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from huike.kernel.access.administrator import require_administrator
from huike.kernel.access.models import Role
from huike.kernel.actor import Actor
from huike.kernel.change.setup import note_setup, save_setup
from huike.kernel.change.work import change
from huike.kernel.entity.entity import entities
from huike.staff.door import signing
from huike.staff.models import LOCKED_FOR, User

COLUMNS = ("username", "name", "email", "phone", "department_id", "is_active")


@dataclass(frozen=True)
class Possession:
    """How many records of one kind a person answers for, and where they are listed."""

    label: str
    count: int
    address: str


def add_person(actor: Actor, given: dict[str, Any], roles: Sequence[int], password: str) -> User:
    """Add somebody who signs in; raise ValidationError by field for what is wrong."""
    require_administrator(actor)
    person = User()
    _place(person, given)
    try:
        validate_password(password, person)
    except ValidationError as weak:
        raise ValidationError({"password": weak.messages}) from None
    person.set_password(password)
    with change(actor, "staff.add_person"):
        save_setup(actor, person, "staff.add_person")
        _give_roles(person, roles)
    return person


def edit_person(actor: Actor, person: User, given: dict[str, Any], roles: Sequence[int]) -> User:
    """Change a person; who may no longer sign in is signed out everywhere."""
    require_administrator(actor)
    _place(person, given)
    with change(actor, "staff.edit_person"):
        save_setup(actor, person, "staff.edit_person")
        _give_roles(person, roles)
        require_an_administrator()
        if not person.is_active:
            signing.end_all_sessions(person)
    return person


def _place(person: User, given: dict[str, Any]) -> None:
    for name in COLUMNS:
        if name in given:
            setattr(person, name, given[name])
    person.username = person.username.strip()
    others = User.objects.filter(username__iexact=person.username).exclude(pk=person.pk)
    if others.exists():
        raise ValidationError({"username": _("Somebody has this user name already.")})


def _give_roles(person: User, roles: Sequence[int]) -> None:
    before = sorted(person.roles.values_list("pk", flat=True))
    wanted = sorted(Role.objects.filter(pk__in=roles).values_list("pk", flat=True))
    person.roles.set(wanted)
    note_setup(person, "roles", before, wanted)


def require_an_administrator() -> None:
    """Raise ValidationError where the current change would leave nobody who administers."""
    people = User.objects.filter(is_active=True, roles__is_administrator=True)
    if not people.exists():
        raise ValidationError(
            _("Nobody would be left who administers. Make somebody else an administrator first.")
        )


def set_password(actor: Actor, person: User, password: str) -> None:
    """Give a person a new password; all of their sessions end and a lock is lifted."""
    require_administrator(actor)
    signing.set_password(actor, person, password)


def unlock(actor: Actor, person: User) -> None:
    """Let a person try again who typed too many wrong passwords."""
    require_administrator(actor)
    person.failures, person.locked_until = 0, None
    save_setup(actor, person, "staff.unlock")


def turn_off_second(actor: Actor, person: User) -> None:
    """Turn off the second factor of a person who lost the phone."""
    require_administrator(actor)
    signing.turn_off_second(actor, person)


def end_sessions(actor: Actor, person: User) -> None:
    """Sign a person out everywhere."""
    require_administrator(actor)
    signing.end_all_sessions(person)
    with change(actor, "staff.end_sessions"):
        note_setup(person, "sessions", True, False)


def possessions(person: User) -> list[Possession]:
    """Return what a person answers for, so that a leaver's records can be handed over."""
    found = []
    for entity in entities():
        if entity.model.scope.owner != "owner":
            continue
        count = entity.model.objects.filter(owner=person).count()
        if count:
            query = f'?filter={{"all":[["owner","is",{person.pk}]]}}'
            found.append(Possession(entity.label, count, f"/{entity.key}/{query}"))
    return found


def find_people(text: str = "", state: str = "", department: int | None = None) -> Any:
    """Return people by a part of name, user name, mail or phone, and by state."""
    people = User.objects.select_related("department").prefetch_related("roles")
    for word in text.split():
        people = people.filter(
            Q(name__icontains=word)
            | Q(username__icontains=word)
            | Q(email__icontains=word)
            | Q(phone__contains=word)
        )
    if state == "closed":
        people = people.filter(is_active=False)
    elif state == "locked":
        now = timezone.now()
        people = people.filter(locked_until__gt=now, locked_until__lte=now + LOCKED_FOR)
    elif state != "everybody":
        people = people.filter(is_active=True)
    if department:
        people = people.filter(department=department)
    return people.order_by("-is_active", "name", "pk")
