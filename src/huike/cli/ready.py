"""Makes Django ready for a command: the folder of the data, the settings, the tables."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def home_option(command: F) -> F:
    """Give a command the option --home."""
    return click.option(
        "--home",
        type=click.Path(file_okay=False, path_type=Path),
        envvar="HUIKE_HOME",
        default=Path("data"),
        show_default=True,
        help="The folder that holds all data.",
    )(command)


def set_up(home: Path) -> None:
    """Load Django for the data in `home`."""
    home.mkdir(parents=True, exist_ok=True)
    os.environ["HUIKE_HOME"] = str(home.resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huike.site.settings")
    import django

    try:
        django.setup()
    except ValueError as wrong:  # an address in HUIKE_DATABASE that can't be read
        raise click.ClickException(str(wrong)) from None


def organisations() -> list[str]:
    """Return the names of the organisations set up here."""
    from django.conf import settings

    from huike.kernel.organisations import names

    return names(settings.HOME)


def pending_migrations() -> list[str]:
    """Return the migrations that the database of this thread's organisation lacks."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [str(migration) for migration, _ in plan]


def migrate(say: Callable[[str], None] = click.echo) -> None:
    """Bring the tables of every organisation up to date."""
    from django.core.management import call_command
    from django.db import OperationalError

    from huike.kernel.organisations import working_for

    try:
        for name in organisations():
            with working_for(name):
                if pending := pending_migrations():
                    say(f"· 准备数据库 preparing the database ({len(pending)} steps, {name})")
                    call_command("migrate", verbosity=0, interactive=False)
    except OperationalError as error:
        raise click.ClickException(
            f"The database can't be reached: {error}".strip()
            + "\nCheck HUIKE_DATABASE, or leave it out to use SQLite in the data folder."
        ) from None


def close_connections() -> None:
    """Let go of every database connection: a forked process must not share one."""
    from django.db import connections

    connections.close_all()
