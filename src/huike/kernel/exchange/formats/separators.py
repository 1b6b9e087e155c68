"""Which character parts the columns of a text file, judged on a sample of its lines."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

# in the order in which a tie is decided: a comma in `a;1,5` is a decimal sign
CANDIDATES = ("\t", ";", "|", ",", "，")
BLANKS = " "  # runs of blanks, as in fixed-width listings
NUMBER = re.compile(r"[-+]?[\d.,:/-]+$")
NAMED = re.compile(r"sep=(.)\s*$", re.IGNORECASE)


def split(lines: Iterable[str], separator: str) -> Iterator[list[str]]:
    if separator == BLANKS:
        return (line.split() for line in lines)
    return csv.reader(lines, delimiter=separator, skipinitialspace=separator != "\t")


def widths(lines: Sequence[str], separator: str) -> list[int]:
    try:
        return [len(row) for row in split(lines, separator) if row]
    except csv.Error:
        return []


def agreement(lines: Sequence[str], separator: str) -> tuple[float, float]:
    """The share of rows of the usual width, and the mean width; (0, 1) if nothing is parted."""
    found = widths(lines, separator)
    wide = [width for width in found if width > 1]
    if not wide:
        return 0.0, 1.0
    usual = Counter(wide).most_common(1)[0][1]
    return usual / len(found), sum(found) / len(found)


def find_separator(lines: Sequence[str]) -> str:
    """The candidate whose rows agree best on a width; ragged files go by the mean width."""
    if lines and (named := NAMED.match(lines[0])):
        return named.group(1)
    scores = [(agreement(lines, one), one) for one in CANDIDATES]
    steady = [(share, one) for (share, _), one in scores if share >= 0.7]
    if steady:
        best = max(share for share, _ in steady)
        return next(one for share, one in steady if share >= best - 0.02)
    if parted_by_blanks(lines):
        return BLANKS
    (_, mean), separator = max(scores, key=lambda score: score[0][1])
    return separator if mean >= 1.2 else ","


def parted_by_blanks(lines: Sequence[str]) -> bool:
    rows = [line.split() for line in lines if line.strip()]
    if len(rows) < 3:
        return False
    width, times = Counter(len(row) for row in rows).most_common(1)[0]
    cells = [cell for row in rows for cell in row]
    numbers = sum(1 for cell in cells if NUMBER.match(cell))
    return width > 1 and times >= len(rows) * 0.95 and numbers >= len(cells) * 0.6
