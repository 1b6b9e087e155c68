"""Numbers, dates, booleans, phones and mail addresses as people write them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from huike.kernel.exchange.dates import guess_order, parse_date, parse_datetime, parse_moment
from huike.kernel.exchange.messages import BadValue
from huike.kernel.exchange.numbers import guess_decimal, parse_integer, parse_number
from huike.kernel.exchange.values import (
    Phone,
    Style,
    parse_boolean,
    parse_code,
    parse_email,
    parse_phone,
    parse_text,
    parse_value,
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1234.56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1 234 567", "1234567"),
        ("1'234.5", "1234.5"),
        ("１２３", "123"),
        ("１，２３４．５", "1234.5"),
        ("¥1,234", "1234"),
        ("￥1,234.00元", "1234"),
        ("RMB 12", "12"),
        ("-¥5", "-5"),
        ("¥-5", "-5"),
        ("£40.00", "40"),
        ("1.2万", "12000"),
        ("3亿", "300000000"),
        ("1.5万元", "15000"),
        ("(5.00)", "-5"),
        ("（5.00）", "-5"),
        ("5.00-", "-5"),
        ("−7", "-7"),
        ("+8", "8"),
        ("12%", "0.12"),
        ("１２％", "0.12"),
        ("1.5E+3", "1500"),
        (".5", "0.5"),
        ("100元", "100"),
        (" 42 ", "42"),
    ],
)
def test_numbers(text: str, number: str) -> None:
    assert parse_number(text) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "number"),
    [("1.234,56", "1234.56"), ("1 234,5", "1234.5"), ("12,5", "12.5"), ("1.234.567", "1234567")],
)
def test_numbers_with_decimal_commas(text: str, number: str) -> None:
    assert parse_number(text, ",") == Decimal(number)


@pytest.mark.parametrize(
    "text",
    ["", "abc", "1.2.3", "12,34", "1,23,456", "--5", "(-5)", "inf", "nan", "1e999", "2026-01-02",
     "C536379", "1_000", "٣x", "9" * 80, "²"],
)  # fmt: skip
def test_what_is_not_a_number(text: str) -> None:
    if text == "²":  # compatibility form of 2
        assert parse_number(text) == 2
        return
    with pytest.raises(BadValue) as caught:
        parse_number(text)
    assert "not a number" in str(caught.value)


def test_typed_numbers() -> None:
    assert parse_number(0.1) == Decimal("0.1")
    assert parse_integer("17850.0") == 17850
    for bad in (True, float("nan"), float("inf"), None, date(2026, 1, 1)):
        with pytest.raises(BadValue):
            parse_number(bad)
    with pytest.raises(BadValue, match="not a whole number"):
        parse_integer("1.5")


@pytest.mark.parametrize(
    ("values", "sign"),
    [
        (["1.234,56", "7,5"], ","),
        (["1,234.56", "7.5"], "."),
        (["1,234", "5,678"], "."),
        (["1.234.567"], ","),
        (["€ 3,50"], ","),
        ([], "."),
    ],
)
def test_the_decimal_sign_by_evidence(values: list[str], sign: str) -> None:
    assert guess_decimal(values) == sign


@pytest.mark.parametrize(
    "text",
    ["2026-11-22", "2026/11/22", "20261122", "2026年11月22日", "22.11.2026", "22/11/2026",
     "2026.11.22", "２０２６－１１－２２", "2026 年 11 月 22 日", "22 Nov 2026", "Nov 22, 2026",
     "22-Nov-26", "46348", "22.11.26", "2026年11月22号"],
)  # fmt: skip
def test_dates(text: str) -> None:
    assert parse_date(text, "dmy") == date(2026, 11, 22)
    assert type(parse_moment(text, "dmy")) is date


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("12/1/2010 8:26", datetime(2010, 12, 1, 8, 26)),
        ("2010-12-01 08:26:00", datetime(2010, 12, 1, 8, 26)),
        ("2010-12-01T08:26:00", datetime(2010, 12, 1, 8, 26)),
        ("2026/1/2 15:04:05", datetime(2026, 1, 2, 15, 4, 5)),
        ("2026年1月2日 15时4分5秒", datetime(2026, 1, 2, 15, 4, 5)),
        ("2026年1月2日下午3:04", datetime(2026, 1, 2, 15, 4)),
        ("1/2/2026 3:04 PM", datetime(2026, 1, 2, 15, 4)),
        ("1/2/2026 12:00 AM", datetime(2026, 1, 2)),
        ("2026-01-02 上午 9:00", datetime(2026, 1, 2, 9)),
        ("20260102150405", datetime(2026, 1, 2, 15, 4, 5)),
        ("20260102T1504", datetime(2026, 1, 2, 15, 4)),
        ("40513.5", datetime(2010, 12, 1, 12)),
        ("2026-01-02 08:00:00.123", datetime(2026, 1, 2, 8, 0, 0, 123000)),
    ],
)
def test_times(text: str, moment: datetime) -> None:
    assert parse_datetime(text) == moment


def test_zones_and_typed_cells() -> None:
    assert parse_moment("2026-01-02T08:00:00Z") == datetime(2026, 1, 2, 8, tzinfo=UTC)
    assert parse_date(datetime(2026, 1, 2, 8)) == date(2026, 1, 2)
    assert parse_datetime(date(2026, 1, 2)) == datetime(2026, 1, 2)
    assert parse_date(1) == date(1900, 1, 1)
    assert parse_date(61) == date(1900, 3, 1)
    assert parse_date(40513) == date(2010, 12, 1)


@pytest.mark.parametrize(
    "text",
    ["", "2026-13-01", "2026-02-30", "31/31/2026", "abc", "0000-01-01", "9999999", "12/2026",
     "2026-W01-1", "99991231235959", "1500-01-01", "25:00", "2026-01-02 25:00", "١/٢/٢٠٢٦x"],
)  # fmt: skip
def test_what_is_not_a_date(text: str) -> None:
    with pytest.raises(BadValue):
        parse_moment(text)


@pytest.mark.parametrize(
    ("values", "order", "certain"),
    [
        (["12/1/2010 8:26", "12/31/2010 9:00"], "mdy", True),
        (["1/12/2010", "31/12/2010"], "dmy", True),
        (["1.2.2026"], "dmy", True),
        (["1/2/2026"], "mdy", False),
        (["1/13/2026", "13/1/2026"], "dmy", False),
        (["2026-01-02"], "ymd", True),
        ([], "ymd", True),
    ],
)
def test_day_or_month_first(values: list[str], order: str, certain: bool) -> None:
    evidence = guess_order(values)
    assert (evidence.order, evidence.certain) == (order, certain)


def test_booleans() -> None:
    for yes in ("是", "Y", "yes", "TRUE", "1", "√", " 有 ", True, "Ｙ", 1):
        assert parse_boolean(yes) is True
    for no in ("否", "N", "no", "False", "0", "×", "无", False, 0):
        assert parse_boolean(no) is False
    for bad in ("maybe", "", "2", None):
        with pytest.raises(BadValue):
            parse_boolean(bad)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("13800138000", Phone("+8613800138000")),
        ("138-0013-8000", Phone("+8613800138000")),
        ("+86 138 0013 8000", Phone("+8613800138000")),
        ("１３８００１３８０００", Phone("+8613800138000")),
        ("13800138000.0", Phone("+8613800138000")),
        ("010-62345678", Phone("+861062345678")),
        ("(010) 62345678 转 801", Phone("+861062345678", "801")),
        ("+44 20 7946 0958", Phone("+442079460958")),
        ("'+8613800138000", Phone("+8613800138000")),
    ],
)
def test_phones(text: str, number: Phone) -> None:
    assert parse_phone(text) == number


def test_phones_of_elsewhere_and_none() -> None:
    assert parse_phone(13800138000) == Phone("+8613800138000")
    assert parse_phone("020 7946 0958", "GB") == Phone("+442079460958")
    for bad in ("", "12", "abc", "1" * 50, "2026-01-02 08:00"):
        with pytest.raises(BadValue):
            parse_phone(bad)


def test_mail_codes_and_text() -> None:
    assert parse_email(" Zhang.Wei@Example.COM ") == "Zhang.Wei@example.com"
    for bad in ("a@b", "a b@c.d", "@c.de", "a@@c.de", "x" * 300 + "@c.de"):
        with pytest.raises(BadValue):
            parse_email(bad)
    assert parse_code("17850.0") == "17850"
    assert parse_code("007") == "007"
    assert parse_text("'=1+1") == "=1+1"
    assert parse_text("'tis") == "'tis"


def test_a_value_as_its_kind_or_nothing() -> None:
    assert parse_value("--", "number") is None
    assert parse_value("NULL", "date") is None
    assert parse_value("1.234,5", "number", Style(decimal=",")) == Decimal("1234.5")
    assert parse_value("2/1/2026", "date", Style(order="dmy")) == date(2026, 1, 2)
    assert parse_value("是", "boolean") is True
    assert parse_value(" x ", "text") == "x"
    long = "z" * 500
    with pytest.raises(BadValue) as caught:
        parse_value(long, "integer")
    assert len(str(caught.value)) < 120
