"""Links into trees: rows that lie below others, and the comparison "is … or below it"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.expressions import Combinable
from django.db.models.lookups import In

from huike.kernel.kinds.links import Link


@dataclass(frozen=True)
class TreeLink(Link):
    """A link to a row of a tree, whose rows name their parent."""

    operators: ClassVar[tuple[str, ...]] = ("below", *Link.operators)

    def _compare(self, expression: Combinable, op: str, value: Any) -> Q:
        if op != "below":
            return super()._compare(expression, op, value)
        keys = [self.parse(one) for one in (value if isinstance(value, list) else [value])]
        found = with_below(self.model, [key for key in keys if key is not None])
        return Q(In(expression, sorted(found))) if found else Q(pk__in=[])


def link_to(model: type[models.Model]) -> Link:
    """Return the kind of a link to one row of `model`."""
    return TreeLink(model._meta.label) if is_tree(model) else Link(model._meta.label)


def is_tree(model: type[models.Model]) -> bool:
    """Tell whether the rows of `model` lie below each other by a link called `parent`."""
    columns = {f.name: f for f in model._meta.concrete_fields}
    return "parent" in columns and columns["parent"].related_model is model


def refuse_below_itself(row: Any, words: Any) -> None:
    """Refuse a row of a tree that would lie below itself; call it from clean()."""
    node = row.parent
    while node is not None:
        if node.pk == row.pk and row.pk is not None:
            raise ValidationError({"parent": words})
        node = node.parent


def with_below(model: type[models.Model], keys: Iterable[int]) -> set[int]:
    """Return `keys` and those of all rows below them, in the bin or not (one query)."""
    waiting = list(keys)
    found = set(waiting)
    if not found:
        return found
    below: dict[int, list[int]] = defaultdict(list)
    for key, parent in model._default_manager.values_list("pk", "parent_id"):
        below[parent].append(key)
    while waiting:
        fresh = [key for key in below[waiting.pop()] if key not in found]
        found.update(fresh)
        waiting += fresh
    return found
