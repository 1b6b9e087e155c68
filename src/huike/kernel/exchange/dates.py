"""Dates and times as Chinese and Western users write them, and as Excel counts them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal

from huike.kernel.exchange.messages import BadValue

Order = Literal["ymd", "dmy", "mdy"]
Moment = date | datetime

FIRST_YEAR, LAST_YEAR = 1800, 2200
ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)?)?")
CLOCK = (
    r"(?:\s*T\s*|\s+|(?<=日)\s*|\s*(?=[上下中凌早晚]))"
    r"(?P<early>上午|下午|中午|凌晨|早上|晚上)?\s*(?P<hour>\d{1,2})(?:[:时点](?P<minute>\d{1,2}))?分?"
    r"(?::?(?P<second>\d{1,2})(?:[.,]\d{1,9})?秒?)?\s*(?P<half>[AaPp]\.?[Mm]\.?)?"
)
YEAR_FIRST = re.compile(
    r"(?P<y>\d{4})\s*(?:[-/.]\s*(?P<m>\d{1,2})\s*[-/.]\s*(?P<d>\d{1,2})"
    rf"|年\s*(?P<cm>\d{{1,2}})\s*月\s*(?P<cd>\d{{1,2}})\s*[日号]?)(?:{CLOCK})?"
)
YEAR_LAST = re.compile(
    rf"(?P<a>\d{{1,2}})\s*(?P<mark>[-/.])\s*(?P<b>\d{{1,2}})\s*(?P=mark)\s*(?P<y>\d{{4}}|\d\d)(?:{CLOCK})?"
)
COMPACT = re.compile(
    r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)"
    r"(?:[ T]?(?P<hour>\d\d):?(?P<minute>\d\d)(?::?(?P<second>\d\d))?)?"
)
NAMED_MONTH = re.compile(
    r"(?:[A-Za-z]{3,9}\.?,\s*)?(?:(?P<d>\d{1,2})(?:st|nd|rd|th)?[ .-]+(?P<name>[A-Za-z]{3,9})\.?"
    r"|(?P<name2>[A-Za-z]{3,9})\.?\s+(?P<d2>\d{1,2})(?:st|nd|rd|th)?),?[ -]+(?P<y>\d{4}|\d\d)"
    rf"(?:,?{CLOCK})?"
)
SERIAL = re.compile(r"\d{1,6}(?:\.\d{1,12})?")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
EXCEL_EPOCH = datetime(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class OrderEvidence:
    """`certain` is false when no value tells day from month; a screen should ask then."""

    order: Order
    certain: bool


def parse_moment(value: object, order: Order = "mdy", *, serial: bool = True) -> Moment:
    """A date, or a datetime where a time of day is given; raises `BadValue`."""
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        return moment_of_text(value, order, serial)
    if serial and isinstance(value, int | float) and not isinstance(value, bool):
        return moment_of_serial(float(value), value)
    raise BadValue("not_a_date", value)


def parse_date(value: object, order: Order = "mdy") -> date:
    moment = parse_moment(value, order)
    return moment.date() if isinstance(moment, datetime) else moment


def parse_datetime(value: object, order: Order = "mdy") -> datetime:
    moment = parse_moment(value, order)
    return moment if isinstance(moment, datetime) else datetime.combine(moment, time())


@lru_cache(maxsize=65536)
def moment_of_text(text: str, order: Order, serial: bool) -> Moment:
    if ISO.fullmatch(text) and text.isascii():
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            raise BadValue("not_a_date", text) from None
        if not FIRST_YEAR <= found.year <= LAST_YEAR:
            raise BadValue("not_a_date", text)
        return found.date() if len(text) == 10 else found
    if len(text) > 60:
        raise BadValue("not_a_date", text)
    try:
        return loose_moment(unicodedata.normalize("NFKC", text).strip(), order, serial)
    except (ValueError, OverflowError):
        raise BadValue("not_a_date", text) from None


def loose_moment(text: str, order: Order, serial: bool) -> Moment:
    text = text.strip("'\"")
    if ISO.fullmatch(text) and text.isascii():
        found = datetime.fromisoformat(text)
        return built((found.year, found.month, found.day), None, found if len(text) > 10 else None)
    if match := YEAR_FIRST.fullmatch(text):
        parts = match.groupdict()
        return built((parts["y"], parts["m"] or parts["cm"], parts["d"] or parts["cd"]), match)
    if match := COMPACT.fullmatch(text):
        return built((match["y"], match["m"], match["d"]), match)
    if match := YEAR_LAST.fullmatch(text):
        day, month = (match["b"], match["a"]) if order == "mdy" else (match["a"], match["b"])
        return built((full_year(match["y"]), month, day), match)
    if match := NAMED_MONTH.fullmatch(text):
        name = (match["name"] or match["name2"])[:3].lower()
        month = MONTHS.index(name) + 1
        return built((full_year(match["y"]), month, match["d"] or match["d2"]), match)
    if serial and SERIAL.fullmatch(text):
        return moment_of_serial(float(text), text)
    raise ValueError(text)


def full_year(text: str) -> int:
    year = int(text)
    return year if len(text) == 4 else year + (2000 if year < 70 else 1900)


def built(
    ymd: tuple[str | int, str | int, str | int],
    match: re.Match[str] | None,
    whole: datetime | None = None,
) -> Moment:
    day = date(*(int(part) for part in ymd))
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(day)
    if whole is not None or match is None:
        return whole or day
    clock = match.groupdict()
    if clock["hour"] is None:
        return day
    hour = hour_of(int(clock["hour"]), clock.get("early"), clock.get("half"))
    return datetime.combine(day, time(hour, int(clock["minute"] or 0), int(clock["second"] or 0)))


def hour_of(hour: int, early: str | None, half: str | None) -> int:
    """下午3点 is 15, 12 AM is 0, 下午15:00 stays 15."""
    late = early in ("下午", "晚上") or (half or "").lower().startswith("p")
    morning = early in ("上午", "凌晨", "早上") or (half or "").lower().startswith("a")
    if late and hour < 12:
        return hour + 12
    return 0 if morning and hour == 12 else hour


def moment_of_serial(number: float, shown: object) -> Moment:
    """Excel's days since 1900, with its 29 February 1900 that never was."""
    if not 1 <= number < 110_000:
        raise BadValue("not_a_date", shown)
    start = EXCEL_EPOCH if number >= 60 else EXCEL_EPOCH + timedelta(days=1)
    found = start + timedelta(seconds=round(number * 86400))
    return found.date() if float(number).is_integer() else found


def guess_order(values: Iterable[str]) -> OrderEvidence:
    """Day or month first in a column: a part over 12 is a day; a point as mark means day first."""
    first = second = unclear = points = 0
    for value in values:
        match = YEAR_LAST.fullmatch(unicodedata.normalize("NFKC", value).strip())
        if match is None:
            continue
        first += int(match["a"]) > 12
        second += int(match["b"]) > 12
        unclear += 1
        points += match["mark"] == "."
    if first or second:
        return OrderEvidence("dmy" if first >= second else "mdy", certain=not (first and second))
    if not unclear:
        return OrderEvidence("ymd", certain=True)
    return OrderEvidence("dmy" if points * 2 > unclear else "mdy", certain=points == unclear)


def looks_like_moment(text: str) -> bool:
    for order in ("mdy", "dmy"):
        try:
            moment_of_text(text, order, False)
        except BadValue:
            continue
        return True
    return False
