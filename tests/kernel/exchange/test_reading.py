"""Text files of every encoding, separator and header, and the ones that can't be read."""

import codecs
import gzip
import zipfile
from pathlib import Path

import pytest
from django.utils import translation

from huike.kernel.exchange.formats.limits import Limits
from huike.kernel.exchange.formats.reading import open_table
from huike.kernel.exchange.importing.incoming.intake import together
from huike.kernel.exchange.messages import FILE_MESSAGES, UnreadableFile

CHINESE = "姓名,手机,城市\n张伟,13800138000,北京\n王芳,13912345678,上海\n"


def put(tmp_path: Path, data: bytes | str, name: str = "a.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def refused(path: Path, **options: object) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught, open_table(path, **options) as table:  # type: ignore[arg-type]
        list(table.rows())
    assert str(caught.value)
    assert caught.value.code in FILE_MESSAGES
    return caught.value


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (CHINESE.encode(), "utf-8"),
        (codecs.BOM_UTF8 + CHINESE.encode(), "utf-8-sig"),
        (CHINESE.encode("gb18030"), "gb18030"),
        (CHINESE.encode("utf-16"), "utf-16"),
        (CHINESE.encode("utf-16-le"), "utf-16-le"),
        (CHINESE.encode("utf-16-be"), "utf-16-be"),
        (CHINESE.encode("utf-32"), "utf-32"),
        (CHINESE.replace("\n", "\r\n").encode("gbk"), "gb18030"),
        (CHINESE.replace("\n", "\r").encode("gbk"), "gb18030"),
    ],
)
def test_encodings_are_told_apart(tmp_path: Path, data: bytes, encoding: str) -> None:
    with open_table(put(tmp_path, data)) as table:
        assert table.encoding == encoding
        assert table.columns == ["姓名", "手机", "城市"]
        assert list(table.rows()) == [
            (2, ["张伟", "13800138000", "北京"]),
            (3, ["王芳", "13912345678", "上海"]),
        ]
        assert table.estimated_rows == 2
        assert not table.warnings


def test_pound_signs_and_accents_of_western_windows(tmp_path: Path) -> None:
    text = "name,price\n" + "Café née Müller,£40.00\nJosé Nuñez,€5.10\n" * 20
    with open_table(put(tmp_path, text.encode("cp1252"))) as table:
        assert table.encoding == "cp1252"
        assert table.sample(1) == [["Café née Müller", "£40.00"]]


def test_traditional_characters(tmp_path: Path) -> None:
    text = "編號,姓名,電話\n" + "1,陳大文,0912345678\n2,林小美,0922333444\n"
    for encoding in ("big5", "gb18030"):
        with open_table(put(tmp_path, text.encode(encoding))) as table:
            assert table.encoding == encoding
            assert table.columns == ["編號", "姓名", "電話"]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_characters_cut_at_every_chunk_edge(tmp_path: Path, encoding: str) -> None:
    for shift in range(4):
        text = "a" * shift + "姓名,备注\n" + "张𠮷喆,回客客户管理\n" * 90_000
        with open_table(put(tmp_path, text.encode(encoding))) as table:
            assert table.encoding == encoding
            assert sum(1 for _ in table.rows()) == table.estimated_rows == 90_000


def test_the_first_high_byte_may_come_late(tmp_path: Path) -> None:
    data = b"name,city\n" + b"smith,london\n" * 200_000 + "张伟,北京\n".encode("gb18030")
    with open_table(put(tmp_path, data)) as table:
        assert list(table.rows())[-1] == (200_002, ["张伟", "北京"])


def test_a_few_bad_bytes_are_shown_not_hidden(tmp_path: Path) -> None:
    data = CHINESE.encode() * 10 + b"\xff\xfe bad,1,2\n"
    with open_table(put(tmp_path, data)) as table:
        assert table.encoding == "utf-8"
        assert table.warnings[0].params["line"] == 31
        assert "\N{REPLACEMENT CHARACTER}" in str(list(table.rows())[-1][1][0])


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", "，"])
def test_separators(tmp_path: Path, separator: str) -> None:
    rows = [["编号", "金额", "日期"], ["1", "2.5", "2026-01-02"], ["2", "3", "2026-01-03"]]
    text = "\n".join(separator.join(row) for row in rows)
    with open_table(put(tmp_path, text)) as table:
        assert table.separator == separator
        assert table.columns == rows[0]
        assert [row for _, row in table.rows()] == rows[1:]


