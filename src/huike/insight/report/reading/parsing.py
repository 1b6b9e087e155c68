"""SQL that reads text the way people write it: numbers, dates, names that mean nothing."""

from __future__ import annotations

from typing import Literal

from huike.insight.report.reading.source import DateOrder

# Full-width signs that Chinese input methods leave in numbers and dates.
_WIDE = "０１２３４５６７８９．，－＋（）％／："
_NARROW = "0123456789.,-+()%/:"
MARKS = r"(?i)([¥￥$€£元]|RMB|CNY|USD|EUR|GBP|HKD|JPY|TWD)"
_SAME_CURRENCY = {"¥": "CNY", "￥": "CNY", "元": "CNY", "RMB": "CNY", "$": "USD", "€": "EUR"}
_NOTHING = ("", "nan", "null", "none", "n/a", "#n/a", "nat", "-", "\\n", "无", "空")
_FORMATS: dict[DateOrder, tuple[str, ...]] = {
    "ymd": (),
    "mdy": ("%m/%d/%Y", "%m-%d-%Y", "%m.%d.%Y", "%m/%d/%y"),
    "dmy": ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y"),
}
_ALWAYS = ("%Y%m%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%d %b %Y", "%b %d, %Y", "%d-%b-%Y")
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")


def quoted(name: str) -> str:
    """A column name for SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text for SQL."""
    return "'" + text.replace("'", "''") + "'"


def name_of(column: str) -> str:
    """A customer, order or product: trimmed; what means nothing is NULL; 17850.0 is 17850."""
    trimmed = f"trim({column})"
    nothing = ", ".join(literal(word) for word in _NOTHING)
    odd = (
        f"strlen({column}) < 6 OR starts_with({column}, ' ') OR ends_with({column}, ' ')"
        f" OR ends_with({column}, '.0')"
    )
    # most names are long and clean: those pass by the tests of the others
    return (
        f"CASE WHEN NOT ({odd}) THEN {column}"
        f" WHEN strlen({column}) < 6 AND lower({trimmed}) IN ({nothing}) THEN NULL"
        f" WHEN ends_with({trimmed}, '.0') AND regexp_full_match({trimmed}, '[0-9]+\\.0')"
        f" THEN left({trimmed}, -2) ELSE {trimmed} END"
    )


def number_of(column: str, decimal: Literal[".", ","]) -> str:
    """A number: currency marks, thousands, full-width digits and (brackets) for minus are read."""
    narrow = f"translate(trim({column}), {literal(_WIDE)}, {literal(_NARROW)})"
    bare = f"regexp_replace(regexp_replace({narrow}, {literal(MARKS)}, '', 'g'), '\\s', '', 'g')"
    signed = f"regexp_replace({bare}, '^\\((.*)\\)$', '-\\1')"
    plain = (
        f"replace({signed}, ',', '')"
        if decimal == "."
        else f"replace(replace({signed}, '.', ''), ',', '.')"
    )
    slow = f"TRY_CAST({plain} AS DOUBLE)"
    if decimal == ",":
        return slow
    fast = f"TRY_CAST({column} AS DOUBLE)"
    return f"CASE WHEN {fast} IS NOT NULL THEN {fast} ELSE {slow} END"


def finite(value: str) -> str:
    """The value, or NULL where it is infinite or not a number."""
    return f"CASE WHEN isfinite({value}) THEN {value} END"


def date_of(column: str, order: DateOrder) -> str:
    """A day: ISO first, then the forms people write, then Excel's day numbers."""
    narrow = f"translate(trim({column}), {literal(_WIDE)}, {literal(_NARROW)})"
    # the order the file is written in comes first: most rows are read at the first try, and
    # 12/1/10 is not taken for the year 12
    days = (*_FORMATS[order], *_ALWAYS, *_FORMATS["dmy" if order == "mdy" else "mdy"])
    formats = ", ".join(literal(day + clock) for day in days for clock in _CLOCKS)
    serial = f"TRY_CAST({narrow} AS DOUBLE)"
    excel = (
        f"CASE WHEN {serial} BETWEEN 20000 AND 80000"
        f" THEN DATE '1899-12-30' + CAST(floor({serial}) AS INTEGER) END"
    )
    iso = f"TRY_CAST({column} AS TIMESTAMP)"
    parsed = f"COALESCE(CAST(try_strptime({narrow}, [{formats}]) AS DATE), {excel})"
    # CASE, not COALESCE: the long way is then taken only for the rows that need it.
    # the engine takes 1/2/25 for a day of the year 1: years of less than four digits are not ISO
    known = f"{iso} >= TIMESTAMP '1000-01-01'"
    return f"CASE WHEN {known} THEN CAST({iso} AS DATE) ELSE {parsed} END"


def in_century(day: str) -> str:
    """The day, where its year was written with two digits: 25 is 2025, and 99 is 1999."""
    years = f"CASE WHEN year({day}) < 70 THEN 2000 ELSE 1900 END"
    return (
        f"CASE WHEN year({day}) < 100 THEN CAST({day} + to_years({years}) AS DATE) ELSE {day} END"
    )


def currency_of(column: str) -> str:
    """The currency that a text names, as a three-letter code where it is known."""
    found = f"upper(regexp_extract({column}, {literal(MARKS)}, 1))"
    cases = " ".join(f"WHEN {literal(k)} THEN {literal(v)}" for k, v in _SAME_CURRENCY.items())
    named = f"NULLIF(CASE {found} {cases} ELSE {found} END, '')"
    return f"CASE WHEN TRY_CAST({column} AS DOUBLE) IS NULL THEN {named} END"
