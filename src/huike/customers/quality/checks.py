"""The checks that a quality rule can make of one value: pure functions, known by name."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import phonenumbers
from django.utils import timezone

OLDEST = 110  # years; an older customer is a typing error
PROVINCES = frozenset(
    {
        "北京", "天津", "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江", "上海", "江苏", "浙江",
        "安徽", "福建", "江西", "山东", "河南", "湖北", "湖南", "广东", "广西", "海南", "重庆",
        "四川", "贵州", "云南", "西藏", "陕西", "甘肃", "青海", "宁夏", "新疆", "香港", "澳门",
        "台湾",
    }
)  # fmt: skip
TAIL = re.compile(r"(省|市|壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区)$")
# what people type when a form insists
STAND_INS = frozenset(
    {
        "无", "没有", "不详", "未知", "暂无", "待补", "待定", "测试", "test", "none", "null", "n/a",
        "na", "-", "--", ".", "0", "1", "x", "xx", "xxx", "aaa", "123", "123456", "？", "?",
    }
)  # fmt: skip
Check = Callable[[Any, str], bool]


def filled(value: Any, pattern: str = "") -> bool:
    """Tell whether a value says something: a word that only stands in for one does not."""
    return value not in (None, "", [], {}) and not is_stand_in(value)


def is_stand_in(value: Any) -> bool:
    """Tell whether a text only stands in for a value, such as 无 or 123456."""
    return isinstance(value, str) and value.strip().casefold() in STAND_INS


def fits(value: Any, pattern: str) -> bool:
    """Tell whether the whole text fits a pattern; an empty text or pattern asks nothing."""
    return (
        value in (None, "") or not pattern or _compiled(pattern).fullmatch(str(value)) is not None
    )


@lru_cache(maxsize=200)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def phone(value: Any, pattern: str = "") -> bool:
    """Tell whether a telephone number can be dialled; without a country it is read as Chinese."""
    if value in (None, ""):
        return True
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(str(value), "CN"))
    except phonenumbers.NumberParseException:
        return False


def province(value: Any, pattern: str = "") -> bool:
    """Tell whether a province is one of the 34 of China, with or without 省, 市, 自治区."""
    return value in (None, "") or TAIL.sub("", str(value).strip()) in PROVINCES


def birthday(value: Any, pattern: str = "") -> bool:
    """Tell whether a date of birth is plausible: not to come, and at most 110 years ago."""
    day = _day(value)
    today = timezone.localdate()
    return day is None or (day <= today and today.year - day.year <= OLDEST)


def not_future(value: Any, pattern: str = "") -> bool:
    """Tell whether a date does not lie in the future."""
    day = _day(value)
    return day is None or day <= timezone.localdate()


def never(value: Any, pattern: str = "") -> bool:
    """Break always: the files that the rule's condition chooses are wrong as such."""
    return False


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)[:10]) if value else None
    except ValueError:
        return None


CHECKS: dict[str, Check] = {
    "filled": filled,
    "pattern": fits,
    "phone": phone,
    "province": province,
    "birthday": birthday,
    "not_future": not_future,
    "never": never,
}
