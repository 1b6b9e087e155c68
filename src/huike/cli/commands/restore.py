"""huike restore: gives a backup back into an empty installation."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import click

from huike.cli.exchange import progress_bar, tell
from huike.cli.ready import home_option, set_up

KEY = "secret.key"


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
@click.option("--tables-only", is_flag=True, hidden=True)  # `huike move` leaves files in place
@home_option
def command(home: Path, file: Path, as_json: bool, tables_only: bool) -> None:
    """Give back what `huike backup` wrote to FILE.

    The folder of --home must be without data, and so must the PostgreSQL database that
    HUIKE_DATABASE names: a restore never mixes with what is there. The backup may come from the
    other database and from an older Huike. Every table is compared with its digest; nothing is kept
    of an organisation that does not come back the same. Everybody signs in again.

    \b
    Examples:
      huike restore huike-20261123-020000.backup --home /srv/huike
      HUIKE_DATABASE=postgresql:///huike huike restore FILE --home /srv/huike
    """
    from huike.kernel.backup.archive import BadArchive, NotEmpty, Reader

    try:
        archive = Reader(file)
        if not tables_only:
            _put_key(archive, home)
        set_up(home)
        outcome = _give(archive, silent=as_json)
    except (BadArchive, NotEmpty, FileExistsError) as error:
        raise click.ClickException(str(error)) from None
    tell(outcome, as_json)


def _put_key(archive: Any, home: Path) -> None:
    """Settings read the key when they are loaded, so it comes before everything."""
    from huike.kernel.backup.archive import NotEmpty

    if not archive.has(KEY):
        return
    own = home / KEY
    if any(home.glob("huike*.db")) and own.exists() and own.read_bytes() != archive.read(KEY):
        raise NotEmpty(f"{home} has data already. Restore into an empty folder.")
    archive.extract(KEY, own, private=True)


def _give(archive: Any, *, silent: bool) -> dict[str, Any]:
    from huike.kernel.backup.giving import give

    done: Counter[str] = Counter()
    total = sum(extent.rows for part in archive.parts for extent in part.tables.values())
    with progress_bar("restore", silent=silent) as progress:

        def say(table: str, rows: int) -> None:
            done[table] += rows
            progress(done.total(), total, table)

        parts = give(archive, say)
        progress(total, total, "search")
        _index(part.name for part in parts)
    return {
        "organisations": len(parts),
        "rows": total,
        "files": sum(len(part.files) for part in parts),
        "tables_compared": sum(len(part.tables) for part in parts),
    }


def _index(names: Any) -> None:
    from huike.kernel.organisations import working_for
    from huike.kernel.search.documents import searched
    from huike.kernel.search.index import reindex

    for name in names:
        with working_for(name):
            for entity in searched():
                reindex(entity.model)
