"""Match the columns of a file to the fields they fill: by memory, name, synonym and content."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from huike.kernel.exchange.profiles import ColumnProfile
from huike.kernel.exchange.values import Kind

Reason = Literal["remembered", "name", "label", "synonym", "similar", "content", "none"]

THRESHOLD = 0.5
NUMERIC = frozenset(("integer", "number", "percent", "code"))
MOMENTS = frozenset(("date", "datetime"))
TELLING = frozenset(("phone", "email"))


@dataclass(frozen=True, slots=True)
class Target:
    """A field that a column may fill; `label` and `synonyms` in all languages that users write."""

    name: str
    label: str
    synonyms: tuple[str, ...] = ()
    kind: Kind = "text"
    required: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """`target` is None when nothing fits, or when the user once said that the column stays out."""

    column: str
    target: str | None
    confidence: float
    reason: Reason


def match_columns(
    profiles: Sequence[ColumnProfile],
    targets: Sequence[Target],
    remembered: Mapping[str, str | None] | None = None,
) -> list[Match]:
    """One match per column, in the order of the columns; a target is given once."""
    memory = remembered or {}
    names = {target.name for target in targets}
    settled: dict[str, Match] = {}
    for profile in profiles:
        key = column_key(profile.name)
        if key not in memory:
            continue
        wanted = memory[key]
        taken = {match.target for match in settled.values()}
        if wanted is None or (wanted in names and wanted not in taken):
            settled[profile.name] = Match(profile.name, wanted, 1.0, "remembered")
    settle(settled, profiles, targets)
    nothing = (Match(profile.name, None, 0.0, "none") for profile in profiles)
    return [settled.get(match.column, match) for match in nothing]


def settle(
    settled: dict[str, Match], profiles: Sequence[ColumnProfile], targets: Sequence[Target]
) -> None:
    """The best pair first, then the best of what is left; required targets win ties."""
    pairs: list[tuple[float, bool, int, int, Match]] = []
    for at, profile in enumerate(profiles):
        for rank, target in enumerate(targets):
            score, reason = compare(profile, target)
            if score >= THRESHOLD:
                match = Match(profile.name, target.name, round(score, 2), reason)
                pairs.append((-score, not target.required, at, rank, match))
    taken = {match.target for match in settled.values()}
    for *_, match in sorted(pairs, key=lambda pair: pair[:4]):
        if match.column not in settled and match.target not in taken:
            settled[match.column] = match
            taken.add(match.target)


def missing_required(matches: Sequence[Match], targets: Sequence[Target]) -> list[Target]:
    found = {match.target for match in matches}
    return [target for target in targets if target.required and target.name not in found]


def column_key(name: str) -> str:
    """What is remembered of a column's name: no case, blanks, marks, units in brackets."""
    text = unicodedata.normalize("NFKC", name)
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).casefold()
    bare = re.sub(r"[(\[【<].*?[)\]】>]", "", text)
    key = re.sub(r"[\W_]+", "", bare)
    return key or re.sub(r"\s+", "", text)


def words(name: str) -> set[str]:
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", unicodedata.normalize("NFKC", name)).casefold()
    return set(re.findall(r"[a-z]+|\d+|[\u3400-\u9fff]+", text))


def compare(profile: ColumnProfile, target: Target) -> tuple[float, Reason]:
    score, reason = by_name(profile.name, target)
    fit = fitness(profile, target.kind)
    if score:
        return score * fit, reason
    if target.kind in TELLING and profile.kind == target.kind:
        return 0.55, "content"
    return 0.0, "none"


def by_name(column: str, target: Target) -> tuple[float, Reason]:
    key = column_key(column)
    if key == column_key(target.name):
        return 1.0, "name"
    if key == column_key(target.label):
        return 0.99, "label"
    if any(key == column_key(synonym) for synonym in target.synonyms):
        return 0.95, "synonym"
    known = (target.name, target.label, *target.synonyms)
    return max(likeness(column, other) for other in known), "similar"


def likeness(column: str, other: str) -> float:
    """Shared words, one name inside the other, or nearly the same letters."""
    mine, theirs = words(column), words(other)
    if mine and theirs and (mine < theirs or theirs < mine):
        return 0.6 + 0.25 * len(mine & theirs) / len(mine | theirs)
    left, right = column_key(column), column_key(other)
    if min(len(left), len(right)) >= 2 and not left.isascii() and (left in right or right in left):
        return 0.6 + 0.25 * min(len(left), len(right)) / max(len(left), len(right))
    ratio = SequenceMatcher(None, left, right).ratio() if min(len(left), len(right)) > 3 else 0
    return ratio * 0.85 if ratio >= 0.8 else 0.0


def fitness(profile: ColumnProfile, kind: Kind) -> float:
    """How well content serves the target: a column of words can't be a date, whatever its name."""
    have = profile.kind
    if have in (kind, "empty") or kind in ("text", "code", "empty"):
        return 1.0
    if have in NUMERIC and kind in NUMERIC:
        return 0.97
    if have in MOMENTS and kind in MOMENTS:
        return 0.98
    if kind in MOMENTS:
        return 0.9 if have in ("integer", "number") else 0.4  # Excel's serial numbers
    if kind == "boolean":
        return 0.95 if have == "integer" and profile.distinct <= 2 else 0.5
    if kind == "phone":
        return 0.95 if have in NUMERIC else 0.6
    return 0.5
