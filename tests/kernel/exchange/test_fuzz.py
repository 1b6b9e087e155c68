"""Whatever bytes or words come in, only the promised errors come out."""

import gzip
import io
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from huike.kernel.exchange.dates import Moment, parse_moment
from huike.kernel.exchange.formats.reading import open_table
from huike.kernel.exchange.matching import column_key
from huike.kernel.exchange.messages import BadValue, UnreadableFile
from huike.kernel.exchange.numbers import parse_number
from huike.kernel.exchange.profiles import profile_columns
from huike.kernel.exchange.values import parse_boolean, parse_email, parse_phone, parse_text
from huike.kernel.exchange.vcards import Card, write_vcards
from huike.kernel.exchange.writing import write_csv, write_xlsx
from tests.breadth import tries

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


@dataclass(frozen=True)
class Read:
    """What became of a file: its columns and rows, or the words it was refused with."""

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[object, ...], ...] = ()
    refused: str = ""

    @property
    def letters(self) -> set[str]:
        """All letters that the rows are written with."""
        return {letter for row in self.rows for cell in row for letter in str(cell or "")}


def read(data: bytes) -> Read:
    """Read a file to its end; it is a table with named columns, or refused in words."""
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
                return Read(tuple(table.columns), tuple(map(tuple, rows)))
        except UnreadableFile as error:
            words = error.message.text()
            assert words.strip()
            return Read(refused=words)


@given(st.binary(max_size=300), MAGIC)
@settings(max_examples=tries(300), deadline=None)
def test_any_bytes(data: bytes, magic: bytes) -> None:
    """The same bytes are always read alike, and a file of nothing is never a table."""
    first = read(magic + data)
    assert read(magic + data) == first
    if not (magic + data).strip():
        assert first.refused


@given(TEXTS, ENCODINGS)
@settings(max_examples=tries(400), deadline=None)
def test_any_text(text: str, encoding: str) -> None:
    """Nothing is made up: where the encoding is said, rows hold only letters of the file."""
    found = read(text.encode(encoding))
    if encoding in {"utf-16", "utf-8-sig"}:
        assert found.letters <= set(text) | {"\n"}


@given(TEXTS, st.integers(0, 200), st.binary(min_size=1, max_size=4))
@settings(max_examples=tries(100), deadline=None)
def test_damaged_archives(text: str, at: int, noise: bytes) -> None:
    """A whole archive reads as what is in it; a damaged one as that, or it is refused."""
    plain = read(text.encode())
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", text)
    for data in (gzip.compress(text.encode()), out.getvalue()):
        whole = read(data)
        assert (whole.columns, whole.rows) == (plain.columns, plain.rows)
        damaged = read(data[:at] + noise + data[at + len(noise) :])
        assert damaged.refused or damaged.rows or damaged.columns


@given(st.integers(0, 6000), st.binary(min_size=1, max_size=6))
@settings(max_examples=tries(150), deadline=None)
def test_damaged_workbooks(at: int, noise: bytes) -> None:
    """A damaged workbook is refused, or gives nothing but what was written."""
    out = io.BytesIO()
    write_xlsx(out, ["a", "b"], [[1, "x"], [2, "y"]])
    data = out.getvalue()
    damaged = read(data[:at] + noise + data[at + len(noise) :])
    assert damaged.refused or damaged.letters <= set("12xyab.0")


@given(st.one_of(LIKELY, st.text(max_size=80), st.floats(), st.integers(), st.none()))
@settings(max_examples=tries(1500), deadline=None)
def test_any_value(value: object) -> None:
    """What is understood is of its kind; what isn't is refused in words."""
    for reader, holds in READERS:
        try:
            found = reader(value)
        except BadValue as error:
            said = error.message.text()
        else:
            said = "understood" if holds(found) else ""
        assert said.strip(), (reader.__name__, value)


READERS: tuple[tuple[Callable[[object], Any], Callable[[Any], bool]], ...] = (
    (parse_number, lambda found: isinstance(found, Decimal) and found.is_finite()),
    (parse_moment, lambda found: isinstance(found, Moment)),
    (parse_boolean, lambda found: found in (True, False)),
    (parse_email, lambda found: found.count("@") == 1 and found == found.strip()),
    (parse_phone, lambda found: re.fullmatch(r"\+\d{3,}", found.number)),
    (parse_text, lambda found: isinstance(found, str) and found == found.strip()),
)


@given(st.lists(st.lists(st.text(max_size=8), min_size=2, max_size=2), max_size=8))
@settings(max_examples=tries(100), deadline=None)
def test_any_text_can_be_written(rows: list[list[str]]) -> None:
    assert write_csv(io.BytesIO(), ["a", "b"], rows) == len(rows)
    assert write_xlsx(io.BytesIO(), ["a", "b"], rows) == len(rows)
    write_vcards(io.BytesIO(), [Card(name=a, note=b) for a, b in rows])


def test_no_django_is_needed() -> None:
    modules = "formats.reading, values, profiles, matching, writing, vcards"
    names = ", ".join(f"huike.kernel.exchange.{name}" for name in modules.split(", "))
    code = (
        f"import sys, {names}; "
        "sys.exit(any(name.split('.')[0] == 'django' for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
