"""huike export: a list as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from huike.cli.exchange import actor_called, plain_errors, progress_bar, tell
from huike.cli.ready import home_option, set_up

ALIASES = {"customers": "customers/party", "orders": "trade/order", "products": "catalog/product"}
KINDS = {".csv": "csv", ".xlsx": "xlsx", ".txt": "txt", ".vcf": "vcard"}


@click.command("export")
@click.argument("entity")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), help="The file to write.")
@click.option(
    "--filter", "wanted", default="", help="""As in a list's address: ["level","is","vip"]"""
)
@click.option("--columns", default="", help="Fields, a,b,c; all of them unless said.")
@click.option("--user", "--as-user", "user", help="Whose rights apply; else everything is written.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
@home_option
def command(home: Path, file: Path | None, to: Path | None, force: bool, **how: Any) -> None:
    """Write a list to a file: .csv, .xlsx, .txt or .vcf says which form.

    Every export is noted in the journal.

    \b
    Examples:
      huike export customers --to customers.xlsx
      huike export customers --to vip.csv --filter '["level","is","vip"]' --user li.lei
      huike export customers --to cards.vcf
    """
    target = to or file
    if target is None:
        raise click.UsageError("Say which file to write: --to FILE.csv")
    if target.suffix.lower() not in KINDS:
        raise click.UsageError(f"The file must end in one of: {', '.join(KINDS)}")
    if target.exists() and not force:
        raise click.ClickException(f"{target} is there already; --force writes over it.")
    set_up(home)
    with plain_errors():
        outcome = _write(target, **how)
    tell(outcome, how["as_json"])


def _write(
    target: Path, entity: str, wanted: str, columns: str, user: str | None, as_json: bool
) -> dict[str, Any]:
    from huike.kernel.entity.entity import entity_of
    from huike.kernel.lists.counting import count
    from huike.kernel.lists.exporting import exported, write_file
    from huike.kernel.lists.paging import ordered
    from huike.kernel.lists.view import ListView

    actor = actor_called(user)
    chosen = entity_of(ALIASES.get(entity, entity))
    view = ListView.read(chosen, {"filter": wanted, "columns": columns})
    fields = chosen.fields(actor)
    rows = exported(actor, chosen, view.matching(actor))
    total, _exact = count(rows)
    shown = view.shown(fields) if columns else list(fields.values())
    part = target.with_name(f".{target.name}.part")
    try:
        with progress_bar(target.name, silent=as_json) as progress, part.open("wb") as out:
            number = write_file(
                actor, chosen, ordered(view, rows, fields), shown,
                KINDS[target.suffix.lower()], out, lambda done: progress(done, total),
            )  # fmt: skip
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return {"rows": number, "file": str(target.resolve())}
