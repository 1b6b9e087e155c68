"""Lets `python -m huike.cli` do what the command huike does."""

from __future__ import annotations

from huike.cli import main

main(prog_name="huike")
