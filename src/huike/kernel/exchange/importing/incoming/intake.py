"""What an import has in hand while it goes: who, the plan, the counts, and the rows refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from huike.kernel.actor import Actor
from huike.kernel.exchange.importing.plan import Plan

SHOWN = 50
ALWAYS = ("created", "updated", "unchanged", "restored", "skipped", "rejected")


def together(reasons: Iterable[str]) -> str:
    """Return several reasons as one sentence: a Chinese full stop only at its end."""
    told = list(dict.fromkeys(reasons))
    return _("; ").join([*(one.removesuffix("。") for one in told[:-1]), *told[-1:]])


@dataclass
class Totals:
    """Counts and sums of one import, as its report and its checkpoints hold them."""

    counts: Counter[str] = field(default_factory=Counter)
    sums: dict[str, Decimal] = field(default_factory=dict)

    def add(self, name: str, amount: Decimal) -> None:
        self.sums[name] = self.sums.get(name, Decimal(0)) + amount

    def as_json(self) -> dict[str, Any]:
        counts = {name: self.counts[name] for name in ALWAYS} | dict(self.counts)
        return {"counts": counts, "sums": {name: str(value) for name, value in self.sums.items()}}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Totals:
        sums = {name: Decimal(value) for name, value in kept.get("sums", {}).items()}
        return cls(Counter(kept.get("counts", {})), sums)

    def flat(self) -> dict[str, Any]:
        """Return counts and sums side by side, for programs."""
        kept = self.as_json()
        return {**kept["counts"], **kept["sums"]}


@dataclass(frozen=True)
class Bad:
    """A row that is not taken, and why."""

    line: int
    cells: Sequence[object]
    reason: str


@dataclass
class Intake:
    """Handed from batch to batch. With `dry` nothing is written."""

    actor: Actor
    plan: Plan
    run_id: int
    dry: bool = False
    totals: Totals = field(default_factory=Totals)
    bad: list[Bad] = field(default_factory=list)  # of this batch
    shown: list[Bad] = field(default_factory=list)  # the first of all, for the report
    doubtful: list[Bad] = field(default_factory=list)  # the first that are taken, yet doubted

    def count(self, name: str, more: int = 1) -> None:
        self.totals.counts[name] += more

    def reject(self, line: int, cells: Sequence[object], reasons: Iterable[str] | str) -> None:
        """Refuse one row. One without a reason is refused all the same."""
        reason = reasons if isinstance(reasons, str) else together(reasons)
        bad = Bad(line, cells, reason)
        self.bad.append(bad)
        if len(self.shown) < SHOWN:
            self.shown.append(bad)
        self.count("rejected")

    def doubt(self, line: int, cells: Sequence[object], reason: str) -> None:
        """Tell of a row that is taken although it may be one too many; it refuses nothing."""
        if len(self.doubtful) < SHOWN:
            self.doubtful.append(Bad(line, cells, reason))
        self.count("doubtful")

    def doubts(self) -> list[dict[str, Any]]:
        return [
            {"line": b.line, "cells": storable(b.cells), "reason": b.reason} for b in self.doubtful
        ]

    def problems(self) -> list[dict[str, Any]]:
        return [
            {"line": b.line, "cells": storable(b.cells), "reason": b.reason} for b in self.shown
        ]


def storable(cells: Sequence[object]) -> list[Any]:
    """Return cells as JSON holds them; no NUL, which PostgreSQL refuses."""
    return [_storable(cell) for cell in cells]


def _storable(cell: object) -> Any:
    if isinstance(cell, str):
        return cell.replace("\0", "�")
    if cell is None or isinstance(cell, bool | int | float):
        return cell
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)
