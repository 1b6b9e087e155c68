"""Puts what was found in order and shows where the words were found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from huike.kernel.search.spelling import spellings
from huike.kernel.search.terms import SPELLED, is_wide, normalise, runs

EXACT, PREFIX, WORD, PART, FUZZY = 5, 4, 3, 2, 1
AROUND = 24  # characters of a long value shown before and behind what was found


@dataclass(frozen=True)
class Found:
    """How well one value answers the words, and in which field."""

    score: int
    field: str


def best(words: Sequence[str], values: Mapping[str, str]) -> Found:
    """Return the best answer among the values of one row: {field: text}, best fields first."""
    graded = [(grade(words[0], text, "".join(words)), name) for name, text in values.items()]
    score, name = max(graded, key=lambda pair: pair[0], default=(FUZZY, ""))
    return Found(score, name)


def grade(word: str, text: str, everything: str) -> int:
    """Grade one value: EXACT, PREFIX, beginning of a WORD, PART, or FUZZY where it lacks `word`."""
    split = runs(normalise(text))
    squeezed = "".join(run for run, _ in split)
    if squeezed == everything:
        return EXACT
    if squeezed.startswith(word):
        return PREFIX
    if any(run.startswith(word, start) for run, starts in split for start in starts):
        return WORD
    if word in squeezed:
        return PART
    if is_wide(word):
        return FUZZY
    return max((_sound(word, run, everything) for run, _ in split if is_wide(run)), default=FUZZY)


def _sound(word: str, run: str, everything: str) -> int:
    for syllables in spellings(run[:SPELLED]):
        if everything in {"".join(syllables), "".join(s[:1] for s in syllables)}:
            return EXACT
        if _spelled(word, syllables):
            return PREFIX
        if any(_spelled(word, syllables[i:]) for i in range(1, len(syllables))):
            return WORD
    return FUZZY


Snippet = tuple[tuple[str, bool], ...]


def snippet(words: Sequence[str], text: str) -> Snippet:
    """Return `text`, shortened around the first hit, in pieces: (text, whether it was found).

    Templates escape the pieces and mark the found ones, so markup in a name stays text.
    """
    marked = [False] * len(text)
    for word in words:
        for start, end in _places(word, text):
            marked[start:end] = [True] * (end - start)
    first = marked.index(True) if True in marked else 0
    start, end = max(0, first - AROUND), min(len(text), first + 2 * AROUND)
    pieces: list[tuple[str, bool]] = [("…", False)] if start else []
    for i in range(start, end):
        if pieces and pieces[-1][1] == marked[i] and pieces[-1][0] != "…":
            pieces[-1] = (pieces[-1][0] + text[i], marked[i])
        else:
            pieces.append((text[i], marked[i]))
    if end < len(text):
        pieces.append(("…", False))
    return tuple(pieces)


def _places(word: str, text: str) -> list[tuple[int, int]]:
    """Return where `word` stands in `text`, by its letters or else by its sound."""
    kept = [(i, c) for i, whole in enumerate(text) for c in normalise(whole) if c.isalnum()]
    squeezed = "".join(c for _, c in kept)
    if (at := squeezed.find(word)) >= 0:
        return [(kept[at][0], kept[at + len(word) - 1][0] + 1)]
    return [] if is_wide(word) else _by_sound(word, kept)


def _by_sound(word: str, kept: Sequence[tuple[int, str]]) -> list[tuple[int, int]]:
    """Return the first place where whole syllables, initials or a mixture of them spell `word`."""
    han = [(i, c) for i, c in kept if is_wide(c)][:SPELLED]
    if not han:
        return []
    for syllables in spellings("".join(c for _, c in han)):
        if len(syllables) != len(han):
            continue
        for start in range(len(han)):
            if count := _spelled(word, syllables[start:]):
                return [(han[start][0], han[start + count - 1][0] + 1)]
    return []


def _spelled(word: str, syllables: Sequence[str]) -> int:
    """Return how many syllables `word` spells in full or by initials, the last perhaps begun."""
    if not syllables:
        return 0
    first = syllables[0]
    if first.startswith(word):
        return 1
    for length in {len(first), 1}:
        if word.startswith(first[:length]) and (more := _spelled(word[length:], syllables[1:])):
            return more + 1
    return 0
