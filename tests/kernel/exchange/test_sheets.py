"""Workbooks and Parquet: types stay, bombs and damage are refused, large sheets are streamed."""

import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from huike.kernel.exchange.formats import sheet_table
from huike.kernel.exchange.formats.limits import Limits
from huike.kernel.exchange.formats.reading import open_table
from huike.kernel.exchange.messages import UnreadableFile

ODS_HEAD = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>'
    '<office:spreadsheet><table:table table:name="一">'
)
ODS_TAIL = "</table:table></office:spreadsheet></office:body></office:document-content>"


def workbook(tmp_path: Path, *rows: list[object], name: str = "a.xlsx") -> Path:
    book = openpyxl.Workbook()
    book.active.title = "空"
    sheet = book.create_sheet("客户")
    for row in rows:
        sheet.append(row)
    book.save(tmp_path / name)
    return tmp_path / name


def ods(tmp_path: Path, body: str) -> Path:
    path = tmp_path / "a.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", ODS_HEAD + body + ODS_TAIL)
    return path


def ods_row(*texts: str, repeat: int = 1) -> str:
    cells = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
        for text in texts
    )
    return f'<table:table-row table:number-rows-repeated="{repeat}">{cells}</table:table-row>'


def refused(path: Path, limits: Limits | None = None) -> str:
    with pytest.raises(UnreadableFile) as caught, open_table(path, limits=limits or Limits()) as t:
        list(t.rows())
    assert str(caught.value)
    return caught.value.code


@pytest.mark.parametrize("in_memory", [True, False])
def test_xlsx_keeps_types_and_lines(
    tmp_path: Path, in_memory: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not in_memory:
        monkeypatch.setattr(sheet_table, "IN_MEMORY_CELLS", 0)
    path = workbook(
        tmp_path,
        ["客户名单"],
        [],
        ["姓名", "金额", "生日", "时间", "在职"],
        ["张伟", 12.5, date(1990, 1, 2), datetime(2026, 1, 2, 8, 30), True],
        [None, None, None, None, None],
        ["李娜", 7.0, None, None, False],
    )
    with open_table(path) as table:
        assert table.sheets == ["空", "客户"]
        assert (table.sheet, table.header_line) == ("客户", 3)
        assert table.columns == ["姓名", "金额", "生日", "时间", "在职"]
        (first, row), (second, other) = table.rows()
        assert (first, second) == (4, 6)
        assert row[:2] == ["张伟", 12.5]
        assert str(row[2])[:10] == "1990-01-02"
        assert row[3:] == [datetime(2026, 1, 2, 8, 30), True]
        assert other == ["李娜", 7, "", "", False]
        assert isinstance(other[1], int)
        assert [line for line, _ in table.rows(after=4)] == [6]


def test_ods(tmp_path: Path) -> None:
    filler = ods_row(repeat=1_048_000)
    path = ods(tmp_path, ods_row("姓名", "城市") + ods_row("张伟", "北京", repeat=2) + filler)
    with open_table(path) as table:
        assert table.columns == ["姓名", "城市"]
        assert list(table.rows()) == [(2, ["张伟", "北京"]), (3, ["张伟", "北京"])]


def test_sheets_that_span_billions_of_cells_are_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = book.active["XFD1048576"] = "bomb"
    book.save(tmp_path / "bomb.xlsx")
    assert refused(tmp_path / "bomb.xlsx") == "too_many_columns"
    book = openpyxl.Workbook()
    book.active["A1"] = book.active["ZZ1048576"] = "bomb"
    book.save(tmp_path / "bomb.xlsx")
    assert refused(tmp_path / "bomb.xlsx") == "too_many_rows"
    assert refused(ods(tmp_path, ods_row("x", "y", repeat=2_000_000_000))) == "too_many_rows"


def test_damaged_encrypted_and_foreign_workbooks(tmp_path: Path) -> None:
    good = workbook(tmp_path, ["a", "b"], [1, 2]).read_bytes()
    path = tmp_path / "bad.xlsx"
    path.write_bytes(good[: len(good) // 2])
    assert refused(path) == "damaged"
    for at in range(100, len(good), 397):
        path.write_bytes(good[:at] + b"\xff\x00\xff" + good[at + 3 :])
        try:
            with open_table(path) as table:
                list(table.rows())
        except UnreadableFile:
            pass
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    path.write_bytes(ole + b"\0" * 1000 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 500)
    assert refused(path) == "encrypted"
    path.write_bytes(ole + b"\0" * 3000)
    assert refused(path) == "damaged"


def test_an_unknown_sheet_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="客户"):
        open_table(workbook(tmp_path, ["a"], ["b"]), sheet="没有")


def test_an_empty_workbook_has_no_rows(tmp_path: Path) -> None:
    assert refused(workbook(tmp_path)) == "no_rows"


def test_parquet(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    data = {"name": ["张伟", None], "n": [1.0, None], "day": [date(2026, 1, 2), None], "x": [1, 2]}
    pq.write_table(pa.table(data), path)
    with open_table(path) as table:
        assert table.columns == ["name", "n", "day", "x"]
        assert list(table.rows()) == [
            (1, ["张伟", 1, date(2026, 1, 2), 1]),
            (2, ["", "", "", 2]),
        ]
        assert table.estimated_rows == 2
    assert refused(path, Limits(max_rows=1)) == "too_many_rows"
    assert refused(path, Limits(max_columns=2)) == "too_many_columns"
    path.write_bytes(path.read_bytes()[:-30])
    assert refused(path) == "damaged"
