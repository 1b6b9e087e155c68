"""One sweep over parties: keys, candidates, probabilities, and a threshold without labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from huike.customers.duplicates.matching import levels, model
from huike.customers.duplicates.matching.keys import FIRM, PERSON, blocks, normalised

CROWD = 40  # a key that more parties share tells nothing by itself
DOUBTFUL = 0.05  # pairs below this probability are not even looked at
COMPARED_BY_KIND = {PERSON: levels.PERSON, FIRM: levels.FIRM}
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Found:
    """Two parties that may be the same: how likely, and how alike they are by column."""

    one: int
    other: int
    probability: float
    likeness: Mapping[str, str]  # {column: name of the level}; columns that differ say "different"


@dataclass
class Sweep:
    """What a sweep found, the models it used by kind, and the threshold of each."""

    found: list[Found] = field(default_factory=list)
    models: dict[str, Any] = field(default_factory=dict)
    thresholds: dict[str, float] = field(default_factory=dict)
    parties: int = 0


def sweep(
    rows: Iterable[tuple[int, Mapping[str, Any]]],
    models: Mapping[str, Any] | None = None,
    changed: set[int] | None = None,
    tell: Tell = lambda stage: None,
) -> Sweep:
    """Return the pairs of `rows` ((key, values by field)) that are likely the same party.

    `models` is what an earlier sweep learnt; without it the sweep learns anew. With `changed`, only
    pairs with one of these keys are returned, and only what could be such a pair is compared.
    """
    result = Sweep(models=dict(models or {}))
    by_kind: dict[str, list[dict[str, Any]]] = {PERSON: [], FIRM: []}
    for key, values in rows:
        plain = normalised(values)
        kind = FIRM if values.get("kind") == FIRM else PERSON
        by_kind[kind].append({"unique_id": key, **plain, "keys": blocks(plain)})
        result.parties += 1
    for kind, some in by_kind.items():
        tell(kind)
        _sweep_kind(result, kind, _uncrowded(some), changed)
    return result


def _sweep_kind(
    result: Sweep, kind: str, rows: list[dict[str, Any]], changed: set[int] | None
) -> None:
    if len(rows) < 2:
        return
    compared = COMPARED_BY_KIND[kind]
    if kind not in result.models:
        result.models[kind] = model.learn(rows, compared)
    near = rows if changed is None else _near(rows, changed)
    if len(near) < 2:
        return
    pairs = model.ask(near, result.models[kind], DOUBTFUL)
    threshold = best_threshold(np.array([pair["match_probability"] for pair in pairs]))
    result.thresholds[kind] = threshold
    for row in pairs:
        if row["match_probability"] < threshold:
            continue
        one, other = sorted((int(row["unique_id_l"]), int(row["unique_id_r"])))
        if changed is not None and not {one, other} & changed:
            continue
        likeness = {c.name: _level(c, row.get(model.PREFIX + c.name, -1)) for c in compared}
        told = {name: level for name, level in likeness.items() if level}
        result.found.append(Found(one, other, float(row["match_probability"]), told))


def best_threshold(probabilities: np.ndarray[Any, Any]) -> float:
    """Return the probability from which on pairs are taken so that the expected F1 is greatest.

    No labels are needed: of pairs with probabilities p, taking those above t gives the expected
    2 * sum(p taken) / (number taken + sum(p of all)). At most 0.5 is asked, so that no pair that is
    more likely the same than not is lost.
    """
    if not len(probabilities):
        return 0.5
    ordered = np.sort(probabilities)[::-1]
    taken = np.arange(1, len(ordered) + 1)
    expected = 2 * np.cumsum(ordered) / (taken + ordered.sum())
    return float(min(ordered[int(np.argmax(expected))], 0.5))


def _level(compared: levels.Compared, gamma: int) -> str:
    """Return the name of a level by Splink's number: -1 is empty, 0 different, the best highest."""
    if gamma < 0:
        return ""
    return "different" if gamma == 0 else compared.levels[len(compared.levels) - gamma].name


def _uncrowded(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Take away keys that only one party has, or a crowd."""
    counted = Counter(key for row in rows for key in row["keys"])
    for row in rows:
        row["keys"] = [key for key in row["keys"] if 1 < counted[key] <= CROWD]
    return list(rows)


def _near(rows: Sequence[dict[str, Any]], changed: set[int]) -> list[dict[str, Any]]:
    """Return the changed rows and those that share a key with them."""
    wanted = {key for row in rows if row["unique_id"] in changed for key in row["keys"]}
    near = []
    for row in rows:
        keys = [key for key in row["keys"] if key in wanted]
        if keys:
            near.append({**row, "keys": keys})
    return near
