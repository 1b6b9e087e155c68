"""huike backup: everything into one file, while people work."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from huike.cli.exchange import progress_bar, tell
from huike.cli.ready import home_option, pending_migrations, set_up

PATTERN = "huike-*.backup"


@click.command("backup")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--keep", type=click.IntRange(1), help="Of a folder's backups, keep the newest N.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
@home_option
def command(home: Path, file: Path | None, keep: int | None, force: bool, as_json: bool) -> None:
    """Write all organisations, their files and the key into one FILE.

    People go on working meanwhile: each organisation is as it stood at one moment. FILE may be a
    folder; the name then tells the time. Without FILE the folder is HOME/backups. Keep it as safe
    as the data itself. `huike restore` gives it back, also on another database.

    \b
    Examples:
      huike backup
      huike backup /mnt/safe --keep 14
      huike backup before-the-move.backup
    """
    set_up(home)
    if waiting := pending_migrations():
        raise click.ClickException(
            f"The tables are of an older Huike ({len(waiting)} steps are missing). "
            "Start Huike once, or back up with the version that made them."
        )
    target = _target(file or home / "backups")
    if target.exists() and not force:
        raise click.ClickException(f"{target} is there already; --force writes over it.")
    outcome = write(target, silent=as_json)
    if keep:
        outcome["removed"] = [str(old) for old in _clear(target.parent, keep)]
    tell(outcome, as_json)


def write(target: Path, *, silent: bool, with_files: bool = True) -> dict[str, Any]:
    """Write the archive with a progress bar; return what it holds."""
    from huike.kernel.backup.taking import take

    done: Counter[str] = Counter()
    with progress_bar(target.name, silent=silent) as progress:

        def say(table: str, rows: int) -> None:
            done[table] = rows
            progress(done.total(), None, table)

        parts = take(target, say, with_files=with_files)
    missing = [path for part in parts for path in part.missing]
    return {
        "file": str(target.resolve()),
        "bytes": target.stat().st_size,
        "organisations": len(parts),
        "rows": sum(extent.rows for part in parts for extent in part.tables.values()),
        "files": sum(len(part.files) for part in parts),
        **({"files_gone_before": missing} if missing else {}),
    }


def _target(place: Path) -> Path:
    if place.is_dir() or not place.suffix:
        return place / datetime.now().strftime(PATTERN.replace("*", "%Y%m%d-%H%M%S"))
    return place


def _clear(folder: Path, keep: int) -> list[Path]:
    old = sorted(folder.glob(PATTERN))[:-keep]
    for file in old:
        file.unlink()
    return old
