"""Days that come round: leap months, short months, 29 February, holidays; against the calendar."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from huike.kernel.days import lunar, recurring
from huike.kernel.days.holidays import holiday_on, is_announced
from huike.kernel.days.kind import Lunar
from huike.kernel.days.lunar import LunarDay

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("农历八月十五", "08-15"),
        ("闰六月初一", "06-01L"),
        ("腊月三十", "12-30"),
        ("冬月廿三", "11-23"),
        ("十二月二十", "12-20"),
        ("8-15", "08-15"),
        ("06-01L", "06-01L"),
    ],
)
def test_a_lunar_day_is_read_as_people_write_it_and_read_again(text: str, code: str) -> None:
    kind = Lunar()
    assert kind.parse(text) == code
    assert kind.parse(kind.text(code)) == kind.parse(kind.edit(code)) == code


@pytest.mark.parametrize("text", ["八月三十一", "13-01", "十五", "0-1", "八月"])
def test_what_is_no_lunar_day_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        Lunar().parse(text)


def test_known_days_of_the_calendar() -> None:
    # Mid-Autumn, New Year's Eve (a 30th, then a year whose twelfth month has 29 days), leap month
    assert lunar.in_year(LunarDay(8, 15), 2026) == date(2026, 9, 25)
    assert lunar.in_year(LunarDay(12, 30), 2023) == date(2024, 2, 9)
    assert lunar.in_year(LunarDay(12, 30), 2024) == date(2025, 1, 28)  # its 29th
    assert lunar.of(date(2025, 7, 25)) == LunarDay(6, 1, True)
    assert lunar.in_year(LunarDay(6, 1, True), 2025) == date(2025, 7, 25)
    assert lunar.in_year(LunarDay(6, 1, True), 2026) == lunar.in_year(LunarDay(6, 1), 2026)


def test_the_next_time_it_comes_round() -> None:
    assert recurring.next_lunar(LunarDay(8, 15), TODAY) == date(2027, 9, 15)
    assert recurring.next_lunar(LunarDay(12, 8), date(2027, 1, 1)) == date(2027, 1, 15)
    assert recurring.next_solar(date(2000, 2, 29), date(2026, 3, 1)) == date(2027, 2, 28)
    assert recurring.next_solar(date(2000, 2, 29), date(2028, 2, 29)) == date(2028, 2, 29)


def test_what_comes_in_a_span_is_what_comes_round_next() -> None:
    for first in (TODAY, date(2025, 7, 1), date(2028, 2, 1)):
        coming = recurring.coming(first, 60)
        end = first + timedelta(days=60)
        for month in range(1, 13):
            for day in range(1, 31):
                for leap in (False, True):
                    one = LunarDay(month, day, leap)
                    on = recurring.next_lunar(one, first)
                    assert coming.get(lunar.key(one)) == (on if on < end else None), one
    assert recurring.coming(date(2027, 2, 27), 5)["s02-29"] == date(2027, 2, 28)
    assert recurring.coming(date(2028, 2, 27), 5)["s02-29"] == date(2028, 2, 29)


def test_holidays_and_make_up_days() -> None:
    spring, work = holiday_on(date(2026, 2, 17)), holiday_on(date(2026, 2, 28))
    assert spring is not None
    assert (spring.name, spring.is_make_up) == ("春节", False)
    assert work is not None
    assert work.is_make_up
    assert holiday_on(date(2026, 11, 23)) is None
    assert is_announced(2026)
    assert not is_announced(2090)
