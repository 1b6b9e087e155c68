"""The command huike: each subcommand is a module in `commands`, loaded when it is asked for."""

from __future__ import annotations

import importlib
from typing import ClassVar

import click

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
