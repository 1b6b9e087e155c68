"""Spells Chinese text in pinyin, with the readings that characters have as surnames."""

from __future__ import annotations

import re
from functools import cache, lru_cache

NAME = 4  # the longest run of characters that may be a person's name
LONGEST_PHRASE = 5

# pypinyin knows no surnames (its issues 120 and 297 are open), so these are the characters that
# read otherwise as a surname than alone. Compound surnames are in its phrases.
_SURNAMES = """
    单 shan 曾 zeng 仇 qiu 解 xie 区 ou 查 zha 盖 ge 朴 piao 覃 qin 翟 zhai 缪 miao 种 chong 乐 yue
    重 chong 秘 bi 繁 po 折 she 佴 nai 粘 nian 藏 zang 薄 bo 召 shao 黑 he 员 yun 贠 yun 隗 wei
    洗 xian 阚 kan 句 gou 乜 nie 祭 zhai 都 du 卜 bu 适 kuo 会 gui 角 jue 能 nai 炅 gui
"""
_NOT_A_SURNAME = frozenset(["单于", "重庆", "乐山", "会稽", "解放"])
_AS_SURNAME = dict(re.findall(r"(\w) (\w+)", _SURNAMES))


def spell(run: str) -> list[str]:
    """Return the syllables of a run of Chinese characters: "重庆" gives ["chong", "qing"].

    The longest phrase that pypinyin's dictionary knows wins at each place, as in its own
    segmentation; going to the dictionary directly is six times as fast as `lazy_pinyin`.
    """
    syllables: list[str] = []
    at = 0
    while at < len(run):
        found = _phrase(run, at)
        syllables += found
        at += len(found)
    return syllables


def spellings(run: str) -> list[list[str]]:
    """Return every spelling that `run` should be found by, the right one for a name first."""
    plain = spell(run)
    surname = _AS_SURNAME.get(run[0])
    if surname is None or len(run) > NAME or surname == plain[0] or run[:2] in _NOT_A_SURNAME:
        return [plain]
    return [[surname, *plain[1:]], plain]


def letter(name: str) -> str:
    """Return the letter under which a name stands in an index, A to Z, or "#"."""
    first = name.strip()[:1]
    if first.isascii():
        return first.upper() if first.isalpha() else "#"
    initial = spellings(name.strip()[:NAME])[0][0][:1].upper()
    return initial if initial.isascii() and initial.isalpha() else "#"


@lru_cache(maxsize=200_000)
def _syllables(text: str) -> tuple[str, ...]:
    from pypinyin import lazy_pinyin

    return tuple(lazy_pinyin(text, errors=list))  # type: ignore[arg-type] # a character without a reading stands for itself


@cache
def _phrases() -> dict[str, object]:
    """Return pypinyin's phrases; loaded when first needed, which takes half a second."""
    from pypinyin.constants import PHRASES_DICT

    return dict(PHRASES_DICT)


@cache
def _beginnings() -> frozenset[str]:
    return frozenset(phrase[:2] for phrase in _phrases())


def _phrase(run: str, at: int) -> tuple[str, ...]:
    if run[at : at + 2] in _beginnings():
        for length in range(min(LONGEST_PHRASE, len(run) - at), 1, -1):
            if run[at : at + length] in _phrases():
                return _syllables(run[at : at + length])
    return _syllables(run[at])
