"""How a record's page and form are laid out, for whom, and when a field shows or must be filled."""

from __future__ import annotations


def start() -> None:
    """Let every way of writing ask the rules; called once, when Django is ready."""
    from huike.kernel.entity import requiring
    from huike.kernel.layouts.rules import rules_of

    if rules_of not in requiring.sources:
        requiring.sources.append(rules_of)
