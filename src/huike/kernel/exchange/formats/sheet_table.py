"""Tables in workbooks: XLSX, XLS and ODS."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time
from typing import Any, NoReturn, TypeVar

from huike.kernel.exchange.formats.extents import Extent, measure
from huike.kernel.exchange.formats.limits import Limits
from huike.kernel.exchange.formats.packing import Opened
from huike.kernel.exchange.formats.tables import Numbered, Table
from huike.kernel.exchange.messages import UnreadableFile

# above this many cells a sheet is streamed: six times slower, but memory stays flat; in memory a
# cell takes some 90 bytes, so this is about half a gigabyte
IN_MEMORY_CELLS = 6_000_000

Result = TypeVar("Result")


class SheetTable(Table):
    """One sheet: read by calamine when it fits in memory, else streamed by openpyxl."""

    def __init__(
        self,
        opened: Opened,
        limits: Limits,
        *,
        sheet: str | None = None,
        has_header: bool | None = None,
        header_line: int | None = None,
    ) -> None:
        super().__init__(opened, limits)
        extents = measure(opened, limits)
        self.loaded: Any = None
        self.book: Any = guarded(opened, lambda: calamine().CalamineWorkbook.from_path(opened.path))
        self.sheets = list(self.book.sheet_names)
        if not self.sheets:
            raise self.problem("no_rows")
        if sheet is not None and sheet not in self.sheets:
            names = ", ".join(self.sheets)
            raise self.problem("no_such_sheet", sheet=sheet, names=names)
        self.extents = extents
        for name in [sheet] if sheet is not None else self.sheets:
            self.choose(name)
            if any(True for _ in self.numbered()):
                break
        if self.streamed:
            self.book = None  # its shared strings are large
        self.lay_out(has_header, header_line)
        last = self.extent.rows
        self.estimated_rows = max(0, last - self.first_line + 1)

    def choose(self, name: str) -> None:
        """The first sheet with anything in it, unless the caller names one."""
        self.sheet = name
        self.extent = self.extents.get(name) or Extent(0, 0)
        self.check_width(self.extent.columns)
        self.streamed = self.kind == "xlsx" and self.extent.cells > IN_MEMORY_CELLS
        if not self.streamed:
            self.loaded = guarded(self.opened, lambda: self.book.get_sheet_by_name(name))
            self.check_width(self.loaded.width)
            self.extent.rows = self.extent.rows or self.loaded.total_height

    def numbered(self) -> Iterator[Numbered]:
        rows = self.streamed_rows() if self.streamed else self.loaded.iter_rows()
        line = 0
        while True:
            values: Sequence[object] | None = guarded(self.opened, lambda: next(rows, None))
            if values is None:
                return
            line += 1
            row = [plain(value) for value in values]
            if any(cell != "" for cell in row):
                yield line, row

    def streamed_rows(self) -> Iterator[Sequence[object]]:
        from openpyxl import load_workbook

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(self.opened.path, read_only=True, data_only=True)
            try:
                yield from book[str(self.sheet)].iter_rows(values_only=True)
            finally:
                book.close()

    def close(self) -> None:
        self.loaded = self.book = None
        super().close()


def calamine() -> Any:
    import python_calamine

    return python_calamine


def guarded(opened: Opened, call: Callable[[], Result]) -> Result:
    """A damaged workbook raises anything, from zip errors to a Rust panic: one error for all."""
    try:
        return call()
    except (KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError, UnreadableFile):
        raise
    except BaseException as error:
        refuse(opened, error)


def refuse(opened: Opened, error: BaseException) -> NoReturn:
    if type(error).__name__ == "PasswordError" or "password" in str(error).lower():
        raise UnreadableFile("encrypted", file=opened.name) from error
    detail = (str(error) or type(error).__name__)[:120]
    raise UnreadableFile("damaged", file=opened.name, detail=detail) from error


def plain(value: object) -> object:
    """A cell as its own type: whole floats are integers, nothing is an empty text."""
    if isinstance(value, float):
        if value != value:
            return ""
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    if value is None:
        return ""
    if isinstance(value, str | int | bool | date | datetime | time):
        return value
    return str(value)
