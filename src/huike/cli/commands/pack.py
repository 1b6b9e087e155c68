"""huike pack: what a trade needs (fields, layouts, categories, views), applied and taken back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from huike.cli.exchange import actor_called, plain_errors, tell
from huike.cli.ready import home_option, migrate, set_up

if TYPE_CHECKING:
    from huike.kernel.packs.applying import Told
    from huike.kernel.packs.planning import Step

as_json = click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
dry = click.option("--dry-run", is_flag=True, help="Tell what would happen; change nothing.")
user = click.option("--user", help="Whose rights apply; without it everything is allowed.")

DONE = {
    "make": "made",
    "adopt": "there already",
    "same": "unchanged",
    "change": "renewed",
    "keep": "kept",
    "remove": "taken back",
    "sample": "rows of sample data",
}


@click.group("pack")
def command() -> None:
    """Bring in what a trade needs, and take it back (行业包).

    \b
    Examples:
      huike pack list
      huike pack apply hotel --sample
      huike pack upgrade hotel --dry-run
      huike pack remove hotel
    """


@command.command("list")
@as_json
@home_option
def list_(home: Path, as_json: bool) -> None:
    """List the packs there are, with the version in use.

    \b
    Example:
      huike pack list
    """
    set_up(home)
    migrate(lambda text: click.echo(text, err=True))
    from huike.kernel.packs.models import AppliedPack
    from huike.kernel.packs.reading import packs

    used = {one.name: one for one in AppliedPack.objects.all()}
    rows = [
        {
            "name": pack.name,
            "label": pack.label,
            "version": pack.version,
            "in_use": used[pack.name].version if pack.name in used else None,
            "applied_by": used[pack.name].applied_by if pack.name in used else None,
        }
        for pack in packs()
    ]
    if as_json:
        tell({"packs": rows}, True)
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("name", "label", "version", "in use", "by")
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row.values()))
    Console().print(table)


@command.command("apply")
@click.argument("name")
@click.option("--sample", is_flag=True, help="Bring in the pack's sample data too.")
@user
@dry
@as_json
@home_option
def apply_(
    home: Path, name: str, sample: bool, user: str | None, dry_run: bool, as_json: bool
) -> None:
    """Apply a pack. Done twice, the second time changes nothing.

    \b
    Examples:
      huike pack apply car_dealer
      huike pack apply hotel --sample --json
    """
    _apply(home, name, sample, user, dry_run, as_json)


@command.command("upgrade")
@click.argument("name")
@user
@dry
@as_json
@home_option
def upgrade(home: Path, name: str, user: str | None, dry_run: bool, as_json: bool) -> None:
    """Renew a pack to the version at hand; what the firm has changed stays.

    \b
    Example:
      huike pack upgrade hotel --dry-run
    """
    _apply(home, name, False, user, dry_run, as_json)


@command.command("remove")
@click.argument("name")
@user
@dry
@as_json
@home_option
def remove(home: Path, name: str, user: str | None, dry_run: bool, as_json: bool) -> None:
    """Take a pack back: what it brought and nobody uses goes, the rest is kept and named.

    \b
    Example:
      huike pack remove hotel
    """
    set_up(home)
    migrate(lambda text: click.echo(text, err=True))
    from huike.kernel.packs import applying
    from huike.kernel.packs.models import AppliedPack
    from huike.kernel.packs.planning import removal

    applied = AppliedPack.objects.filter(name=name).first()
    if applied is None:
        raise click.ClickException(f"The pack {name} is not in use.")
    with plain_errors():
        if dry_run:
            _show(removal(applied), as_json)
        else:
            _say(applying.remove(actor_called(user), applied), as_json)


def _apply(
    home: Path, name: str, sample: bool, user: str | None, dry_run: bool, as_json: bool
) -> None:
    set_up(home)
    migrate(lambda text: click.echo(text, err=True))
    from huike.kernel.packs import applying
    from huike.kernel.packs.planning import plan
    from huike.kernel.packs.reading import pack_called

    with plain_errors():
        pack = pack_called(name)
        if dry_run:
            _show(plan(pack), as_json)
        else:
            _say(applying.apply(actor_called(user), pack, with_sample=sample), as_json)


def _show(steps: list[Step], as_json: bool) -> None:
    told = [{"kind": s.thing.name, "key": s.key, "what": s.what.value, "why": s.why} for s in steps]
    if as_json:
        tell({"steps": told}, True)
        return
    for step in steps:
        click.echo(f"{step.what.label:>10}  {step.kind} {step.label}  {step.why}".rstrip())


def _say(told: Told, as_json: bool) -> None:
    outcome: dict[str, Any] = {**told.counts, "kept": told.kept, "group": str(told.group)}
    if as_json:
        tell(outcome, True)
        return
    counted = (f"{count} {DONE.get(what, what)}" for what, count in told.counts.items() if count)
    click.echo(", ".join(counted) or "nothing to do")
    for line in told.kept:
        click.echo(f"  {line}")
