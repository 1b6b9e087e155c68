"""huike check: whether an installation is in good health, in a few lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import click

from huike.cli.ready import home_option, organisations, pending_migrations, set_up


@click.command("check")
@home_option
def command(home: Path) -> None:
    """Check tables, the journal's chain, front-end assets and background jobs.

    The exit code is 0 when all is well, 1 otherwise.

    \b
    Examples:
      huike check
      huike check --home /srv/huike
    """
    set_up(home)
    from rich.console import Console

    from huike.kernel.organisations import working_for

    bad = 0
    console = Console()
    for organisation in organisations():
        with working_for(organisation), console.status("checking …"):
            for name, problems in _findings():
                bad += bool(problems)
                mark = "[red]✗[/red]" if problems else "[green]✓[/green]"
                console.print(f"{mark} {organisation}: {name}", *problems[:10], sep="\n    ")
    raise SystemExit(1 if bad else 0)


def _findings() -> Iterator[tuple[str, list[str]]]:
    steps: list[tuple[str, Callable[[], list[str]]]] = [
        ("tables are up to date", pending_migrations),
        ("the journal is whole", _journal),
        ("front-end assets are present", _assets),
        ("background jobs are on time", _jobs),
    ]
    for name, step in steps:
        try:
            yield name, step()
        except Exception as error:  # a check that can't be made is a finding
            yield name, [f"{type(error).__name__}: {error}"]
            return


def _journal() -> list[str]:
    from huike.kernel.change.journal import broken_links

    return list(broken_links())


def _assets() -> list[str]:
    from huike.ui.assets import present

    return [] if present() else ["missing or out of date: python -m huike.ui.assets"]


def _jobs() -> list[str]:
    from django.utils import timezone

    from huike.kernel.jobs.models import Job, State

    late = timezone.now() - timedelta(minutes=10)
    waiting = Job.objects.filter(state=State.WAITING, run_at__lt=late).count()
    stuck = Job.objects.filter(state=State.RUNNING, lease_until__lt=late).count()
    if not waiting + stuck:
        return []
    return [f"{waiting} jobs are late and {stuck} have lost their worker; is `huike worker` on?"]
