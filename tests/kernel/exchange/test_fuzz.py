"""Whatever bytes or words come in, only the promised errors come out."""

import gzip
import io
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from huike.kernel.exchange.dates import parse_moment
from huike.kernel.exchange.matching import column_key
from huike.kernel.exchange.messages import BadValue, UnreadableFile
from huike.kernel.exchange.numbers import parse_number
from huike.kernel.exchange.profiles import profile_columns
from huike.kernel.exchange.reading import open_table
from huike.kernel.exchange.values import parse_boolean, parse_email, parse_phone, parse_text
from huike.kernel.exchange.vcards import Card, write_vcards
from huike.kernel.exchange.writing import write_csv, write_xlsx

PIECES = st.sampled_from(
    ["a", "1", ",", ";", "\t", "|", '"', "\n", "\r\n", "\r", " ", "姓名", "£", "=", "2026-01-02",
     "1.5", "\x00", "é", "，", "𠮷", "sep=;\n", "\x1a", "\u2028", "\x85"]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=60).map("".join)
ENCODINGS = st.sampled_from(["utf-8", "gb18030", "utf-16", "utf-16-le", "utf-8-sig"])
MAGIC = st.sampled_from(
    [b"PK\x03\x04", b"PAR1", b"\x1f\x8b\x08", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe", b""]
)
LIKELY = st.text("0123456789.,-/: +()%¥年月日时分上下午万亿元eETZ１２（）", max_size=30)


def read(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(data)
        try:
            with open_table(path) as table:
                rows = [row for _, row in table.rows()]
                assert all(len(row) >= len(table.columns) for row in rows)
                assert len(set(table.columns)) == len(table.columns) > 0
                profile_columns(table.columns, rows)
                for column in table.columns:
                    column_key(column)
        except UnreadableFile as error:
            error.message.text()


@given(st.binary(max_size=300), MAGIC)
@settings(max_examples=300, deadline=None)
def test_any_bytes(data: bytes, magic: bytes) -> None:
    read(magic + data)


@given(TEXTS, ENCODINGS)
@settings(max_examples=400, deadline=None)
def test_any_text(text: str, encoding: str) -> None:
    read(text.encode(encoding))


@given(TEXTS, st.integers(0, 200), st.binary(min_size=1, max_size=4))
@settings(max_examples=100, deadline=None)
def test_damaged_archives(text: str, at: int, noise: bytes) -> None:
    data = gzip.compress(text.encode())
    read(data[:at] + noise + data[at + len(noise) :])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", text)
    data = out.getvalue()
    read(data[:at] + noise + data[at + len(noise) :])


@given(st.integers(0, 6000), st.binary(min_size=1, max_size=6))
@settings(max_examples=150, deadline=None)
def test_damaged_workbooks(at: int, noise: bytes) -> None:
    out = io.BytesIO()
    write_xlsx(out, ["a", "b"], [[1, "x"], [2, "y"]])
    data = out.getvalue()
    read(data[:at] + noise + data[at + len(noise) :])


@given(st.one_of(LIKELY, st.text(max_size=80), st.floats(), st.integers(), st.none()))
@settings(max_examples=1500, deadline=None)
def test_any_value(value: object) -> None:
    readers = (parse_number, parse_moment, parse_boolean, parse_email, parse_phone)
    for reader in readers:
        try:
            reader(value)
        except BadValue as error:
            error.message.text()
    parse_text(value)


@given(st.lists(st.lists(st.text(max_size=8), min_size=2, max_size=2), max_size=8))
@settings(max_examples=100, deadline=None)
def test_any_text_can_be_written(rows: list[list[str]]) -> None:
    assert write_csv(io.BytesIO(), ["a", "b"], rows) == len(rows)
    assert write_xlsx(io.BytesIO(), ["a", "b"], rows) == len(rows)
    write_vcards(io.BytesIO(), [Card(name=a, note=b) for a, b in rows])


def test_no_django_is_needed() -> None:
    modules = "reading, values, profiles, matching, writing, vcards"
    code = (
        f"import sys; from huike.kernel.exchange import {modules}; "
        "sys.exit(any(name.split('.')[0] == 'django' for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
