"""huike user: the people who sign in, from a terminal on the server."""

from __future__ import annotations

import secrets
from pathlib import Path

import click

from huike.cli.ready import home_option, migrate, set_up

ADMINISTRATOR = "管理员"


@click.group("user")
def command() -> None:
    """Add, list and unlock the people who sign in.

    \b
    Examples:
      huike user add li.lei --name 李雷 --administrator
      huike user list
      huike user password li.lei
      huike user unlock li.lei
    """


@command.command("add")
@click.argument("username")
@click.option("--name", default="", help="The person's name as others see it.")
@click.option("--administrator", is_flag=True, help="May do everything.")
@click.option("--role", "roles", multiple=True, help="A role to give; may be said several times.")
@click.option("--password", help="Asked for on the terminal, or invented, when left out.")
@home_option
def add(
    home: Path,
    username: str,
    name: str,
    administrator: bool,
    roles: tuple[str, ...],
    password: str | None,
) -> None:
    """Add a person.

    \b
    Example:
      huike user add han.mei --name 韩梅 --role 销售顾问
    """
    set_up(home)
    migrate()
    word = password or new_password()
    add_user(username, name or username, word, administrator=administrator, roles=roles)
    click.echo(f"{username}" + ("" if password else f" / {word}"))


def new_password() -> str:
    """Return a password that is easy to read out."""
    return "-".join(secrets.token_hex(2) for _ in range(3))


def add_user(
    username: str,
    name: str,
    password: str,
    *,
    administrator: bool = False,
    roles: tuple[str, ...] = (),
) -> None:
    """Add a person with roles that exist; the role of administrators is made when needed."""
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from huike.kernel.access.models import Role
    from huike.kernel.actor import Actor
    from huike.kernel.change.setup import note_setup, save_setup
    from huike.kernel.change.work import change
    from huike.staff.models import User

    actor = Actor.system("command line")
    found = list(Role.objects.filter(name__in=roles))
    if missing := set(roles) - {role.name for role in found}:
        raise click.ClickException(f"No such role: {', '.join(sorted(missing))}")
    if User.objects.filter(username__iexact=username).exists():
        raise click.ClickException(f"There is a user {username} already.")
    person = User(username=username, name=name)
    try:
        validate_password(password, person)
    except ValidationError as weak:
        raise click.ClickException(" ".join(weak.messages)) from None
    person.set_password(password)
    with change(actor, "staff.add_user"):
        if administrator:
            found.append(
                Role.objects.filter(is_administrator=True).first()
                or save_setup(
                    actor, Role(name=ADMINISTRATOR, is_administrator=True), "staff.add_user"
                )
            )
        save_setup(actor, person, "staff.add_user")
        person.roles.set(found)
        note_setup(person, "roles", [], sorted(role.pk for role in found))


@command.command("list")
@home_option
def list_(home: Path) -> None:
    """List everybody who may sign in, with roles and state."""
    set_up(home)
    from rich.console import Console
    from rich.table import Table

    from huike.staff.models import User

    table = Table("user name", "name", "department", "roles", "state")
    for user in User.objects.select_related("department").prefetch_related("roles"):
        state = "locked" if user.is_locked else "active" if user.is_active else "closed"
        roles = ", ".join(role.name for role in user.roles.all())
        table.add_row(user.username, user.name, str(user.department or ""), roles, state)
    Console().print(table)


@command.command("password")
@click.argument("username")
@click.option("--password", help="Invented when left out.")
@home_option
def password(home: Path, username: str, password: str | None) -> None:
    """Give a person a new password; locks are lifted with it.

    \b
    Example:
      huike user password li.lei
    """
    set_up(home)
    word = password or new_password()
    _alter(username, password=word)
    click.echo(f"{username}" + ("" if password else f" / {word}"))


@command.command("unlock")
@click.argument("username")
@home_option
def unlock(home: Path, username: str) -> None:
    """Let a person try again who was locked out after wrong passwords.

    \b
    Example:
      huike user unlock li.lei
    """
    set_up(home)
    _alter(username)
    click.echo(f"{username} may sign in again.")


def _alter(username: str, password: str | None = None) -> None:
    from huike.kernel.actor import Actor
    from huike.kernel.change.setup import save_setup
    from huike.staff.models import User

    person = User.objects.filter(username__iexact=username).first()
    if person is None:
        raise click.ClickException(f"There is no user {username}. `huike user list` shows all.")
    person.failures, person.locked_until = 0, None
    if password:
        person.set_password(password)
    save_setup(Actor.system("command line"), person, "staff.unlock")
