"""huike import: customers or orders from a file, without a screen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from huike.cli.exchange import engine, pairs, progress_bar
from huike.cli.ready import home_option, migrate, set_up


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "kind", required=True, help="What the rows are: customers, orders, …")
@click.option(
    "--column", "columns", multiple=True, callback=pairs, help="COLUMN=FIELD, if guessed wrong."
)
@click.option(
    "--mode",
    type=click.Choice(["both", "create", "update"]),
    default="both",
    show_default=True,
    help="Add new records, change those found, or both.",
)
@click.option("--match", multiple=True, help="Field by which a record is found again.")
@click.option("--dry-run", is_flag=True, help="Tell what would happen; change nothing.")
@click.option("--rejects", type=click.Path(path_type=Path), help="Where bad rows go.")
@click.option("--yes", is_flag=True, help="Don't ask before starting.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
@home_option
def command(
    home: Path, file: Path, kind: str, columns: dict[str, str], yes: bool, as_json: bool, **how: Any
) -> None:
    """Bring in customers or orders from CSV, XLS(X), ODS or Parquet.

    Encoding, separator, header and columns are found out; what was guessed is shown before
    anything is written. Bad rows go to a file with the reason in a column, to be mended and loaded
    again. A killed import goes on where it stopped, and a whole import can be undone.

    \b
    Examples:
      huike import clients.xlsx --as customers
      huike import sales.csv.gz --as orders --yes --json
      huike import old.csv --as customers --column 客户名=name --match phone --dry-run
    """
    set_up(home)
    migrate(lambda text: click.echo(text, err=True))
    work = engine()
    if not yes:
        for line in work.plan(file, kind, columns):
            click.echo(line, err=True)
        if not how["dry_run"]:
            click.confirm("Start?", abort=True, err=True)
    with progress_bar(f"{file.name} → {kind}", silent=as_json) as progress:
        outcome = work.bring_in(file, kind, columns=columns, progress=progress, **how)
    tell(outcome, as_json)


def tell(outcome: dict[str, Any], as_json: bool) -> None:
    """Print what was done, for a person or a program."""
    if as_json:
        click.echo(json.dumps(outcome, ensure_ascii=False, default=str))
        return
    for key, value in outcome.items():
        click.echo(f"{key.replace('_', ' ')}: {value}")
