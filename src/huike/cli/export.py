"""huike export: a list or a saved view as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from huike.cli.exchange import engine, progress_bar
from huike.cli.import_ import tell
from huike.cli.ready import home_option, set_up


@click.command("export")
@click.argument("kind")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--view", help="A saved view: its filter, columns and order.")
@click.option("--as-user", "user", help="Whose rights apply; without it everything is written.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
@home_option
def command(home: Path, kind: str, file: Path, force: bool, as_json: bool, **how: Any) -> None:
    """Write a list to FILE: .csv, .xlsx, .txt or .vcf says which form.

    Every export is noted in the journal.

    \b
    Examples:
      huike export customers customers.xlsx
      huike export customers mine.csv --view 本月生日 --as-user li.lei
      huike export people cards.vcf
    """
    if file.exists() and not force:
        raise click.ClickException(f"{file} is there already; --force writes over it.")
    set_up(home)
    with progress_bar(f"{kind} → {file.name}", silent=as_json) as progress:
        outcome = engine().write_out(file, kind, progress=progress, **how)
    tell(outcome, as_json)
