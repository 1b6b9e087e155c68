"""huike demo: an invented firm with two years behind it, ready to look at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from huike.cli.commands.serve import prepare, server_options, start


@click.command("demo")
@server_options
@click.option("--fill-only", is_flag=True, help="Make the firm's data, but start no server.")
def command(home: Path, fill_only: bool, **serving: Any) -> None:
    """Start Huike with an invented car dealer (4S店): showroom, workshop and member club.

    The first start invents two years of customers and orders; later starts find what is there,
    your changes included. Delete the folder of --home to begin again.

    \b
    Examples:
      huike demo
      huike demo --port 8123 --home /tmp/try
    """
    prepare(home, serving)
    words = fill()
    if fill_only:
        click.echo("\n".join(words))
        return
    start(serving, words)


def fill() -> list[str]:
    """Invent the firm unless it is there; return the lines that tell who may sign in."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from huike.site import demo

    if not demo.is_filled():
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("生成演示企业 inventing the demo firm")
            demo.fill(say=lambda text: progress.update(task, description=text))
    return ["演示用户 who may sign in (user name / password):", *demo.sign_ins()]
