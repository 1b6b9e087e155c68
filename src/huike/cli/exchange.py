"""The door from the command line to import and export: huike.site.exchange, once it is there.

It has `plan(path, kind, columns)`, `bring_in(path, kind, ...)` and `write_out(path, kind, ...)`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

Progress = Callable[[int, int | None], None]


def engine() -> Any:
    """Return the module that does the work."""
    try:
        return importlib.import_module("huike.site.exchange")
    except ModuleNotFoundError as missing:
        if missing.name != "huike.site.exchange":
            raise
        raise click.ClickException("Import and export are not part of this release yet.") from None


@contextmanager
def progress_bar(words: str, *, silent: bool) -> Iterator[Progress]:
    """Show how far a long piece of work is, on the error stream."""
    if silent:
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn(words), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(words, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def pairs(ctx: click.Context, option: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """Read COLUMN=FIELD from the command line."""
    found = dict(value.partition("=")[::2] for value in values)
    if wrong := [key for key, field in found.items() if not (key and field)]:
        raise click.BadParameter(f"write COLUMN=FIELD, not {wrong[0]!r}", ctx, option)
    return found
