"""Says a filter in words, one chip for each of its branches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from huike.kernel.actor import Actor
from huike.kernel.entity.entity import Entity, entity_of, has_entity
from huike.kernel.entity.field import EXTRA, Field
from huike.kernel.kinds.choices import Choice
from huike.kernel.kinds.kind import OPERATORS, UNARY
from huike.kernel.kinds.links import Link
from huike.kernel.lists.conditions import Asked, comparable
from huike.kernel.lists.filters import HOP
from huike.kernel.lists.names import names_of

Tree = Any


@dataclass(frozen=True)
class Chip:
    """One branch of a filter in words, and the filter that is left without it."""

    text: str
    rest: Tree


def chips(actor: Actor, entity: Entity, tree: Tree) -> list[Chip]:
    """Return the branches of a filter as chips; what can't be read is said as such."""
    if tree in (None, {}, []):
        return []
    speaker = Speaker(actor)
    branches = tree.get("all") if isinstance(tree, dict) else None
    if not isinstance(branches, list) or len(tree) != 1:
        return [Chip(speaker.say(entity, tree), None)]
    return [
        Chip(speaker.say(entity, branch), without(branches, index))
        for index, branch in enumerate(branches)
    ]


def without(branches: list[Any], index: int) -> Tree:
    """Return the filter of `branches` less one."""
    left = [branch for n, branch in enumerate(branches) if n != index]
    return {"all": left} if len(left) > 1 else (left[0] if left else None)


def joined_with(tree: Tree, leaf: Tree) -> Tree:
    """Return the filter that holds what `tree` holds and `leaf` besides."""
    if not tree:
        return leaf
    if isinstance(tree, dict) and isinstance(tree.get("all"), list) and len(tree) == 1:
        return {"all": [*tree["all"], leaf]}
    return {"all": [tree, leaf]}


class Speaker:
    """Says filters in words for one actor; keeps the fields it has asked for."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self._fields: dict[str, Mapping[str, Field]] = {}

    def say(self, entity: Entity, tree: Tree) -> str:
        if isinstance(tree, dict) and len(tree) == 1:
            ((word, branches),) = tree.items()
            if isinstance(branches, list) and word in {"all", "any", "none"}:
                return self._say_group(entity, word, branches)
        if isinstance(tree, list) and len(tree) in {2, 3} and isinstance(tree[0], str):
            return self._say_leaf(entity, tree[0], str(tree[1]), tree[2] if len(tree) > 2 else None)
        return _("a condition that can't be read")

    def _say_group(self, entity: Entity, word: str, branches: list[Any]) -> str:
        parts = [self.say(entity, branch) for branch in branches]
        between = _(" and ") if word == "all" else _(" or ")
        text = between.join(parts)
        if word == "none":
            return _("none of (%s)") % text
        return f"({text})" if len(parts) > 1 else text

    def _say_leaf(self, entity: Entity, path: str, op: str, value: Any) -> str:
        label, field = self.locate(entity, path)
        if field is None:
            return _("“%s”, which you can't filter by") % path[:60]
        verb = str(OPERATORS.get(op, op))
        if op in UNARY:
            return f"{label} {verb}"
        if op == "below":
            return f"{label} {verb.replace('…', self._say_value(field, op, value))}"
        if op in {"last", "next"}:
            return f"{label} {verb.replace('…', str(value)[:10])}"
        if op == "this":
            units = {"day": _("today"), "week": _("this week")}
            units |= {"month": _("this month"), "year": _("this year")}
            return f"{label} {units.get(str(value), value)}"
        return f"{label} {verb} {self._say_value(field, op, value)}"

    def _say_value(self, field: Field, op: str, value: Any) -> str:
        values = value if isinstance(value, list) else [value]
        if isinstance(field.kind, Link):
            names = names_of(self.actor, field.kind, values)
            texts = [names.get(int(v), str(v)) if str(v).isdigit() else str(v) for v in values]
        elif isinstance(field.kind, Choice):
            texts = [str(field.kind.options.get(str(v), v)) for v in values]
        elif isinstance(field, Asked):
            texts = [field.kind.text(value)]
        else:
            texts = [str(v) for v in values]
        texts = [text[:60] for text in texts]
        return " – ".join(texts) if op == "between" else "、".join(texts)

    def locate(self, entity: Entity, path: str) -> tuple[str, Field | None]:
        """Return the label of a path like "party__name", and its field, if the actor may use it."""
        hop, _sep, rest = path.partition(HOP)
        if not rest or path.startswith(EXTRA):
            field = self.fields(entity).get(path)
            usable = field is not None and field.is_comparable
            return (field.label, field) if usable and field is not None else (path, None)
        if related := entity.related_by_name(hop):
            label, found = self.locate(entity_of(related.record), rest)
            return f"{related.label} › {label}", found
        link = self.fields(entity).get(hop)
        if link is None or not isinstance(link.kind, Link) or not has_entity(link.kind.model):
            return path, None
        label, found = self.locate(entity_of(link.kind.model), rest)
        return f"{link.label} › {label}", found

    def fields(self, entity: Entity) -> Mapping[str, Field]:
        if entity.key not in self._fields:
            self._fields[entity.key] = comparable(self.actor, entity)
        return self._fields[entity.key]
