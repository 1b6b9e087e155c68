"""What every opened file is to those who read it: columns, and rows with their line numbers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from itertools import islice
from types import TracebackType
from typing import Self

from huike.kernel.exchange.formats.headers import Header, find_header, is_blank, unique_names
from huike.kernel.exchange.formats.limits import Limits
from huike.kernel.exchange.formats.packing import Opened
from huike.kernel.exchange.messages import Message, UnreadableFile

Numbered = tuple[int, list[object]]
SAMPLED = 200


class Table(ABC):
    """One table of a file. Rows come one by one; close it (or use `with`) to drop its copies."""

    sheets: list[str] = []
    sheet: str | None = None
    encoding: str | None = None
    separator: str | None = None
    checks_length = True

    def __init__(self, opened: Opened, limits: Limits) -> None:
        self.opened = opened
        self.limits = limits
        self.file = opened.name
        self.kind = opened.kind
        self.columns: list[str] = []
        self.has_header = True
        self.header_line = 0  # 1-based; 0 when there is no header
        self.first_line = 1
        self.estimated_rows = 0
        self.warnings: list[Message] = []

    @abstractmethod
    def numbered(self) -> Iterator[Numbered]:
        """Every row that is not blank, with the number of the line it begins on."""

    def rows(self, after: int = 0) -> Iterator[Numbered]:
        """Data rows beyond line `after`, as long as `columns`; a line with too many is longer."""
        width, first = len(self.columns), max(self.first_line - 1, after)
        longest = self.limits.max_cell_length
        for line, row in self.numbered():
            if line <= first:
                continue
            if len(row) != width:
                row = fitted(row, width)
            if not any(row) and all(map(is_blank, row)):
                continue
            if self.checks_length and longest < max(map(length, row)):
                raise self.problem("cell_too_long", line=line, limit=longest)
            yield line, row

    def sample(self, count: int = 1000) -> list[list[object]]:
        return [row for _, row in islice(self.rows(), count)]

    def close(self) -> None:
        self.opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def problem(self, code: str, **params: object) -> UnreadableFile:
        return UnreadableFile(code, file=self.file, **params)

    def lay_out(self, has_header: bool | None, header_line: int | None) -> None:
        """Find header and columns in the first rows, as far as the caller has not said."""
        filled = ((line, row) for line, row in self.numbered() if not all(map(is_blank, row)))
        sample = list(islice(filled, SAMPLED))
        if header_line:
            sample = [(line, row) for line, row in sample if line >= header_line] or sample
            has_header = has_header is not False
        if not sample:
            raise self.problem("no_rows")
        rows = [row for _, row in sample]
        header = Header(0, bool(has_header)) if header_line else find_header(rows, has_header)
        at, self.has_header = header.position, header.present
        line, row = sample[at]
        self.header_line = line if self.has_header else 0
        self.first_line = line + 1 if self.has_header else line
        width = self.width(row, rows[at:])
        self.check_width(width)
        names: Sequence[object] = fitted(row, width) if self.has_header else [None] * width
        self.columns = unique_names(names)

    def width(self, first: list[object], sample: list[list[object]]) -> int:
        """As wide as the header; without one, as the widest row."""
        if not self.has_header:
            return max(len(row) for row in sample)
        return max(1, len(trimmed(first)))

    def check_width(self, width: int) -> None:
        if width > self.limits.max_columns:
            limit = self.limits.max_columns
            raise self.problem("too_many_columns", columns=width, limit=limit)


def length(cell: object) -> int:
    return len(cell) if isinstance(cell, str) else 0


def trimmed(row: list[object]) -> list[object]:
    end = len(row)
    while end and is_blank(row[end - 1]):
        end -= 1
    return row[:end]


def fitted(row: list[object], width: int) -> list[object]:
    """Padded to the width; blanks beyond it are dropped, anything else is kept to be refused."""
    if len(row) > width:
        return row[:width] + trimmed(row[width:])
    return row + [""] * (width - len(row))
