"""The report's tables and every customer's classes as an Excel workbook."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from huike.insight.report.analysis import Analysis, names
from huike.insight.report.blocks import Grid, Report, Things

MOST_ROWS = 100_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_workbook(made: Report, found: Analysis, path: Path) -> None:
    """One sheet per chapter with tables, one with the things to do, one with all customers."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for section in made.sections:
        page = None
        for block in section.blocks:
            if isinstance(block, Grid | Things):
                page = page or book.create_sheet(_sheet_name(section.title))
                for row in _rows(block):
                    page.append([_safe(cell) for cell in row])
                page.append([])
    _customers(book, made.lang, found)
    book.save(str(path))


def _rows(block: Grid | Things) -> list[list[str]]:
    if isinstance(block, Grid):
        caption = [[block.caption]] if block.caption else []
        return [*caption, list(block.head), *(list(row) for row in block.rows)]
    rows = []
    for place, thing in enumerate(block.things, 1):
        rows += [[f"{place}", thing.title, thing.why]]
        rows += [["", name, figure] for name, figure in thing.customers]
    return rows


def _customers(book: Any, lang: str, found: Analysis) -> None:
    """RFM of each customer, the best first, with names; at most `MOST_ROWS`."""
    if found.rfm is None:
        return
    page = book.create_sheet("客户" if lang == "zh" else "Customers")
    result = found.rfm.result_
    frame = result.order_by(result["monetary"].desc(), "customer").limit(MOST_ROWS).execute()
    frame.insert(0, "name", names(found, "customers", frame["customer"]))
    frame = frame.drop(columns=["customer"])
    page.append(list(frame.columns))
    for row in frame.itertuples(index=False):
        page.append([_safe(value) for value in row])


def _sheet_name(title: str) -> str:
    return "".join("-" if sign in "[]:*?/\\" else sign for sign in title)[:31]


def _safe(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    if isinstance(value, str) and value.startswith(_FORMULA) and len(value) > 1:
        return "'" + value
    return value.item() if hasattr(value, "item") else value
