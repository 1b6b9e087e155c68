"""What a word may have been meant to be: one wrong, missing, doubled or swapped letter."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, lru_cache

from huike.kernel.search.query import Option, begins
from huike.kernel.search.spelling import spell, spellings
from huike.kernel.search.terms import SPELLED, grams_of, is_wide, runs

SHORTEST = 4  # of letters; below that a typo is another word
SHORTEST_HALVES = 6
LONGEST = 16
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def likely(word: str) -> tuple[Option, ...]:
    """Return options that hold for words one slip away from `word` (and for some others)."""
    if is_wide(word):
        return _other_characters(word)
    if not SHORTEST <= len(word) <= LONGEST:
        return ()
    found = [_name(mark, v) for v in _pinyin_variants(word) for mark in "^<"]
    if len(word) >= SHORTEST_HALVES:
        half = len(word) // 2
        found += [Option(tuple(grams_of(h))) for h in (word[:half], word[half:])]
    return tuple(found)


def _name(mark: str, word: str) -> Option:
    return replace(begins(mark, word), is_name=True)


def _other_characters(word: str) -> tuple[Option, ...]:
    """Same sound (the usual slip of an input method), or one wrong character of three or more."""
    if len(word) < 2:
        return ()
    found = [_name(mark, "".join(spell(word))) for mark in "^<"]
    if len(word) > 2:
        left = [tuple(word[:i] + word[i + 1 :]) for i in range(len(word))]
        found += [Option(characters, is_loose=True) for characters in left]
    return tuple(found)


def variants(word: str) -> set[str]:
    """Return every text that one slip turns into `word`."""
    splits = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    found = {a + b[1:] for a, b in splits if b}
    found |= {a + b[1] + b[0] + b[2:] for a, b in splits if len(b) > 1}
    found |= {a + c + b[1:] for a, b in splits if b for c in LETTERS}
    found |= {a + c + b for a, b in splits for c in LETTERS}
    return found - {word}


def holds(word: str, text: str) -> bool:
    """Tell whether normalised `text` holds `word`, or what one slip makes of it."""
    split = [run for run, _ in runs(text)]
    if is_wide(word):
        return any(_holds_characters(word, run) for run in split if is_wide(run))
    meant = _pinyin_variants(word) if len(word) >= SHORTEST else ()
    return any(
        _sounds(meant, run) if is_wide(run) else word in run or _holds_near(word, run)
        for run in split
    )


def _holds_characters(word: str, run: str) -> bool:
    size, sound = len(word), spell(word)
    for window in (run[i : i + size] for i in range(len(run) - size + 1)):
        wrong = sum(a != b for a, b in zip(word, window, strict=True))
        if wrong <= (1 if size > 2 else 0) or spell(window) == sound:
            return True
    return False


def _holds_near(word: str, run: str) -> bool:
    """One half of the word must be right; around it the other half may have one slip."""
    if len(word) < SHORTEST_HALVES:
        return False
    half = len(word) // 2
    at, later = run.find(word[:half]), run.find(word[half:])
    near = at >= 0 and _is_near(word, run[at:])
    if later >= 0 and not near:
        near = any(_is_near(word, run[max(0, later - half + d) :]) for d in (-1, 0, 1))
    return near


def _sounds(meant: tuple[str, ...], run: str) -> bool:
    return any(
        "".join(syllables[i:]).startswith(meant)
        for syllables in spellings(run[:SPELLED])
        for i in range(len(syllables))
    )


def _is_near(word: str, other: str) -> bool:
    return any(slips(word, other[:n]) <= 1 for n in range(len(word) - 1, len(word) + 2))


def slips(a: str, b: str) -> int:
    """Return how many single slips (swapping neighbours is one) lead from `a` to `b`."""
    before, row = [0] * (len(b) + 1), list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        older, before, row = before, row, [i]
        for j, y in enumerate(b, 1):
            least = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and y == a[i - 2]:
                least = min(least, older[j - 2] + 1)
            row.append(least)
    return row[-1]


@lru_cache(maxsize=1000)
def _pinyin_variants(word: str) -> tuple[str, ...]:
    if not (word.isascii() and word.isalpha()):
        return ()
    return tuple(sorted(v for v in variants(word) if len(v) > 2 and _is_pinyin(v)))


def _is_pinyin(text: str) -> bool:
    """Tell whether `text` is whole syllables, at least two letters each, the last maybe begun."""
    reach = {0}
    for end in range(2, len(text) + 1):
        if any(end - n in reach and text[end - n : end] in _known() for n in range(2, 7)):
            reach.add(end)
    return len(text) in reach or any(text[at:] in _begun() for at in reach if at)


@cache
def _known() -> frozenset[str]:
    """Return the syllables of Mandarin, from pypinyin's own dictionary."""
    from pypinyin import Style
    from pypinyin.constants import PINYIN_DICT
    from pypinyin.style import convert

    readings = {r for all_of in PINYIN_DICT.values() for r in all_of.split(",")}
    plain = {convert(r, Style.NORMAL, strict=False) for r in readings}
    return frozenset(s for s in plain if s.isascii() and s.isalpha())


@cache
def _begun() -> frozenset[str]:
    return frozenset(s[:n] for s in _known() for n in range(1, len(s)))