def test_decimal_commas_do_not_part_columns(tmp_path: Path) -> None:
    text = "name;price;cost\n" + "a;1,50;2,25\n" * 5
    with open_table(put(tmp_path, text)) as table:
        assert table.separator == ";"
        assert table.sample(1) == [["a", "1,50", "2,25"]]


def test_excel_names_its_separator(tmp_path: Path) -> None:
    with open_table(put(tmp_path, "sep=;\nname;n\na,b;1\n")) as table:
        assert table.columns == ["name", "n"]
        assert list(table.rows()) == [(3, ["a,b", "1"])]


def test_columns_of_blanks(tmp_path: Path) -> None:
    with open_table(put(tmp_path, " id  date  value\n 1 19970101  2.5\n 2 19970102 3\n")) as table:
        assert (table.columns, table.separator) == (["id", "date", "value"], " ")
        assert table.sample() == [["1", "19970101", "2.5"], ["2", "19970102", "3"]]


def test_titles_above_the_header_are_skipped(tmp_path: Path) -> None:
    titles = "客户名单\n导出时间：2026-01-01,,\n\n"
    text = titles + "姓名,手机,金额\n张伟,13800138000,5\n李娜,13900139000,6\n"
    with open_table(put(tmp_path, text)) as table:
        assert table.header_line == 4
        assert table.columns == ["姓名", "手机", "金额"]
        assert [line for line, _ in table.rows()] == [5, 6]


def test_without_header_columns_have_letters(tmp_path: Path) -> None:
    with open_table(put(tmp_path, "1,2026-01-01,5\n2,2026-01-02,6\n")) as table:
        assert not table.has_header
        assert table.columns == ["A", "B", "C"]
        assert len(table.sample()) == 2


def test_years_name_columns(tmp_path: Path) -> None:
    with open_table(put(tmp_path, "产品,2025,2026\n机油,2,3\n轮胎,5,6\n")) as table:
        assert table.columns == ["产品", "2025", "2026"]
    with open_table(put(tmp_path, "2025,2026\n2024,2025\n2026,2022\n")) as table:
        assert not table.has_header


def test_ragged_baskets_have_no_header_and_lose_nothing(tmp_path: Path) -> None:
    with open_table(put(tmp_path, "milk,bread\nbread\nmilk,beer,salt,bread\nbeer,milk\n")) as table:
        assert len(table.columns) == 4
        assert table.sample()[1] == ["bread", "", "", ""]


def test_names_are_made_unique(tmp_path: Path) -> None:
    with open_table(put(tmp_path, "Name,name,,电话,电话\na,b,c,1,2\n")) as table:
        assert table.columns == ["Name", "name (2)", "C", "电话", "电话 (2)"]


def test_the_caller_overrides_what_was_found(tmp_path: Path) -> None:
    path = put(tmp_path, b"x;y\n1;2\n3;4\n")
    with open_table(path, separator=",", has_header=False, encoding="gb18030") as table:
        assert (table.columns, table.encoding) == (["A"], "gb18030")
        assert table.sample() == [["x;y"], ["1;2"], ["3;4"]]
    with open_table(path, header_line=2) as table:
        assert table.columns == ["1", "2"]
        assert list(table.rows()) == [(3, ["3", "4"])]


def test_reading_goes_on_after_a_line(tmp_path: Path) -> None:
    with open_table(put(tmp_path, 'a,b\n1,"x\ny"\n2,z\n3,w\n')) as table:
        assert [line for line, _ in table.rows()] == [2, 4, 5]
        assert list(table.rows(after=2)) == [(4, ["2", "z"]), (5, ["3", "w"])]


def test_ragged_lines_are_padded_or_stay_too_long(tmp_path: Path) -> None:
    with open_table(put(tmp_path, "a,b,c\n1,2\n1,2,3,,\n1,2,3,4\n,,\n1,2,3\n")) as table:
        assert list(table.rows()) == [
            (2, ["1", "2", ""]),
            (3, ["1", "2", "3"]),
            (4, ["1", "2", "3", "4"]),
            (6, ["1", "2", "3"]),
        ]


