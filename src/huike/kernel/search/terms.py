"""What a value is found by: the terms of the index, each tagged with the field it comes from.

A term is the field's tag, a mark and a text. Marks: none for a gram (one or two Chinese characters,
three letters or digits), "^" for the beginning of the value and "<" for a later beginning of a word
or syllable, "=" for the whole value, "#" for its letter in an A to Z index.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from zlib import crc32

from huike.kernel.search.spelling import NAME, spellings

GRAMS = 2000  # characters of a value that are searched
SPELLED = 40  # characters of a run that are found by pinyin too
EDGE = 4  # beginnings of up to so many letters are terms of their own (see `_spelled`)
TERM = 20  # longest beginning
INITIALS = 8
WHOLE = 40

_WORD = re.compile(r"[^\W_]+")
_PART = re.compile(r"[\u2e80-\U0003ffff]+|[^\u2e80-\U0003ffff]+")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@cache
def tag(record: str, field: str) -> str:
    """Return the four letters that mark the terms of one field of one kind of record."""
    number, letters = crc32(f"{record}.{field}".encode()), ""
    for _ in range(4):
        number, rest = divmod(number, 36)
        letters += _DIGITS[rest]
    return letters


@cache
def kind(record: str) -> int:
    """Return the number below 2**20 that stands for one kind of record in the index."""
    return crc32(record.encode()) & 0xFFFFF


def normalise(text: str) -> str:
    """Return `text` in small letters without accents and without full-width forms."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text)
    bare = "".join(c for c in apart if not unicodedata.combining(c))
    return unicodedata.normalize("NFKC", bare).lower()


def is_wide(text: str) -> bool:
    """Tell whether a run is of Chinese (or other East Asian) characters."""
    return text[0] >= "\u2e80"


def runs(text: str) -> list[tuple[str, list[int]]]:
    """Split normalised text into runs of one script with the places where words begin in them.

    Punctuation and spaces are dropped: "138-1234 5678" is the run "13812345678" with the words
    beginning at 0, 3 and 7, and "粤B·12345" the runs "粤" and "b12345".
    """
    if text.isascii() and text.isalnum():
        return [(text, [0])]
    found: list[tuple[str, list[int]]] = []
    for word in _WORD.findall(text):
        for part in _PART.findall(word):
            if found and is_wide(found[-1][0]) == is_wide(part):
                run, starts = found[-1]
                found[-1] = (run + part, [*starts, len(run)])
            else:
                found.append((part, [0]))
    return found


def terms_of(record: str, field: str, text: str) -> list[str]:
    """Return the terms of one value; those that form phrases come in their order."""
    mark = tag(record, field)
    split = runs(normalise(text[:GRAMS]))
    if not split:
        return []
    grams: list[str] = []
    for run, _ in split:
        grams += grams_of(run)
    others = dict.fromkeys(_others(split))
    return [mark + term for term in grams] + [mark + term for term in others]


def grams_of(run: str) -> list[str]:
    """Return the grams of one run: characters, then pairs of them; or triples of letters."""
    if is_wide(run):
        return [*run, *(run[i : i + 2] for i in range(len(run) - 1))]
    return [run[i : i + 3] for i in range(len(run) - 2)]


def _others(split: list[tuple[str, list[int]]]) -> list[str]:
    found = ["=" + "".join(run for run, _ in split)[:WHOLE]]
    for number, (run, starts) in enumerate(split):
        if is_wide(run):
            found += _wide(run, first=number == 0, alone=len(split) == 1)
            continue
        if number == 0:
            found.append("#" + (run[0] if "a" <= run[0] <= "z" else "#"))
        for start in starts[:SPELLED]:
            word = ("<" if number or start else "^") + run[start : start + TERM]
            found += word[:2], word[:3], word
    return found


def _wide(run: str, *, first: bool, alone: bool) -> list[str]:
    read = spellings(run[:SPELLED])
    found: list[str] = []
    if first:
        initial = read[0][0][0]
        found = ["^" + run[:1], "^" + run[:2], "#" + (initial if initial.isascii() else "#")]
    for syllables in read:
        found += _spelled(tuple(syllables), first)
        if alone:
            found.append("=" + "".join(syllables)[:WHOLE])
            found.append("=" + "".join([s[0] for s in syllables])[:WHOLE])
    return found


@lru_cache(maxsize=20_000)
def _spelled(syllables: tuple[str, ...], first: bool) -> list[str]:
    initials = "".join([s[0] for s in syllables])
    words = []
    for i in range(len(syllables)):
        words.append("".join(syllables[i : i + 8])[:TERM])
        words.append(initials[i : i + INITIALS])
    found: list[str] = []
    for place, word in enumerate(words):
        word = ("^" if first and place < 2 else "<") + word
        found += word[:2], word[:3], word[:4], word[:5], word
    if 1 < len(syllables) <= NAME:  # "wangwg" and "wweiguo" for 王伟国
        mark = "^" if first else "<"
        for word in (syllables[0] + initials[1:], initials[0] + "".join(syllables[1:])):
            found += mark + word[:3], mark + word[:4], mark + word[:TERM]
    return list(dict.fromkeys(found))
