"""Values of every kind that a column can hold, read from text or from typed cells."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Literal

from huike.kernel.exchange.dates import Order, parse_date, parse_datetime
from huike.kernel.exchange.messages import BadValue
from huike.kernel.exchange.numbers import DecimalSign, parse_integer, parse_number

Kind = Literal[
    "empty",
    "text",
    "code",
    "integer",
    "number",
    "percent",
    "date",
    "datetime",
    "boolean",
    "phone",
    "email",
]

TRUE = frozenset("是有对真√✓✔已") | {"y", "yes", "true", "t", "1", "on", "x"}
FALSE = frozenset("否无不错假×✗✘未") | {"没有", "不是", "n", "no", "false", "f", "0", "off"}
# stripped before comparing: what systems write where they have nothing
NOTHING = frozenset(
    ("", "-", "--", "/", "\\", "null", "none", "nan", "n/a", "#n/a", "nil", "无数据")
)
EMAIL = re.compile(r"[^\s@<>,;:\"()\[\]]{1,64}@[\w-]+(?:\.[\w-]+)+")
CN_MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9]\d{9})")
EXTENSION = re.compile(r"(?:转|分机|[xX]|ext\.?|#)\s*[:：]?\s*(\d{1,6})$", re.IGNORECASE)
WHOLE_FLOAT = re.compile(r"\d+\.0")
PROTECTED = re.compile(r"'+(?:\s*[=+\-@＝＋－＠]|[\t\r\n])")


@dataclass(frozen=True, slots=True)
class Phone:
    """`number` in E.164 (+8613800138000), the extension apart."""

    number: str
    extension: str = ""


@dataclass(frozen=True, slots=True)
class Style:
    """How one column writes its values, as its profile found out or its user corrected."""

    order: Order = "mdy"
    decimal: DecimalSign = "."
    region: str = "CN"


PLAIN = Style()


def parse_text(value: object) -> str:
    """Trimmed; the apostrophe that an export put before a formula sign is taken off again."""
    if isinstance(value, str):
        text = value.strip()
        if PROTECTED.match(text):
            return text[1:].strip()
        return text
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return "" if value is None else str(value)


def parse_code(value: object) -> str:
    """A number that is a name: 17850.0 is 17850; zeros in front stay."""
    text = parse_text(value)
    return text[:-2] if WHOLE_FLOAT.fullmatch(text) else text


def parse_boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    word = unicodedata.normalize("NFKC", parse_text(value)).casefold()
    if word in TRUE or word == "1.0":
        return True
    if word in FALSE or word == "0.0":
        return False
    raise BadValue("not_a_boolean", value)


def parse_email(value: object) -> str:
    text = unicodedata.normalize("NFKC", parse_text(value)).removeprefix("mailto:")
    if len(text) > 254 or not EMAIL.fullmatch(text):
        raise BadValue("not_an_email", value)
    local, _, domain = text.rpartition("@")
    return f"{local}@{domain.lower()}"


def parse_phone(value: object, region: str = "CN") -> Phone:
    text = parse_code(value)
    if len(text) > 60:
        raise BadValue("not_a_phone", value)
    return phone_of_text(text, region)


@lru_cache(maxsize=16384)
def phone_of_text(text: str, region: str) -> Phone:
    bare = unicodedata.normalize("NFKC", text)
    extension = ""
    if found := EXTENSION.search(bare):
        bare, extension = bare[: found.start()], found.group(1)
    digits = re.sub(r"[\s().-]", "", bare)
    if region == "CN" and (mobile := CN_MOBILE.fullmatch(digits)):
        return Phone("+86" + mobile.group(1), extension)
    return international(bare, extension, region, text)


def international(bare: str, extension: str, region: str, shown: str) -> Phone:
    import phonenumbers

    try:
        number = phonenumbers.parse(bare, region)
    except phonenumbers.NumberParseException:
        raise BadValue("not_a_phone", shown) from None
    if not phonenumbers.is_possible_number(number):
        raise BadValue("not_a_phone", shown)
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return Phone(written, extension or number.extension or "")


def is_nothing(value: object) -> bool:
    """Blank, or a word that stands for nothing (NULL, N/A, --)."""
    return value is None or (isinstance(value, str) and value.strip().casefold() in NOTHING)


def parse_value(value: object, kind: Kind, style: Style = PLAIN) -> object:
    """The value as its kind, None for nothing; raises `BadValue`."""
    if is_nothing(value):
        return None
    if kind in ("integer", "number", "percent"):
        read = parse_integer if kind == "integer" else parse_number
        return read(value, style.decimal)
    if kind == "date":
        return parse_date(value, style.order)
    if kind == "datetime":
        return parse_datetime(value, style.order)
    if kind == "phone":
        return parse_phone(value, style.region)
    return SIMPLE[kind](value)


SIMPLE = {
    "boolean": parse_boolean,
    "email": parse_email,
    "code": parse_code,
    "text": parse_text,
    "empty": parse_text,
}
