"""What is written can be read again, opens rightly in Excel, and computes nothing."""

import io
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from huike.kernel.exchange import writing
from huike.kernel.exchange.formats.reading import open_table
from huike.kernel.exchange.values import parse_text
from huike.kernel.exchange.vcards import Address, Card, write_vcards
from huike.kernel.exchange.writing import Words, write_csv, write_txt, write_xlsx

COLUMNS = ["姓名", "金额", "日期", "在职"]
ROWS = [
    ["张伟", Decimal("1234.50"), date(2026, 1, 2), True],
    ["王,芳\n二", -5, datetime(2026, 1, 2, 8, 30), False],
    [None, 1.5, None, None],
]
FORMULAS = ["=1+1", "+86 1", "-2", "@SUM(A1)", "\tx", "\rx", "\nx", " =1", "＝1", "'=1", "''+1"]


def test_csv_opens_in_excel_and_comes_back(tmp_path: Path) -> None:
    out = io.BytesIO()
    assert write_csv(out, COLUMNS, ROWS, words=Words("是", "否")) == 3
    assert out.getvalue().startswith(b"\xef\xbb\xbf")
    (tmp_path / "a.csv").write_bytes(out.getvalue())
    with open_table(tmp_path / "a.csv") as table:
        assert table.columns == COLUMNS
        assert table.sample() == [
            ["张伟", "1234.50", "2026-01-02", "是"],
            ["王,芳\n二", "-5", "2026-01-02 08:30:00", "否"],
            ["", "1.5", "", ""],
        ]


def test_csv_in_gb18030_and_txt(tmp_path: Path) -> None:
    out = io.BytesIO()
    write_csv(out, COLUMNS, [["张𠮷\ud800", 1, None, None]], encoding="gb18030")
    assert "张𠮷?,1,," in out.getvalue().decode("gb18030")
    out = io.BytesIO()
    assert write_txt(out, COLUMNS, ROWS) == 3
    (tmp_path / "a.txt").write_bytes(out.getvalue())
    with open_table(tmp_path / "a.txt") as table:
        assert (table.separator, len(table.sample())) == ("\t", 3)


@pytest.mark.parametrize("formula", FORMULAS)
def test_formulas_are_text_everywhere(formula: str) -> None:
    out = io.BytesIO()
    write_csv(out, ["=a"], [[formula]], encoding="utf-8")
    head, cell = out.getvalue().decode().split("\r\n", 1)
    assert head == "'=a"
    assert cell.lstrip('"').startswith("'")
    assert parse_text("'" + formula) == formula.strip()
    out = io.BytesIO()
    write_xlsx(out, ["=a"], [[formula]])
    sheet = openpyxl.load_workbook(io.BytesIO(out.getvalue())).active
    assert [cell.data_type for row in sheet for cell in row] == ["s", "s"]
    assert sheet["A1"].value == "=a"


def test_numbers_stay_numbers(tmp_path: Path) -> None:
    out = io.BytesIO()
    row = [-5, Decimal("-1.25"), 1.5, 110101199001011234, date(1890, 1, 2), "#N/A", float("nan"),
           datetime(2026, 1, 2, 8, tzinfo=UTC), time(8, 30), "a\x0bb", True, float("inf"),
           Decimal("1e400"), None, "x" * 40_000]  # fmt: skip
    assert write_xlsx(out, [str(n) for n in range(len(row))], [row], sheet="客户/[1]") == 1
    sheet = openpyxl.load_workbook(io.BytesIO(out.getvalue())).active
    values = [cell.value for cell in sheet[2]]
    assert values[:7] == [-5, -1.25, 1.5, "110101199001011234", "1890-01-02", "#N/A", None]
    assert values[7:10] == [datetime(2026, 1, 2, 8), time(8, 30), "ab"]
    assert values[10:12] == ["Yes", None]
    assert len(str(values[14])) == 32_767
    assert sheet["F2"].data_type == "s"
    out = io.BytesIO()
    write_csv(out, ["a"], [[float("nan")], [Decimal("NaN")], [Decimal("1E+3")]], encoding="utf-8")
    assert out.getvalue() == b'a\r\n""\r\n""\r\n1000\r\n'


def test_a_full_sheet_goes_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "SHEET_ROWS", 11)
    out = io.BytesIO()
    assert write_xlsx(out, ["n"], [[n] for n in range(25)], sheet="S") == 25
    book = openpyxl.load_workbook(io.BytesIO(out.getvalue()))
    assert book.sheetnames == ["S", "S 2", "S 3"]
    assert [sheet.max_row for sheet in book] == [11, 11, 6]
    out = io.BytesIO()
    assert write_xlsx(out, ["n"], []) == 0
    assert openpyxl.load_workbook(io.BytesIO(out.getvalue())).active["A1"].value == "n"


def test_progress_is_told_and_ends_with_the_total() -> None:
    told: list[int] = []
    write_csv(io.BytesIO(), ["n"], ([n] for n in range(2500)), progress=told.append)
    assert told == [1000, 2000, 2500]


def unfolded(data: bytes) -> list[str]:
    return data.replace(b"\r\n ", b"").decode().split("\r\n")


def test_vcards_fold_and_escape() -> None:
    card = Card(
        name="张伟", family="张", given="伟", organisation="回客;科技", title="经理",
        phones=(("cell", "+8613800138000"), ("work", "010-62345678")), emails=("a@b.cn",),
        address=Address("中山路,1号", "上海", "", "200000", "中国"), birthday=date(1990, 1, 2),
        categories=("金卡", "a,b"), note="第一行\r\n第二行\rEND:VCARD" + "很长的备注" * 30, uid="7",
    )  # fmt: skip
    out = io.BytesIO()
    assert write_vcards(out, [card]) == 1
    assert all(len(line) <= 75 for line in out.getvalue().split(b"\r\n"))
    for line in out.getvalue().split(b"\r\n"):
        line.decode()
    lines = unfolded(out.getvalue())
    assert lines[:4] == ["BEGIN:VCARD", "VERSION:3.0", "FN:张伟", "N:张;伟;;;"]
    assert "TEL;TYPE=CELL:+8613800138000" in lines
    assert "ADR;TYPE=work:;;中山路\\,1号;上海;;200000;中国" in lines
    assert "ORG:回客\\;科技" in lines
    assert "BDAY:1990-01-02" in lines
    assert "CATEGORIES:金卡,a\\,b" in lines
    assert lines.count("END:VCARD") == 1
    assert any(line.startswith("NOTE:第一行\\n第二行\\nEND:VCARD") for line in lines)
    out = io.BytesIO()
    write_vcards(out, [card, Card("李娜")], version="4.0")
    lines = unfolded(out.getvalue())
    assert {"VERSION:4.0", "BDAY:19900102", "TEL;TYPE=cell:+8613800138000", "N:李娜;;;;"} <= set(
        lines
    )
