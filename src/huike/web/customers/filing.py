"""The chosen category, as the filter of the list beside the tree holds it."""

from __future__ import annotations

from typing import Any


def chosen_category(tree: Any) -> int | None:
    """Return the category that a filter confines the list to, with all below it."""
    for leaf in _all_of(tree):
        if _is_category(leaf) and len(leaf[2]) == 1 and str(leaf[2][0]).isdigit():
            return int(leaf[2][0])
    return None


def without_category(tree: Any) -> Any:
    """Return the filter without its confinement to a category."""
    left = [leaf for leaf in _all_of(tree) if not _is_category(leaf)]
    return {"all": left} if len(left) > 1 else (left[0] if left else None)


def _all_of(tree: Any) -> list[Any]:
    """Return the conditions that must all hold."""
    if isinstance(tree, dict) and len(tree) == 1 and isinstance(tree.get("all"), list):
        return list(tree["all"])
    return [tree] if tree else []


def _is_category(leaf: Any) -> bool:
    return (
        isinstance(leaf, list)
        and len(leaf) == 3
        and leaf[:2] == ["category", "below"]
        and isinstance(leaf[2], list)
    )
