"""Where the header row is, whether there is one, and names for the columns that are unique."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from huike.kernel.exchange.dates import looks_like_moment
from huike.kernel.exchange.numbers import looks_like_number

Row = Sequence[object]
SEARCHED = 25
LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Header:
    """`position` is the index among the sampled rows of the header, or of the first data row."""

    position: int
    present: bool


def find_header(rows: Sequence[Row], has_header: bool | None = None) -> Header:
    """The first row about as wide as the table; a header unless it looks like what follows it."""
    position = first_full_row(rows)
    if has_header is None:
        has_header = is_header(rows[position], rows[position + 1 :])
    return Header(position if has_header else first_data_row(rows, position), has_header)


def filled(row: Row) -> int:
    return sum(1 for cell in row if not is_blank(cell))


def is_blank(cell: object) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def first_full_row(rows: Sequence[Row]) -> int:
    counts = [filled(row) for row in rows]
    usual = Counter(count for count in counts if count).most_common(1)
    wanted = max(1.0, usual[0][0] * 0.6) if usual else 1.0
    if wanted > 1:
        wanted = max(2.0, wanted)
    for position, count in enumerate(counts[:SEARCHED]):
        if count >= wanted:
            return position
    return 0


def first_data_row(rows: Sequence[Row], full: int) -> int:
    """Without a header, short first lines are data too, unless they are titles of one cell."""
    early = (at for at in range(full) if filled(rows[at]) > 1)
    return next(early, full)


def is_header(row: Row, below: Sequence[Row]) -> bool:
    names = [cell for cell in row if not is_blank(cell)]
    if not names or any(isinstance(cell, str) and len(cell) > LONGEST_NAME for cell in names):
        return False
    if not below:
        return not any(looks_like_data(cell) for cell in names)
    if years_above(row, below):
        return True
    votes = sum(vote(row, below, column) for column in range(len(row)))
    return votes >= 0 and not (votes == 0 and too_wide(row, below))


def years_above(row: Row, below: Sequence[Row]) -> bool:
    """Product, 2025, 2026: numbers name columns when they are years over what are none."""
    data = [column for column, cell in enumerate(row) if looks_like_data(cell)]
    if len(data) < 2 or not all(is_year(row[column]) for column in data):
        return False
    values = [other[column] for other in below for column in data if len(other) > column]
    return sum(map(is_year, values)) < len(values) * 0.3


def is_year(cell: object) -> bool:
    return re.fullmatch(r"(19|20)\d\d年?(度)?", str(cell).strip()) is not None


def vote(row: Row, below: Sequence[Row], column: int) -> int:
    """+1: a word over numbers; -1: a number over numbers, or a word that comes again below."""
    if is_blank(row[column]):
        return 0
    values = [other[column] for other in below if len(other) > column]
    values = [value for value in values if not is_blank(value)]
    if looks_like_data(row[column]):
        return -1
    if values and sum(map(looks_like_data, values)) >= len(values) * 0.7:
        return 1
    name = str(row[column]).strip()
    again = any(str(cell).strip() == name for other in below for cell in other)
    return -1 if again else 0


def too_wide(row: Row, below: Sequence[Row]) -> bool:
    return sum(1 for other in below if filled(other) > len(row)) > len(below) * 0.2


def looks_like_data(cell: object) -> bool:
    if not isinstance(cell, str):
        return cell is not None
    return looks_like_number(cell) or looks_like_moment(cell)


def letters(column: int) -> str:
    """The name that a spreadsheet gives a column: 0 is A, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def unique_names(cells: Sequence[object]) -> list[str]:
    """A name for every column: letters where there is none, (2), (3) where it was used before."""
    names: list[str] = []
    seen: set[str] = set()
    for column, cell in enumerate(cells):
        text = re.sub(r"\s+", " ", "" if cell is None else str(cell)).strip()
        wanted = text[:LONGEST_NAME] or letters(column)
        name, number = wanted, 2
        while name.casefold() in seen:
            name, number = f"{wanted} ({number})", number + 1
        seen.add(name.casefold())
        names.append(name)
    return names
