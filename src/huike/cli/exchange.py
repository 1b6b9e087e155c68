"""What import and export on the command line share: who does it, the progress bar, plain errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from huike.kernel.actor import Actor

Progress = Callable[..., None]


def actor_called(username: str | None) -> Actor:
    """Return the actor whose rights apply: a user's, else those of the system."""
    from huike.kernel.actor import Actor
    from huike.staff.models import User
    from huike.staff.rights.acting import actor_of

    if not username:
        return Actor.system("command line")
    user = User.objects.filter(username__iexact=username, is_active=True).first()
    if user is None:
        raise click.ClickException(f"There is no user {username} who may sign in.")
    return actor_of(user, via="command line")


@contextmanager
def plain_errors() -> Iterator[None]:
    """Say what was wrong in plain words and end with code 1."""
    from django.core.exceptions import PermissionDenied, ValidationError

    from huike.kernel.exchange.messages import UnreadableFile

    try:
        yield
    except ValidationError as error:
        raise click.ClickException(" ".join(error.messages)) from None
    except UnreadableFile as error:
        from django.utils.translation import gettext

        raise click.ClickException(error.message.text(gettext)) from None
    except PermissionDenied as error:
        raise click.ClickException(str(error) or "This is not permitted.") from None
    except LookupError as error:
        raise click.ClickException(str(error)) from None


@contextmanager
def progress_bar(words: str, *, silent: bool) -> Iterator[Progress]:
    """Show how far a long piece of work is, on the error stream."""
    if silent:
        yield lambda *told: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(words, total=None)

        def tell(done: int, total: int | None = None, note: str = "") -> None:
            bar.update(task, completed=done, total=total, description=note or words)

        yield tell


def pairs(ctx: click.Context, option: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """Read COLUMN=FIELD from the command line; nothing after the sign leaves the column out."""
    found = dict(value.rpartition("=")[::2] for value in values)
    if wrong := [value for value in values if "=" not in value or value.startswith("=")]:
        raise click.BadParameter(f"write COLUMN=FIELD, not {wrong[0]!r}", ctx, option)
    return found


def words(ctx: click.Context, option: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """Read a,b or several options as one list."""
    return tuple(word.strip() for value in values for word in value.split(",") if word.strip())


def tell(outcome: dict[str, Any], as_json: bool) -> None:
    """Print what was done, for a person or a program."""
    import json

    if as_json:
        click.echo(json.dumps(outcome, ensure_ascii=False, default=str))
        return
    for key, value in outcome.items():
        click.echo(f"{key.replace('_', ' ')}: {value}")
