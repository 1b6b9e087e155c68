"""An organisation's first minutes: is it empty, and who is its first administrator."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from huike.kernel.access.models import Role
from huike.kernel.actor import Actor
from huike.kernel.change.setup import save_setup
from huike.kernel.change.work import change
from huike.staff.models import Department, User


def is_empty() -> bool:
    """Tell whether nobody can sign in yet."""
    return not User.objects.exists()


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
    return user
