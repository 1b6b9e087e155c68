"""huike move: from SQLite to PostgreSQL (or back) by one command, compared row by row."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import click

from huike.cli.commands.backup import write
from huike.cli.ready import home_option, pending_migrations, set_up


@click.command("move")
@click.argument("address")
@home_option
def command(home: Path, address: str) -> None:
    """Copy all data into the empty PostgreSQL database at ADDRESS.

    Stop Huike first, so that nothing is written to the old database any more; it stays untouched.
    Files and the key stay in --home. Every table is compared line by line after it has arrived.
    Afterwards start Huike with HUIKE_DATABASE=ADDRESS.

    \b
    Example:
      huike move postgresql://huike:secret@db.example/huike --home /srv/huike
    """
    if not address.startswith(("postgresql://", "postgres://")):
        raise click.UsageError("ADDRESS must begin with postgresql://")
    set_up(home)
    if pending_migrations():
        raise click.ClickException("Start Huike once, so that its tables are up to date.")
    with tempfile.TemporaryDirectory(dir=home, prefix="move-") as folder:
        archive = Path(folder) / "all.backup"
        told = write(archive, silent=False, with_files=False)
        click.echo(f"{told['rows']} rows read")
        words = ["restore", str(archive), "--tables-only", "--home", str(home)]
        done = subprocess.run(
            [sys.executable, "-m", "huike.cli", *words],
            env={**os.environ, "HUIKE_DATABASE": address},
            check=False,
        )
    if done.returncode:
        raise click.ClickException("Nothing was changed in the old database.")
    click.echo(f"All rows are the same. Start Huike with HUIKE_DATABASE={address}")
