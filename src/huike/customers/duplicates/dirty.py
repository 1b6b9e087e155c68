"""Makes dirty copies of parties, the way people really write the same customer twice; seeded.

The demo firm, the measurements and the tests of duplicates all use it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from huike.customers.duplicates.matching.chinese import FORMS, PLACES

Values = dict[str, Any]
Dirt = Callable[[Random, Values], None]

SAME_SOUND = re.findall(
    r"\w+",
    "伟炜玮 芳方 静婧靖 丽莉俐 强蔷 杰洁 涛韬 明鸣铭 超朝 霞侠 平萍苹 英瑛 华桦 玉钰 红虹宏 志智 "
    "建健 文雯 辉晖慧惠 力立 鑫新欣 浩昊 轩宣 雨羽宇 涵晗 思斯 琪淇 燕艳雁 梅玫 飞菲 俊峻 颖莹 "
    "林琳 东冬 云芸 勇咏 磊蕾 军君 洋阳",
)
SAME_SHAPE = re.findall(
    r"\w+",
    "未末 珍诊 萍苹 陈阵 玮伟 晓哓 辉挥 慧惠 洁浩 静靖 明朋 丽两 娟捐 敏每 婷停 俊唆 颖颍 峰蜂 "
    "琪棋 涵函 刚钢 强弘 洋样",
)
TITLES = ("先生", "女士")


def dirty(rng: Random, values: Values, most: int = 3) -> Values:
    """Return a copy of a party's values with one to `most` of the usual differences."""
    copy = dict(values)
    ways = FIRM_DIRT if copy.get("kind") == "organisation" else PERSON_DIRT
    for way in rng.sample(ways, rng.randint(1, most)):
        way(rng, copy)
    return copy


def other_sound(rng: Random, values: Values) -> None:
    """Write a character of the given name as another that sounds alike (同音)."""
    _replace(rng, values, SAME_SOUND)


def other_shape(rng: Random, values: Values) -> None:
    """Write a character of the given name as another that looks alike (形近)."""
    _replace(rng, values, SAME_SHAPE)


def one_missing(rng: Random, values: Values) -> None:
    """Leave out one character of a given name of two (少字)."""
    if len(name := values["name"]) >= 3:
        at = rng.randrange(1, len(name))
        values["name"] = name[:at] + name[at + 1 :]


def with_title(rng: Random, values: Values) -> None:
    """Write a title behind the name."""
    values["name"] += rng.choice(TITLES)


def phone_typo(rng: Random, values: Values) -> None:
    """Change one digit of the phone, or swap two."""
    if phone := values.get("phone"):
        at = rng.randrange(max(len(phone) - 7, 0), len(phone) - 1)
        swapped = phone[:at] + phone[at + 1] + phone[at] + phone[at + 2 :]
        other = phone[:at] + str((int(phone[at]) + 1) % 10) + phone[at + 1 :]
        values["phone"] = rng.choice((swapped, other))


def lost(*names: str) -> Dirt:
    """Return a way of leaving fields empty."""

    def lose(rng: Random, values: Values) -> None:
        values[rng.choice(names)] = None if "birthday" in names else ""

    return lose


def other_day(rng: Random, values: Values) -> None:
    """Change the birthday by a slip: another day of the month, or day and month swapped."""
    born = values.get("birthday")
    if isinstance(born, date):
        values["birthday"] = born + timedelta(days=rng.choice((-10, -1, 1, 10)))


def other_address(rng: Random, values: Values) -> None:
    """Write the address with its town, with a room, or with another number."""
    if address := values.get("address"):
        longer = f"{values.get('city') or ''}{values.get('district') or ''}{address}"
        values["address"] = rng.choice(
            (longer, f"{address}{rng.randrange(2, 30)}0{rng.randrange(1, 9)}室")
        )


def formless(rng: Random, values: Values) -> None:
    """Leave out the company's legal form."""
    values["name"] = FORMS.sub("", values["name"]) or values["name"]


def other_form(rng: Random, values: Values) -> None:
    """Write another legal form."""
    if values["name"].endswith("有限公司"):
        values["name"] = values["name"].removesuffix("有限公司") + rng.choice(
            ("有限责任公司", "公司")
        )


def other_place(rng: Random, values: Values) -> None:
    """Leave out the place, or write it as 广州市."""
    if found := PLACES.match(values["name"]):
        rest = values["name"][found.end() :]
        values["name"] = rng.choice((rest, f"{found.group(1)}市{rest}"))


PERSON_DIRT: Sequence[Dirt] = (
    other_sound, other_shape, one_missing, with_title, phone_typo, other_day, other_address,
    lost("email", "wechat"), lost("address", "district"),
)  # fmt: skip
FIRM_DIRT: Sequence[Dirt] = (formless, other_form, other_place, other_address, lost("email"))


def _replace(rng: Random, values: Values, groups: Sequence[str]) -> None:
    name = values["name"]
    places = [
        (at, group.replace(sign, ""))
        for at, sign in enumerate(name)
        if at
        for group in groups
        if sign in group and len(group) > 1
    ]
    if places:
        at, others = rng.choice(places)
        values["name"] = name[:at] + rng.choice(others) + name[at + 1 :]
