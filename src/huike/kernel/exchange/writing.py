"""Stream rows out to CSV, tab-separated text and XLSX so that no cell can act as a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from math import inf
from typing import Any, BinaryIO, Literal

Progress = Callable[[int], None]
Row = Sequence[object]
TextEncoding = Literal["utf-8-sig", "utf-8", "gb18030"]

REPORT_EVERY = 1000
SHEET_ROWS = 1_048_576
CELL_LENGTH = 32_767
EXACT_DIGITS = 10**15  # beyond it a spreadsheet rounds: card and identity numbers stay text
FIRST_DAY = date(1900, 3, 1)
FORMULA = re.compile(r"'*(?:\s*[=+\-@＝＋－＠]|[\t\r\n])")
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Words:
    """How yes and no are written: the caller passes its user's language."""

    yes: str = "Yes"
    no: str = "No"


ENGLISH = Words()


def write_csv(
    out: BinaryIO,
    columns: Sequence[str],
    rows: Iterable[Row],
    *,
    encoding: TextEncoding = "utf-8-sig",
    separator: str = ",",
    words: Words = ENGLISH,
    progress: Progress | None = None,
) -> int:
    """How many rows were written. With the default encoding Excel and WPS open it rightly."""
    text = io.TextIOWrapper(out, encoding=encoding, errors="replace", newline="")
    writer = csv.writer(text, delimiter=separator, lineterminator="\r\n")
    writer.writerow([protected(column) for column in columns])
    count = 0
    try:
        for row in counted(rows, progress):
            writer.writerow([text_cell(value, words) for value in row])
            count += 1
    finally:
        text.flush()
        text.detach()
    return count


def write_txt(
    out: BinaryIO,
    columns: Sequence[str],
    rows: Iterable[Row],
    *,
    encoding: TextEncoding = "utf-8-sig",
    words: Words = ENGLISH,
    progress: Progress | None = None,
) -> int:
    """Tab-separated; quoted as in CSV where a cell holds a tab or a line end."""
    return write_csv(
        out, columns, rows, encoding=encoding, separator="\t", words=words, progress=progress
    )


def write_xlsx(
    out: BinaryIO,
    columns: Sequence[str],
    rows: Iterable[Row],
    *,
    sheet: str = "Sheet1",
    words: Words = ENGLISH,
    progress: Progress | None = None,
) -> int:
    """Written row by row through a temporary file; a new sheet begins when one is full."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    name = re.sub(r"[\[\]:*?/\\]", " ", sheet).strip(" '")[:28] or "Sheet1"
    page: Any = None
    count = 0
    for row in counted(rows, progress):
        if count % (SHEET_ROWS - 1) == 0:
            page = new_page(book, name, columns)
        page.append([sheet_cell(page, value, words) for value in row])
        count += 1
    if page is None:
        new_page(book, name, columns)
    book.save(out)
    return count


def new_page(book: Any, name: str, columns: Sequence[str]) -> Any:
    pages = len(book.worksheets)
    page = book.create_sheet(f"{name} {pages + 1}" if pages else name)
    page.freeze_panes = "A2"
    page.append([sheet_cell(page, column, ENGLISH) for column in columns])
    return page


def counted(rows: Iterable[Row], progress: Progress | None) -> Iterator[Row]:
    count = 0
    for row in rows:
        yield row
        count += 1
        if progress and count % REPORT_EVERY == 0:
            progress(count)
    if progress:
        progress(count)


def protected(text: str) -> str:
    """An apostrophe before what a spreadsheet would compute; `values.parse_text` takes it off."""
    text = text.replace("\0", "")
    return "'" + text if FORMULA.match(text) else text


def text_cell(value: object, words: Words) -> object:
    if isinstance(value, str):
        # most cells begin with a letter or a digit; asking that first halves the time
        return value if value[:1].isalnum() and "\0" not in value else protected(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return words.yes if value else words.no
    if isinstance(value, Decimal):
        return format(value, "f") if finite(value) else ""
    if isinstance(value, int | float):
        return value if finite(value) else ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return value.isoformat() if isinstance(value, date | time) else protected(str(value))


def sheet_cell(page: Any, value: object, words: Words) -> object:
    if value is None or isinstance(value, time):
        return value
    if isinstance(value, bool):
        return words.yes if value else words.no
    if isinstance(value, int | float | Decimal):
        return sheet_number(page, value)
    if isinstance(value, date):
        return sheet_date(page, value)
    return as_string(page, str(value))


def sheet_number(page: Any, value: int | float | Decimal) -> object:
    if not finite(value):
        return None
    exact = -EXACT_DIGITS < value < EXACT_DIGITS
    return value if exact else as_string(page, format(value, "d" if type(value) is int else "f"))


def finite(value: int | float | Decimal) -> bool:
    return value.is_finite() if isinstance(value, Decimal) else abs(value) != inf and value == value


def sheet_date(page: Any, value: date) -> object:
    """Days before those that Excel counts are text; a zone is dropped, for cells have none."""
    if isinstance(value, datetime):
        value = value.replace(tzinfo=None)
        if value.date() >= FIRST_DAY:
            return value
        return as_string(page, value.isoformat(sep=" ", timespec="seconds"))
    return value if value >= FIRST_DAY else as_string(page, value.isoformat())


def as_string(page: Any, text: str) -> object:
    """A cell whose type is text, so that =1+1 is shown and never computed."""
    from openpyxl.cell import WriteOnlyCell

    text = FORBIDDEN.sub("", text)[:CELL_LENGTH]
    if not text.startswith(("=", "#")):
        return text
    cell: Any = WriteOnlyCell(page)
    cell._value, cell.data_type = text, "s"
    return cell