def test_packed_files(tmp_path: Path) -> None:
    packed = put(tmp_path, gzip.compress(CHINESE.encode()), "a.csv.gz")
    zipped = tmp_path / "a.zip"
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("__MACOSX/._a.csv", b"junk")
        archive.writestr("dir/a.csv", CHINESE)
    for path in (packed, zipped):
        with open_table(path) as table:
            assert table.columns == ["姓名", "手机", "城市"]
            copy = table.opened.path
            assert copy.exists()
        assert not copy.exists()


def test_unreadable_files_say_what_where_and_what_to_do(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.csv").code == "missing"
    assert refused(tmp_path).code == "directory"
    assert refused(put(tmp_path, "")).code == "empty"
    assert refused(put(tmp_path, " \n\n  \n")).code == "no_rows"
    assert refused(put(tmp_path, bytes(range(256)) * 40)).code in ("binary", "nul")
    assert refused(put(tmp_path, b"\x7fELF\x02\x01\x01" + b"\x00\x10\x00" * 900)).code == "binary"
    assert refused(put(tmp_path, "<html><table><tr><td>1</td></table>")).code == "html"
    nul = refused(put(tmp_path, b"a,b\n" + b"1,2\n" * 500 + b"1,\x002\n"))
    assert (nul.code, nul.message.params["line"]) == ("nul", 502)
    quote = refused(put(tmp_path, 'a,b\n1,2\n3,"open\n4,5\n6,7\n'))
    assert (quote.code, quote.message.params["line"]) == ("open_quote", 3)
    assert "line 3" in str(quote)
    assert refused(put(tmp_path, 'a,b\n1,"' + "x,y\n" * 50_000)).code == "cell_too_long"


def test_what_the_caller_says_may_be_wrong(tmp_path: Path) -> None:
    path = put(tmp_path, CHINESE.encode("gb18030"))
    assert refused(path, encoding="utf-8").code == "wrong_encoding"
    assert refused(path, encoding="utf-8").message.params["line"] == 1
    assert refused(path, encoding="hex").code == "unknown_encoding"
    assert refused(path, encoding="no\0such").code == "unknown_encoding"
    assert refused(path, separator="::").code == "bad_separator"


def test_damaged_and_hostile_archives(tmp_path: Path) -> None:
    packed = gzip.compress(CHINESE.encode() * 1000)
    assert refused(put(tmp_path, packed[:-20], "cut.gz")).code == "damaged"
    assert refused(put(tmp_path, packed[:40] + b"zz" + packed[42:], "bad.gz")).code == "damaged"
    assert refused(put(tmp_path, gzip.compress(packed), "twice.gz")).code == "packed_twice"
    assert refused(put(tmp_path, b"PK\x03\x04 nonsense", "a.zip")).code == "damaged"
    bomb = put(tmp_path, gzip.compress(b"a,b\n" * 3_000_000), "bomb.gz")
    assert refused(bomb, limits=Limits(max_unpacked=2**20)).code == "too_large"
    several = tmp_path / "several.zip"
    with zipfile.ZipFile(several, "w") as archive:
        archive.writestr("a.csv", "1")
        archive.writestr("b.csv", "2")
    assert "a.csv, b.csv" in str(refused(several))


def test_limits_of_columns_and_cells(tmp_path: Path) -> None:
    wide = put(tmp_path, ",".join(f"c{n}" for n in range(50)) + "\n" + ",".join("x" * 50) + "\n")
    assert refused(wide, limits=Limits(max_columns=20)).code == "too_many_columns"
    long = put(tmp_path, "a,b\nx," + "y" * 5000 + "\n")
    assert refused(long, limits=Limits(max_cell_length=1000)).code == "cell_too_long"


def test_the_message_uses_the_name_that_the_user_knows(tmp_path: Path) -> None:
    assert "客户.csv" in str(refused(put(tmp_path, "", "upload_1234"), name="客户.csv"))


def test_several_reasons_are_one_sentence_in_both_languages() -> None:
    with translation.override("en"):
        assert together(["A date is missing.", "No owner."]) == "A date is missing.; No owner."
    with translation.override("zh-hans"):
        assert together(["缺日期。", "缺日期。", "没有负责人。"]) == "缺日期；没有负责人。"
