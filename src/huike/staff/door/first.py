"""An organisation's first minutes: is it empty, and who is its first administrator."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from huike.kernel.access.models import Role
from huike.kernel.actor import Actor
from huike.kernel.change.setup import note_setup, save_setup
from huike.kernel.change.work import change
from huike.staff.models import Department, User

CODE_FILE = "setup.code"


def is_empty() -> bool:
    """Tell whether nobody can sign in yet."""
    return not User.objects.exists()


def set_up_code(home: Path) -> str:
    """Return the word without which nobody sets up this installation from another machine.

    It is made once, kept in `home` for its owner's eyes, and printed when the server starts.
    """
    file = home / CODE_FILE
    if not file.exists():
        made = "-".join(secrets.token_hex(2) for _part in range(4))
        try:
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
                out.write(made)
        except FileExistsError:
            pass  # another process was a moment earlier
    return file.read_text().strip()


def is_set_up_code(home: Path, given: str) -> bool:
    """Tell whether `given` is the set-up code, without telling by the time how close it was."""
    return constant_time_compare(given.strip().lower(), set_up_code(home))


def forget_set_up_code(home: Path) -> None:
    """Throw the code away: there is an administrator now."""
    (home / CODE_FILE).unlink(missing_ok=True)


def create_first_administrator(*, name: str, username: str, firm: str, password: str) -> User:
    """Make the firm's root department, the role of administrator and the first person in it.

    Raises ValidationError for empty names, a weak password, or if there is somebody already.
    """
    if not (name and username and firm):
        raise ValidationError(_("Fill in all the fields."))
    with transaction.atomic():
        if not is_empty():
            raise ValidationError(_("There is an administrator already. Sign in instead."))
        actor = Actor.system("set-up")
        user = User(username=username, name=name)
        validate_password(password, user)
        user.set_password(password)
        with change(actor, "staff.first_administrator"):
            department = Department(name=firm)
            department.save()
            user.department = department
            role = Role(name=_("Administrator"), is_administrator=True)
            save_setup(actor, role, "staff.first_administrator")
            save_setup(actor, user, "staff.first_administrator")
            user.roles.add(role)
            note_setup(user, "roles", [], [role.pk])
    return user
