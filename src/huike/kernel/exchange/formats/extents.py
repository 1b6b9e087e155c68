"""How far the sheets of a workbook reach, counted in a stream before any is built in memory."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, replace
from xml.parsers import expat

from huike.kernel.exchange.formats.limits import Limits
from huike.kernel.exchange.formats.packing import ARCHIVE_ERRORS, Opened, member_chunks, too_large
from huike.kernel.exchange.messages import UnreadableFile

ODS_CELLS = 20_000_000
REFERENCE = re.compile(r"([A-Z]{1,4})(\d{1,9})$")


@dataclass(slots=True)
class Extent:
    rows: int
    columns: int

    @property
    def cells(self) -> int:
        return self.rows * self.columns


def measure(opened: Opened, limits: Limits) -> dict[str, Extent]:
    """By sheet name. XLS is bounded by its format; two cells of an XLSX can span billions."""
    if opened.kind == "xls":
        return {}
    try:
        with zipfile.ZipFile(opened.path) as archive:
            if sum(info.file_size for info in archive.infolist()) > limits.max_unpacked:
                raise too_large(opened.name, limits)
            found = ods_extents(archive) if opened.kind == "ods" else xlsx_extents(archive)
    except (*ARCHIVE_ERRORS, expat.ExpatError) as error:
        raise UnreadableFile("damaged", file=opened.name, detail=str(error)[:120]) from error
    if opened.kind == "ods":  # always read into memory
        limits = replace(limits, max_cells=min(limits.max_cells, ODS_CELLS))
    for extent in found.values():
        check(opened, extent, limits)
    return found


def check(opened: Opened, extent: Extent, limits: Limits) -> None:
    if extent.columns > limits.max_columns:
        raise UnreadableFile(
            "too_many_columns",
            file=opened.name,
            columns=extent.columns,
            limit=limits.max_columns,
        )
    if extent.cells > limits.max_cells or extent.rows > limits.max_rows:
        limit = min(limits.max_rows, limits.max_cells // max(1, extent.columns))
        raise UnreadableFile("too_many_rows", file=opened.name, rows=extent.rows, limit=limit)


def parse(archive: zipfile.ZipFile, member: str, parser: expat.XMLParserType) -> None:
    """Reading to the end also proves the checksum, so a size that lies is found out here."""
    parser.buffer_text = True
    for chunk in member_chunks(archive, member):
        parser.Parse(chunk, False)
    parser.Parse(b"", True)


def local(tag: str) -> str:
    return tag.rpartition(":")[2]


def xlsx_extents(archive: zipfile.ZipFile) -> dict[str, Extent]:
    names = sheet_members(archive)
    found: dict[str, Extent] = {}
    for name, member in names.items():
        found[name] = sheet_extent(archive, member)
    # sheets that no name leads to are opened by nobody, but shared strings are
    for member in archive.namelist():
        if member.endswith("sharedStrings.xml"):
            for _ in member_chunks(archive, member):
                pass
    return found


def sheet_members(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name to the member that holds its cells."""
    targets: dict[str, str] = {}
    sheets: dict[str, str] = {}

    def relation(tag: str, attributes: dict[str, str]) -> None:
        if local(tag) == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def sheet(tag: str, attributes: dict[str, str]) -> None:
        if local(tag) == "sheet":
            ids = [value for key, value in attributes.items() if local(key) == "id"]
            sheets[attributes.get("name", "")] = ids[0] if ids else ""

    walk(archive, "xl/_rels/workbook.xml.rels", relation)
    walk(archive, "xl/workbook.xml", sheet)
    members = {member.lower(): member for member in archive.namelist()}
    named: dict[str, str] = {}
    for name, relation_id in sheets.items():
        target = targets.get(relation_id, "")
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if path.lower() in members:
            named[name] = members[path.lower()]
    return named


def walk(archive: zipfile.ZipFile, member: str, visit: object) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = visit  # type: ignore[assignment]
    parse(archive, member, parser)


def sheet_extent(archive: zipfile.ZipFile, member: str) -> Extent:
    last_row = widest = row = column = 0
    number, known = "0", {"A": 1}

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal last_row, widest, row, column, number
        if tag == "c" or tag.endswith(":c"):
            column += 1
            reference = attributes.get("r", "")
            # nearly always a known column in the row that is open
            if reference.endswith(number) and (found := known.get(reference[: -len(number)])):
                column = found
            elif match := REFERENCE.match(reference):
                column = known[match.group(1)] = column_number(match.group(1))
                last_row = max(last_row, int(match.group(2)))
            widest = max(widest, column)
        elif tag == "row" or tag.endswith(":row"):
            number = attributes.get("r", "")
            row = int(number) if number.isdigit() and len(number) < 10 else row + 1
            number, last_row, column = str(row), max(last_row, row), 0

    walk(archive, member, start)
    return Extent(last_row, widest)


def column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


class OdsCounter:
    """Counts as a spreadsheet would: repeated rows and cells count once they hold something."""

    def __init__(self) -> None:
        self.extents: dict[str, Extent] = {}
        self.extent = Extent(0, 0)
        self.row = self.row_end = self.column = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table:table":
            self.extent = Extent(0, 0)
            self.row = self.row_end = 0
            self.extents[attributes.get("table:name", "")] = self.extent
        elif tag == "table:table-row":
            self.row = self.row_end
            self.row_end += int(attributes.get("table:number-rows-repeated", "1"))
            self.column = 0
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            self.column += int(attributes.get("table:number-columns-repeated", "1"))
            if any(key.endswith("value-type") for key in attributes):
                self.extent.rows = max(self.extent.rows, self.row_end)
                self.extent.columns = max(self.extent.columns, self.column)


def ods_extents(archive: zipfile.ZipFile) -> dict[str, Extent]:
    counter = OdsCounter()
    walk(archive, "content.xml", counter.start)
    return counter.extents
