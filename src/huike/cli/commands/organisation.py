"""huike organisation: sets of books kept apart from each other (账套)."""

from __future__ import annotations

from pathlib import Path

import click

from huike.cli.ready import home_option, migrate, set_up


@click.group("organisation")
def command() -> None:
    """Add and list organisations: each has a database, people and files of its own.

    \b
    Examples:
      huike organisation add branch --label 城东分公司 --username admin
      huike organisation list
    """


@command.command("add")
@click.argument("name")
@click.option("--label", default="", help="What people call it, as sign-in shows it.")
@click.option("--username", default="admin", show_default=True, help="Its first administrator.")
@click.option("--name", "person", default="", help="The administrator's name as others see it.")
@click.option("--password", help="Invented when left out.")
@home_option
def add(
    home: Path, name: str, label: str, username: str, person: str, password: str | None
) -> None:
    """Make an organisation with its own database and first administrator.

    \b
    Example:
      huike organisation add branch --label 城东分公司
    """
    set_up(home)
    migrate()
    from django.core.exceptions import ValidationError

    from huike.cli.commands.user import new_password
    from huike.kernel.actor import Actor
    from huike.staff.door.founding import found_organisation

    word = password or new_password()
    try:
        found_organisation(
            Actor.system("command line"),
            name=name,
            label=label or name,
            person=person or username,
            username=username,
            password=word,
        )
    except ValidationError as wrong:
        raise click.ClickException(" ".join(wrong.messages)) from None
    click.echo(f"{name}: {username}" + ("" if password else f" / {word}"))


@command.command("list")
@home_option
def list_(home: Path) -> None:
    """List the organisations with the number of their people."""
    set_up(home)
    migrate()
    from django.conf import settings
    from rich.console import Console
    from rich.table import Table

    from huike.kernel.organisations import labels, working_for
    from huike.staff.models import User

    table = Table("name", "label", "people")
    for name, label in labels(settings.HOME).items():
        with working_for(name):
            table.add_row(name, label, str(User.objects.filter(is_active=True).count()))
    Console().print(table)
