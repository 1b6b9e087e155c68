"""A further organisation (账套) is founded: its database, its tables, its first administrator."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.utils.translation import gettext as _

from huike.kernel import organisations
from huike.kernel.access.administrator import require_administrator
from huike.kernel.actor import Actor
from huike.kernel.change.models import Entry
from huike.kernel.change.work import Noted, change
from huike.staff.door.first import create_first_administrator


def may_found(actor: Actor) -> bool:
    """Tell whether `actor` may make organisations: an administrator of the first one may."""
    return actor.is_unlimited and organisations.current() == organisations.FIRST


def found_organisation(
    actor: Actor, *, name: str, label: str, person: str, username: str, password: str
) -> None:
    """Make the organisation `name` with its first administrator, or nothing at all.

    It is offered at sign-in only when all of it is there. Raises ValidationError by field.
    """
    require_administrator(actor)
    if not may_found(actor):
        raise PermissionDenied(_("Only the first organisation makes others."))
    _check(name, label)
    given = {"name": person, "username": username, "firm": label, "password": password}
    check_person(**given)
    try:
        organisations.create_database(name)
    except FileExistsError:
        text = _("There is a database of this name already. Choose another name.")
        raise ValidationError({"name": text}) from None
    try:
        with organisations.working_for(name, founding=True):
            call_command("migrate", verbosity=0, interactive=False)
            create_first_administrator(**given)
    except BaseException:
        organisations.drop_database(name)
        raise
    organisations.enter(settings.HOME, name, label)
    with change(actor, "staff.found_organisation") as work:
        fields = {"name": [None, name], "label": [None, label]}
        work.note(Noted("kernel.organisation", None, Entry.Kind.CREATE, fields=fields))


def name_organisation(actor: Actor, name: str, label: str) -> None:
    """Change what people call an organisation at sign-in."""
    require_administrator(actor)
    known = organisations.labels(settings.HOME)
    if not may_found(actor) or name not in known:
        raise PermissionDenied(_("Only the first organisation makes others."))
    organisations.enter(settings.HOME, name, label)
    with change(actor, "staff.name_organisation") as work:
        fields = {"label": [known[name], label], "name": [name, name]}
        work.note(Noted("kernel.organisation", None, Entry.Kind.EDIT, fields=fields))


def _check(name: str, label: str) -> None:
    if not organisations.NAME.fullmatch(name):
        text = _("Use small letters, digits and _, beginning with a letter; 30 at most.")
        raise ValidationError({"name": text})
    if name in organisations.names(settings.HOME):
        raise ValidationError({"name": _("There is an organisation of this name already.")})
    if not label.strip():
        raise ValidationError({"label": _("Say what people call it.")})


def check_person(*, name: str, username: str, firm: str, password: str) -> None:
    """Refuse a person who could not be the first administrator, before anything is made."""
    from django.contrib.auth.password_validation import validate_password

    from huike.staff.models import User

    person = User(username=username, name=name)
    try:
        person.clean_fields(exclude=["password", "department"])
    except ValidationError as wrong:
        told = wrong.message_dict
        raise ValidationError(
            {"person" if k == "name" else k: v for k, v in told.items()}
        ) from None
    try:
        validate_password(password, person)
    except ValidationError as weak:
        raise ValidationError({"password": weak.messages}) from None
