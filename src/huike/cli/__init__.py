"""The command huike: each subcommand is a module in `commands`, loaded when it is asked for."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from typing import Any, ClassVar

import click

from huike.cli.ending import ending_code, leave

EXAMPLES = """\b
Examples:
  huike demo                        try it with an invented firm
  huike serve --port 8123           run it for your own firm
  huike import clients.xlsx --as customers
  huike user add li.lei --name 李雷 --administrator
"""


class LazyGroup(click.Group):
    """A group that knows the names and one-line helps of its commands without importing them."""

    known: ClassVar[dict[str, str]] = {
        "demo": "Start Huike with an invented firm (4S店) to try things on.",
        "serve": "Start Huike: pages, API and background jobs.",
        "worker": "Run background jobs only.",
        "import": "Bring in customers or orders from a file.",
        "export": "Write a list to a CSV, Excel, text or vCard file.",
        "user": "Add, list and unlock the people who sign in.",
        "organisation": "Add and list organisations kept apart (账套).",
        "backup": "Write everything into one file, while people work.",
        "restore": "Give a backup back into an empty installation.",
        "move": "Move all data to PostgreSQL, compared row by row.",
        "pack": "Bring in what a trade needs, and take it back (行业包).",
        "check": "Tell whether this installation is in good health.",
        "analyze": "Run customer analysis on a file of purchases.",
    }

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.known)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.known:
            return None
        name = "import_" if cmd_name == "import" else cmd_name
        try:
            module = importlib.import_module(f"huike.cli.commands.{name}")
        except ModuleNotFoundError as missing:
            if missing.name != f"huike.cli.commands.{name}":
                raise
            raise click.ClickException(f"'{cmd_name}' is not part of this release yet.") from None
        command: click.Command = module.command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; say in a sentence where the database or the disk failed it."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            from huike.kernel.outage import Outage, outage

            if (lacking := outage(error)) is None:
                raise
            said = {Outage.DISK: "The disk is full", Outage.DATABASE: "The database is away"}
            raise click.ClickException(f"{said[lacking]}: {error}".strip()) from error

    def main(self, args: Sequence[str] | None = None, *rest: Any, **named: Any) -> Any:
        """Run; a process of its own (no `args` given) that held an engine leaves at once.

        Clearing up what the analysis held takes half a second, and nobody waits for its result.
        """
        try:
            return super().main(args, *rest, **named)
        finally:
            if args is None and "huike.insight.report.pipeline" in sys.modules:
                leave(ending_code())

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(self.known.items()))


@click.group(
    cls=LazyGroup, epilog=EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(package_name="huike", prog_name="huike")
def main() -> None:
    """Huike 回客: customer relationship management.

    Data lies in the folder HUIKE_HOME (or --home; ./data unless said), or in the PostgreSQL
    database that HUIKE_DATABASE names.
    """
