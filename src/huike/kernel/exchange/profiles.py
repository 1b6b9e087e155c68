"""What a column seems to hold, guessed from a sample of its values."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from huike.kernel.exchange.dates import (
    OrderEvidence,
    guess_order,
    moment_of_text,
    parse_moment,
)
from huike.kernel.exchange.messages import BadValue
from huike.kernel.exchange.numbers import guess_decimal, parse_number
from huike.kernel.exchange.values import (
    Kind,
    Style,
    is_nothing,
    parse_boolean,
    parse_code,
    parse_email,
    parse_phone,
    parse_text,
)

ENOUGH = 0.9
SHOWN = 5
WRITTEN_AS_CODE = re.compile(r"0\d+$|\d{12,}$")
LETTERS_TOO = re.compile(r"(?=.*\d)(?=.*[A-Za-z])(?!\d+(?:\.\d*)?[eE][+-]?\d+$)[A-Za-z\d_-]+")
LIKE_PHONE = re.compile(r"[+(（]?\d[\d\s()（）.+-]{5,20}(?:\s*(?:转|分机|x|ext\.?)\s*\d+)?$")
MOBILE = re.compile(r"(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}$")


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """`share` of the filled values fit `kind`; without `certain_order` a person should say."""

    name: str
    kind: Kind
    share: float
    samples: tuple[str, ...]
    distinct: int
    filled: int
    empty_share: float
    longest: int
    style: Style
    certain_order: bool = True

    @property
    def unique(self) -> bool:
        return self.filled > 1 and self.distinct == self.filled


def profile_columns(
    columns: Sequence[str], rows: Sequence[Sequence[object]], region: str = "CN"
) -> list[ColumnProfile]:
    return [
        profile_column(name, [row[at] for row in rows if len(row) > at], region)
        for at, name in enumerate(columns)
    ]


def profile_column(name: str, values: Sequence[object], region: str = "CN") -> ColumnProfile:
    filled = [value for value in values if not is_nothing(value)]
    texts = [parse_text(value) for value in filled]
    distinct = dict.fromkeys(texts)
    evidence = guess_order(texts)
    style = Style(
        "mdy" if evidence.order == "ymd" else evidence.order, guess_decimal(texts), region
    )
    kind, share = guess_kind(filled, texts, style)
    return ColumnProfile(
        name=name,
        kind=kind,
        share=share,
        samples=tuple(list(distinct)[:SHOWN]),
        distinct=len(distinct),
        filled=len(filled),
        empty_share=1 - len(filled) / len(values) if values else 1.0,
        longest=max(map(len, texts), default=0),
        style=style,
        certain_order=certain(kind, evidence),
    )


def certain(kind: Kind, evidence: OrderEvidence) -> bool:
    return evidence.certain or kind not in ("date", "datetime")


def guess_kind(values: Sequence[object], texts: Sequence[str], style: Style) -> tuple[Kind, float]:
    """The narrowest kind that nearly every value fits; text fits always."""
    if not values:
        return "empty", 1.0
    checks: tuple[tuple[Kind, Callable[[object], object]], ...] = (
        ("email", parse_email),
        ("phone", partial(probably_phone, region=style.region)),
        ("date", partial(probably_moment, order=style.order)),
        ("boolean", probably_boolean),
        ("number", partial(parse_number, decimal=style.decimal)),
    )
    for kind, read in checks:
        share = share_read(values, read)
        # a third word among yes and no would be lost
        if share >= (1.0 if kind == "boolean" else ENOUGH):
            return refined(kind, values, texts, style), share
    return "text", 1.0


def share_read(values: Sequence[object], read: Callable[[object], object]) -> float:
    """Gives up early: a column of names needs no thousand attempts at dates."""
    allowed = int(len(values) * (1 - ENOUGH))
    failed = 0
    for value in values:
        try:
            read(value)
        except BadValue:
            failed += 1
            if failed > allowed:
                return 0.0
    return 1 - failed / len(values)


def refined(kind: Kind, values: Sequence[object], texts: Sequence[str], style: Style) -> Kind:
    if kind == "date":
        return "datetime" if any(has_clock(value, style) for value in values) else "date"
    if kind != "number":
        return kind
    if sum(text.endswith(("%", "％")) for text in texts) * 2 > len(texts):
        return "percent"
    if any(WRITTEN_AS_CODE.match(text) or LETTERS_TOO.fullmatch(text) for text in texts):
        return "code"
    return "integer" if all(is_whole(value, style) for value in values) else "number"


def has_clock(value: object, style: Style) -> bool:
    try:
        moment = parse_moment(value, style.order, serial=False)
    except BadValue:
        return False
    return isinstance(moment, datetime) and (moment.hour, moment.minute, moment.second) != (0, 0, 0)


def is_whole(value: object, style: Style) -> bool:
    try:
        number = parse_number(value, style.decimal)
    except BadValue:
        return True
    return number == number.to_integral_value()  # "% 1" fails beyond 28 digits


def probably_moment(value: object, order: str) -> date:
    """Serial numbers don't count: a column of them looks like any other number."""
    if isinstance(value, date):
        return value
    text = parse_text(value)
    found = moment_of_text(text, "dmy" if order == "dmy" else "mdy", False)
    if text.isdigit() and not 1900 <= found.year <= 2100:
        raise BadValue("not_a_date", value)
    return found


def probably_boolean(value: object) -> bool:
    if not isinstance(value, bool) and parse_text(value) in ("0", "1", "0.0", "1.0"):
        raise BadValue("not_a_boolean", value)  # rather a count
    return parse_boolean(value)


def probably_phone(value: object, region: str) -> object:
    """Digits alone are a phone only as a Chinese mobile; others need a sign that phones have."""
    text = parse_code(value)
    if MOBILE.match(text) or (
        LIKE_PHONE.match(text) and re.search(r"^\+|^0\d{2,3}[-) ]|[()（）]|转|\d-\d{4}", text)
    ):
        try:
            moment_of_text(text, "mdy", False)
        except BadValue:
            return parse_phone(value, region)
    raise BadValue("not_a_phone", value)
