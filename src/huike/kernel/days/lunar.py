"""The Chinese lunar calendar: a day of its year, read, written and found in the solar calendar."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from borax.calendars.lunardate import LCalendars, LunarDate, TextUtils

FIRST, LAST = 1900, 2099  # lunar years that the calendar knows whole
_CODE = re.compile(r"(\d{1,2})[-/.月](\d{1,2})日?(L?)")
_WORDS = re.compile(
    r"(闰?)(正|一|二|三|四|五|六|七|八|九|十一|十二|十|冬|腊)月([初十廿卅二三一四五六七八九]{2,3})日?"
)
_MONTHS = {"一": 1, "十一": 11, "十二": 12}
_MONTHS |= {TextUtils.month_cn(n): n for n in range(1, 13)}
_DAYS = {TextUtils.day_cn(n): n for n in range(1, 31)}
_DAYS |= {"廿十": 20, "二十": 20, "三十": 30, "卅十": 30}
_DAYS |= {f"二十{TextUtils.DAYS_CN[n]}": 20 + n for n in range(1, 10)}


@dataclass(frozen=True, order=True)
class LunarDay:
    """A day of the lunar year, such as 八月十五; `is_leap` is of the month that comes twice."""

    month: int
    day: int
    is_leap: bool = False

    def __post_init__(self) -> None:
        if not (1 <= self.month <= 12 and 1 <= self.day <= 30):
            raise ValueError(f"no lunar day {self.month}-{self.day}")

    @property
    def code(self) -> str:
        """Return the text that files and the API hold: "08-15", in a leap month "06-01L"."""
        return f"{self.month:02d}-{self.day:02d}{'L' if self.is_leap else ''}"

    @property
    def words(self) -> str:
        """Return what people say: 八月十五, 闰六月初一."""
        leap = "闰" if self.is_leap else ""
        return f"{leap}{TextUtils.month_cn(self.month)}月{TextUtils.day_cn(self.day)}"


def read(text: str) -> LunarDay:
    """Return the lunar day that a text names: 农历八月十五, 闰六月初一, 8-15 or 06-01L.

    Raises:
        ValueError: the text names none.
    """
    plain = text.partition("(")[0].replace(" ", "").removeprefix("农历").removeprefix("阴历")
    if found := _CODE.fullmatch(plain.removeprefix("闰")):
        leap = bool(found[3]) or plain.startswith("闰")
        return LunarDay(int(found[1]), int(found[2]), leap)
    if (found := _WORDS.fullmatch(plain)) and found[3] in _DAYS:
        return LunarDay(_MONTHS[found[2]], _DAYS[found[3]], bool(found[1]))
    raise ValueError(text)


def of(day: date) -> LunarDay:
    """Return the lunar day that a solar day is.

    Raises:
        ValueError: the day lies outside of the lunar years 1900 to 2100.
    """
    found = LunarDate.from_solar_date(day.year, day.month, day.day)
    return LunarDay(found.month, found.day, bool(found.leap))


def in_year(day: LunarDay, year: int) -> date:
    """Return the solar day on which a lunar day is kept in a lunar year.

    A day of a leap month is kept in that leap month where the year has it, else in the month of
    the same number; the 30th of a month that has 29 days is kept on its 29th.

    Raises:
        ValueError: the year is not known to the calendar.
    """
    if not FIRST <= year <= LAST:
        raise ValueError(f"no lunar year {year}")
    leap = int(day.is_leap and LCalendars.leap_month(year) == day.month)
    last = LCalendars.ndays(year, day.month, leap)
    found: date = LunarDate(year, day.month, min(day.day, last), leap).to_solar_date()
    return found


def kept_on(on: date) -> list[LunarDay]:
    """Return the lunar days that are kept on a solar day: its own, and those moved to it.

    Raises:
        ValueError: the day lies outside of the lunar years 1900 to 2100.
    """
    here = LunarDate.from_solar_date(on.year, on.month, on.day)
    is_last = here.day == LCalendars.ndays(here.year, here.month, here.leap)
    days = range(here.day, 31) if is_last else (here.day,)
    leaps = [bool(here.leap)]
    if not here.leap and LCalendars.leap_month(here.year) != here.month:
        leaps.append(True)
    return [LunarDay(here.month, day, leap) for leap in leaps for day in days]


def key(day: LunarDay) -> str:
    """Return what the store of anniversaries knows a lunar day by."""
    return f"l{day.code}"
