"""How alike two parties can be, column by column: the levels that the model weighs.

The levels are given best first; their names are kept with every pair and told to people.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Level:
    """One degree of likeness: when it holds (SQL over `_l` and `_r`), and how often in matches.

    `m` and `u` are what is believed before anything was learnt: the share of true pairs, and of
    any two parties, at this level.
    """

    name: str
    sql: str
    m: float
    u: float = 0.005
    is_rare: bool = False  # agreeing on a rare value counts for more (term frequency)


@dataclass(frozen=True)
class Compared:
    """One column (or several together) with its levels; the last, "different", is understood."""

    name: str
    null: str  # when it can't be compared
    levels: tuple[Level, ...]
    column: str  # whose values are counted for `is_rare`


# how often two parties have the same by chance; other columns hardly ever
COMMON = {"street": 0.05, "house": 0.01, "district": 0.15, "postcode": 0.05, "birthday": 0.0002}


def _near(column: str, *steps: tuple[str, str, float]) -> Compared:
    u = COMMON.get(column, 0.0001)
    same = Level("same", f"{column}_l = {column}_r", 0.85, u, is_rare=True)
    more = tuple(Level(name, sql.replace("#", column), m) for name, sql, m in steps)
    return Compared(column, f"{column}_l IS NULL OR {column}_r IS NULL", (same, *more), column)


def _distance(most: int) -> str:
    return f"damerau_levenshtein(#_l, #_r) <= {most}"


def _alike(least: float) -> str:
    return f"jaro_winkler_similarity(#_l, #_r) >= {least}"


CLOSE = 0.85
SWAPPED = "given_l = family_r AND family_l = given_r"
BOTH_CLOSE = (
    f"(jaro_winkler_similarity(given_l, given_r) >= {CLOSE}"
    f" AND jaro_winkler_similarity(family_l, family_r) >= {CLOSE})"
    f" OR (jaro_winkler_similarity(given_l, family_r) >= {CLOSE}"
    f" AND jaro_winkler_similarity(family_l, given_r) >= {CLOSE})"
)
ONE_CLOSE = (
    f"jaro_winkler_similarity(family_l, family_r) >= {CLOSE}"
    f" OR jaro_winkler_similarity(given_l, family_r) >= {CLOSE}"
    f" OR jaro_winkler_similarity(family_l, given_r) >= {CLOSE}"
    f" OR jaro_winkler_similarity(given_l, given_r) >= {CLOSE}"
)
LIKE_SHAPE = (
    "parts_l IS NOT NULL AND parts_r IS NOT NULL AND length(signs_l) = length(signs_r)"
    " AND levenshtein(parts_l, parts_r) <= 3"
)
ONE_SIGN = (
    "signs_l IS NOT NULL AND signs_r IS NOT NULL AND levenshtein(signs_l, signs_r) <= 1"
    " AND greatest(length(signs_l), length(signs_r)) >= 3"
)

PERSON_NAME = Compared(
    "name",
    "name_l IS NULL OR name_r IS NULL",
    (
        Level("same", "name_l = name_r", 0.7, 0.002, is_rare=True),
        Level("swapped", SWAPPED, 0.05),
        Level("sound", "sound_l = sound_r", 0.06),
        Level("shape", LIKE_SHAPE, 0.03),
        Level("sign", ONE_SIGN, 0.05),
        Level("close", BOTH_CLOSE, 0.06),
        Level("family", "family_l = family_r", 0.02, 0.04),
        Level("part", ONE_CLOSE, 0.02, 0.06),
    ),
    "name",
)
FIRM_NAME = Compared(
    "name",
    "name_l IS NULL OR name_r IS NULL",
    (
        Level("same", "name_l = name_r", 0.5, 0.001, is_rare=True),
        Level("core", "core_l = core_r", 0.25, 0.004),
        Level("sound", "sound_l = sound_r", 0.08),
        Level("shape", LIKE_SHAPE, 0.05),
        Level(
            "part",
            "length(core_l) >= 3 AND length(core_r) >= 3"
            " AND (contains(core_l, core_r) OR contains(core_r, core_l))",
            0.06,
        ),
        Level("close", "jaro_winkler_similarity(core_l, core_r) >= 0.9", 0.04),
    ),
    "name",
)
ADDRESS = (
    _near("street", ("close", _alike(0.92), 0.1), ("part", _alike(0.75), 0.05)),
    _near("house", ("close", _distance(1), 0.05)),
    _near("district", ("close", _alike(0.85), 0.05)),
    _near("postcode", ("close", _distance(1), 0.05)),
)
CONTACT = (
    _near("phone", ("close", _distance(1), 0.08)),
    _near("email", ("close", _distance(1), 0.05)),
)
PERSON = (
    PERSON_NAME,
    *CONTACT,
    _near("wechat"),
    _near("number_id", ("close", _distance(1), 0.06), ("part", _distance(2), 0.02)),
    _near("birthday", ("close", _distance(1), 0.06), ("part", _distance(2), 0.02)),
    *ADDRESS,
)
FIRM = (
    FIRM_NAME,
    *CONTACT,
    _near("number_id", ("close", _distance(1), 0.06)),
    _near("website"),
    *ADDRESS,
)
