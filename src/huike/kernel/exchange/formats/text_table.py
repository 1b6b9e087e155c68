"""Tables in text files: CSV, tab-separated, parted by other signs or by blanks."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, TextIO, cast

from huike.kernel.exchange.formats.encoding import survey
from huike.kernel.exchange.formats.limits import Limits
from huike.kernel.exchange.formats.packing import Opened
from huike.kernel.exchange.formats.separators import BLANKS, NAMED, find_separator
from huike.kernel.exchange.formats.tables import Numbered, Table
from huike.kernel.exchange.messages import FILE_MESSAGES, Message

if TYPE_CHECKING:
    from _csv import Reader

SAMPLE_LINES = 400
SAMPLE_LENGTH = 1 << 18


class TextTable(Table):
    """Reads with the standard csv reader; a line number is the first physical line of a row."""

    encoding: str
    separator: str

    def __init__(
        self,
        opened: Opened,
        limits: Limits,
        *,
        encoding: str | None = None,
        separator: str | None = None,
        has_header: bool | None = None,
        header_line: int | None = None,
    ) -> None:
        super().__init__(opened, limits)
        # the csv reader keeps this limit by itself, and faster
        self.checks_length = limits.max_cell_length < csv.field_size_limit()
        found = survey(opened.path, opened.name, encoding)
        self.encoding, self.errors = found.encoding, found.errors
        if found.bad_line is not None:
            params = {"file": self.file, "encoding": found.encoding, "line": found.bad_line}
            warning = Message("mixed_encoding", FILE_MESSAGES["mixed_encoding"], params)
            self.warnings.append(warning)
        lines = self.first_lines()
        self.separator = self.checked(separator) if separator else find_separator(lines)
        self.lay_out(has_header, header_line)
        if lines and NAMED.match(lines[0]) and self.first_line == 1:
            self.first_line = 2
        self.estimated_rows = max(0, found.lines - self.first_line + 1)

    def checked(self, separator: str) -> str:
        if len(separator) != 1 or separator in '"\r\n\0':
            raise self.problem("bad_separator", separator=repr(separator))
        return separator

    @contextmanager
    def stream(self) -> Iterator[TextIO]:
        try:
            with self.opened.path.open(
                encoding=self.encoding, errors=self.errors, newline=""
            ) as stream:
                yield stream
        except UnicodeError as error:  # only when the file changed since it was surveyed
            raise self.problem("wrong_encoding", line="?", encoding=self.encoding) from error
        except OSError as error:
            raise self.problem("cannot_open", detail=str(error)) from error

    def first_lines(self) -> list[str]:
        with self.stream() as stream:
            text = stream.read(SAMPLE_LENGTH)
        lines = text.splitlines()
        if len(text) == SAMPLE_LENGTH and len(lines) > 1:
            lines.pop()
        return lines[:SAMPLE_LINES]

    def numbered(self) -> Iterator[Numbered]:
        with self.stream() as stream:
            if self.separator == BLANKS:
                for line, text in enumerate(stream, 1):
                    if row := text.split():
                        yield line, cast(list[object], row)
            else:
                yield from self.parsed(stream)

    def parsed(self, stream: TextIO) -> Iterator[Numbered]:
        reader = self.reader(stream)
        line = start = 0
        try:
            for row in reader:
                start, line = line + 1, reader.line_num
                if row and not (start == 1 and NAMED.match(self.separator.join(row))):
                    yield start, cast(list[object], row)
        except csv.Error as error:
            limit = csv.field_size_limit()
            raise self.problem("cell_too_long", line=line + 1, limit=limit) from error
        if line > start:
            self.refuse_open_quote(start)

    def reader(self, stream: Iterable[str], *, strict: bool = False) -> Reader:
        return csv.reader(
            stream,
            delimiter=self.separator,
            skipinitialspace=self.separator != "\t",
            strict=strict,
        )

    def refuse_open_quote(self, start: int) -> None:
        """The last row spans lines: either it is meant, or a quotation mark swallowed the rest."""
        with self.stream() as stream:
            try:
                list(self.reader(islice(stream, start - 1, None), strict=True))
            except csv.Error as error:
                if "end of data" in str(error):
                    raise self.problem("open_quote", line=start) from error

    def width(self, first: list[object], sample: list[list[object]]) -> int:
        """Without a header the widest row of the whole file counts: baskets are ragged."""
        if self.has_header:
            return super().width(first, sample)
        return max(len(row) for _, row in self.numbered())
