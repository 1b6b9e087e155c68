"""What the loader reads, and what it reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

Progress = Callable[[int, int, str], None]


class Source(Protocol):
    """A feed as the loader sees it; `huike.kernel.feeds.Feed` is one."""

    @property
    def name(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def types(self) -> Mapping[str, Any]: ...
    @property
    def sums(self) -> Sequence[str]: ...
    @property
    def zone(self) -> str: ...
    def mark(self) -> str: ...
    def changed(self, since: str) -> list[int] | None: ...
    def rows(self, keys: Sequence[int] | None = None) -> Iterator[Sequence[Sequence[Any]]]: ...
    def totals(self) -> Mapping[str, float]: ...
    def snapshot(self) -> AbstractContextManager[None]: ...


@dataclass(frozen=True)
class FeedReport:
    """How the load of one feed went.

    Attributes:
        read: rows that were read, 0 where they were found unchanged.
        rows: rows that stand in the warehouse afterwards.
        is_full: all rows were read, not only those of changed records.
        corrected: {what: (warehouse, source)} that differed before a full reload.
        wrong: the same, where it differs still; empty when all is well.
        seconds: how long it took.
    """

    name: str
    read: int
    rows: int
    is_full: bool
    corrected: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    wrong: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    seconds: float = 0.0


@dataclass(frozen=True)
class LoadReport:
    """How a load went: each feed, and the published copy (the former one when nothing changed)."""

    feeds: tuple[FeedReport, ...]
    published: Path | None
    is_new: bool
    seconds: float

    @property
    def read(self) -> int:
        """Rows read from all feeds."""
        return sum(feed.read for feed in self.feeds)

    @property
    def is_right(self) -> bool:
        """Whether the warehouse agrees with its source in every count and sum."""
        return not any(feed.wrong for feed in self.feeds)
