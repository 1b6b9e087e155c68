"""Reads what somebody typed into what the index is asked: words that must all be found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from huike.kernel.search.terms import EDGE, TERM, grams_of, is_wide, normalise, runs

WORDS = 8
LETTERS = 60
NAMES = 2  # of an entity's search fields, the first so many hold names


@dataclass(frozen=True)
class Option:
    """One way to find a word: terms (without tag) of one value that stand side by side."""

    terms: tuple[str, ...]
    is_prefix: bool = False  # the last term may go on
    is_loose: bool = False  # they may stand anywhere in the value
    is_name: bool = False  # only asked of the first fields, which hold names


@dataclass(frozen=True)
class Question:
    """What the index is asked: one option of each word, in one of the fields tagged `tags`."""

    words: tuple[tuple[Option, ...], ...]
    tags: tuple[str, ...]

    @property
    def may_be_common(self) -> bool:
        """Tell whether a large share of all rows may hold the words: each is asked by one term."""
        firsts = [options[0].terms for options in self.words]
        return all(len(terms) == 1 and terms[0][0] != "=" for terms in firsts)

    def pairs(self, options: tuple[Option, ...]) -> Iterator[tuple[str, Option]]:
        """Yield each tag with each option that is asked of its field."""
        for place, mark in enumerate(self.tags):
            for option in options:
                if place < NAMES or not option.is_name:
                    yield mark, option


def parts(typed: str) -> list[str]:
    """Split what was typed into words of one script: "王wei 138-1234" gives 王, wei, 1381234."""
    found: list[str] = []
    for word in normalise(typed).split():
        found += [run[:LETTERS] for run, _ in runs(word)]
    return list(dict.fromkeys(found))[:WORDS]


def question(words: Sequence[str], tags: Sequence[str]) -> Question:
    """Return the question for rows in which all `words` are found."""
    return Question(tuple(options(word) for word in words), tuple(tags))


def options(word: str) -> tuple[Option, ...]:
    """Return all the ways in which `word` may be part of a value."""
    grams = grams_of(word)
    if is_wide(word):
        return (Option(tuple(grams[len(word) :] or grams)),)
    found = [begins("^", word), begins("<", word)]
    if grams:
        found.append(Option(tuple(grams)))
    return tuple(found)


def begins(mark: str, word: str) -> Option:
    """Return the option "a value (mark ^) or a word or syllable in it (mark <) begins so"."""
    return Option((mark + word[:TERM],), is_prefix=len(word) > EDGE)


def whole(words: Sequence[str], tags: Sequence[str]) -> Question:
    """Return the question for values that are just what was typed."""
    return Question(((Option(("=" + "".join(words),)),),), tuple(tags))


def beginning(words: Sequence[str], tags: Sequence[str]) -> Question | None:
    """Return the question for values that begin with the first word; None if it can't be asked."""
    first, *rest = words
    if is_wide(first) and len(first) > 2:
        return None
    start = Option(("^" + first,)) if is_wide(first) else begins("^", first)
    return Question(((start,), *(options(word) for word in rest)), tuple(tags))
