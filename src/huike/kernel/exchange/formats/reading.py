"""Open any file that holds a table; whatever is not said about it is found out."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from huike.kernel.exchange.formats.limits import DEFAULT_LIMITS, Limits
from huike.kernel.exchange.formats.packing import Opened, open_plain
from huike.kernel.exchange.formats.parquet_table import ParquetTable
from huike.kernel.exchange.formats.sheet_table import SheetTable
from huike.kernel.exchange.formats.tables import Table
from huike.kernel.exchange.formats.text_table import TextTable


def open_table(
    path: str | PathLike[str],
    *,
    name: str | None = None,
    encoding: str | None = None,
    separator: str | None = None,
    sheet: str | None = None,
    has_header: bool | None = None,
    header_line: int | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Table:
    """Raises `UnreadableFile` and nothing else; `name` is what messages call the file."""
    opened = open_plain(Path(path), name, limits)
    try:
        return table_of(opened, limits, encoding, separator, sheet, has_header, header_line)
    except BaseException:
        opened.close()
        raise


def table_of(
    opened: Opened,
    limits: Limits,
    encoding: str | None,
    separator: str | None,
    sheet: str | None,
    has_header: bool | None,
    header_line: int | None,
) -> Table:
    if opened.kind == "parquet":
        return ParquetTable(opened, limits)
    if opened.kind in ("xlsx", "xls", "ods"):
        return SheetTable(
            opened, limits, sheet=sheet, has_header=has_header, header_line=header_line
        )
    return TextTable(
        opened,
        limits,
        encoding=encoding,
        separator=separator,
        has_header=has_header,
        header_line=header_line,
    )
