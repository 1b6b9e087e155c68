"""The command huike."""

from __future__ import annotations

import click


@click.group()
def main() -> None:
    """Huike 回客: customer relationship management."""
