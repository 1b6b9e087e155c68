"""Numbers as Chinese and Western users write them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Literal

from huike.kernel.exchange.messages import BadValue

DecimalSign = Literal[".", ","]

PLAIN = re.compile(r"-?\d{1,30}(?:\.\d{1,30})?")
SCALES = {"千": 3, "万": 4, "萬": 4, "百万": 6, "千万": 7, "亿": 8, "億": 8, "万亿": 12}
BEFORE = re.compile(r"(?:[¥$€£₩₽₹]|CNY|RMB|USD|US\$|EUR|GBP|HK\$|HKD|JPY|NT\$)\s*", re.IGNORECASE)
AFTER = re.compile(
    r"\s*(?:[¥$€£₩₽₹元圆圓]|元整|块|人民币|美元|港元|欧元|CNY|RMB|USD|EUR|GBP|HKD|JPY)$",
    re.IGNORECASE,
)
SCALED = re.compile(r"\s*(百万|千万|万亿|[千万萬亿億])$")
CANONICAL = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d{1,2})?")
GROUPED = {
    ".": re.compile(r"\d{1,3}(?:([, ' ’\u00a0])\d{3})(?:\1\d{3})*(?:\.\d*)?"),
    ",": re.compile(r"\d{1,3}(?:([. ' ’\u00a0])\d{3})(?:\1\d{3})*(?:,\d*)?"),
}
COMMA_DECIMAL = re.compile(r"\d,(?:\d{1,2}|\d{4,})$|\d\.\d{3},\d|\d\.\d{3}\.\d{3}")
POINT_DECIMAL = re.compile(r"\d\.(?:\d{1,2}|\d{4,})$|\d,\d{3}\.\d|\d,\d{3},\d{3}")
MINUS = str.maketrans({"−": "-", "–": "-", "－": "-", "﹣": "-"})


def parse_number(value: object, decimal: DecimalSign = ".") -> Decimal:
    """A number from text or from a typed cell; raises `BadValue`."""
    if isinstance(value, str):
        return number_of_text(value, decimal)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise BadValue("not_a_number", value)
    number = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        raise BadValue("not_a_number", value)
    return number


def parse_integer(value: object, decimal: DecimalSign = ".") -> int:
    number = parse_number(value, decimal)
    if number != number.to_integral_value():
        raise BadValue("not_whole", value)
    return int(number)


@lru_cache(maxsize=65536)
def number_of_text(text: str, decimal: DecimalSign) -> Decimal:
    if decimal == "." and PLAIN.fullmatch(text) and text.isascii():
        return Decimal(text)
    if len(text) > 60:
        raise BadValue("not_a_number", text)
    return loose_number(text, decimal)


def loose_number(text: str, decimal: DecimalSign) -> Decimal:
    rest = unicodedata.normalize("NFKC", text).translate(MINUS).strip()
    rest, negative = without_sign(rest)
    rest = AFTER.sub("", BEFORE.sub("", rest, count=1))
    rest, again = without_sign(rest)
    if negative and again:
        raise BadValue("not_a_number", text)
    rest, power = without_scale(rest)
    number = canonical(rest.strip(), decimal, text)
    number = number.scaleb(power)
    return -number if negative or again else number


def without_sign(text: str) -> tuple[str, bool]:
    """(5.00), -5.00 and 5.00- all mean the same."""
    if len(text) > 2 and text[0] == "(" and text[-1] == ")":
        return text[1:-1].strip(), True
    if len(text) > 1 and text[-1] == "-":
        return text[:-1].strip(), True
    if text[:1] == "-":
        return text[1:].strip(), True
    return (text[1:].strip() if text[:1] == "+" else text), False


def without_scale(text: str) -> tuple[str, int]:
    if text.endswith("%"):
        return text[:-1], -2
    if text.endswith("‰"):
        return text[:-1], -3
    if found := SCALED.search(text):
        return text[: found.start()], SCALES[found.group(1)]
    return text, 0


def canonical(text: str, decimal: DecimalSign, shown: str) -> Decimal:
    if not text.isascii() and not text.replace("\u00a0", "").replace("’", "").isascii():
        raise BadValue("not_a_number", shown)
    if GROUPED[decimal].fullmatch(text):
        text = re.sub(r"[ '’\u00a0]", "", text).replace("," if decimal == "." else ".", "")
    if decimal == ",":
        if "." in text:
            raise BadValue("not_a_number", shown)
        text = text.replace(",", ".")
    if not CANONICAL.fullmatch(text):
        raise BadValue("not_a_number", shown)
    try:
        return Decimal(text)
    except InvalidOperation:
        raise BadValue("not_a_number", shown) from None


def guess_decimal(values: Iterable[str]) -> DecimalSign:
    """The decimal sign of a column by evidence; a point when there is none."""
    comma = point = 0
    for value in values:
        text = unicodedata.normalize("NFKC", value).strip(" ¥$€£%()元-")
        comma += bool(COMMA_DECIMAL.search(text))
        point += bool(POINT_DECIMAL.search(text))
    return "," if comma > point else "."


def looks_like_number(text: str) -> bool:
    for sign in (".", ","):
        try:
            number_of_text(text, sign)
        except BadValue:
            continue
        return True
    return False
