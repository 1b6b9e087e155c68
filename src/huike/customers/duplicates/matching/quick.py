"""How alike two parties are, told at once while somebody types: no model, only plain rules."""

from __future__ import annotations

from difflib import SequenceMatcher

from huike.customers.duplicates.matching.chinese import SIGNS
from huike.customers.duplicates.matching.keys import Plain

CONTACT = ("number_id", "phone", "email", "wechat", "website")
SUPPORT = ("birthday", "street", "postcode")
CONTRARY = ("number_id", "phone", "birthday", "email")


def likeness(one: Plain, other: Plain) -> dict[str, str]:
    """Return {column: level} of what the two have in common, in the words of levels.py."""
    columns = (*CONTACT, *SUPPORT, "district")
    found = {c: _level(one[c], other[c]) for c in columns}
    found["name"] = _name(one, other)
    return {column: level for column, level in found.items() if level}


def is_strong(alike: dict[str, str]) -> bool:
    """Tell whether the two are so alike that somebody should look before adding another one."""
    if any(alike.get(column) == "same" for column in CONTACT):
        return True
    name = alike.get("name", "different")
    if name == "core":
        return True
    near = name in {"same", "sound", "shape", "swapped"}
    return near and any(alike.get(column) == "same" for column in SUPPORT)


def is_weak(alike: dict[str, str]) -> bool:
    """Tell whether at least the names are alike and nothing speaks against it."""
    near = alike.get("name") in {"same", "sound", "shape", "swapped"}
    return near and not any(alike.get(column) == "different" for column in CONTRARY)


def weight(alike: dict[str, str]) -> int:
    """Return by how much one hit comes before another."""
    same = sum(level == "same" for level in alike.values())
    contact = sum(alike.get(column) == "same" for column in CONTACT)
    return same + 3 * contact - sum(level == "different" for level in alike.values())


def _level(a: str | None, b: str | None) -> str:
    if not a or not b:
        return ""
    return "same" if a == b else "different"


def _name(one: Plain, other: Plain) -> str:
    if not one["name"] or not other["name"]:
        return ""
    if one["name"] == other["name"]:
        return "same"
    if one["core"] and one["core"] == other["core"]:
        return "core"
    if one["sound"] and one["sound"] == other["sound"]:
        return "sound"
    if one["given"] and (one["given"], one["family"]) == (other["family"], other["given"]):
        return "swapped"
    if _same_shape(one, other):
        return "shape"
    return "different"


def _same_shape(one: Plain, other: Plain) -> bool:
    """Tell whether the names differ by half a character at most."""
    a, b = one["shape"], other["shape"]
    if not a or not b or len(one["name"] or "") != len(other["name"] or ""):
        return False
    matched = sum(m.size for m in SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks())
    return max(len(a), len(b)) - matched <= SIGNS // 2
