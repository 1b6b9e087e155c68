"""A small form of conditions: a few lines "field, comparison, value", all or any of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from huike.kernel.entity.field import Field
from huike.kernel.kinds.kind import OPERATORS, UNARY
from huike.kernel.kinds.links import Link
from huike.kernel.lists.filters import parse_filter

LINES = 3
LISTS = frozenset({"in", "out", "between"})


@dataclass(frozen=True)
class Line:
    """One condition as the form shows it."""

    name: str = ""
    op: str = ""
    value: str = ""


@dataclass(frozen=True)
class Conditions:
    """The form of a filter: its lines, or the text of one that has more to say than lines can."""

    prefix: str
    fields: Sequence[Field]
    word: str = "all"
    lines: Sequence[Line] = field(default_factory=tuple)
    text: str = ""
    errors: Sequence[str] = ()
    operators: Mapping[str, Any] = field(default_factory=lambda: OPERATORS)


def shown(
    prefix: str, fields: Sequence[Field], tree: Any, errors: Sequence[str] = ()
) -> Conditions:
    """Return the form of `tree`, with empty lines to add to it."""
    word, leaves = _flat(tree)
    if leaves is None:
        text = json.dumps(tree, ensure_ascii=False)
        return Conditions(prefix, fields, text=text, errors=errors)
    known = {f.name: f for f in fields}
    lines = [_line(known, leaf) for leaf in leaves]
    empty = [Line() for _n in range(max(LINES - len(lines), 1))]
    return Conditions(prefix, fields, word, [*lines, *empty], errors=errors)


def read(prefix: str, fields: Mapping[str, Field], post: QueryDict) -> Any:
    """Return the filter that a posted form says, None for none; raise ValidationError."""
    if text := post.get(f"{prefix}.text", "").strip():
        return parse_filter(text)
    names, ops = post.getlist(f"{prefix}.name"), post.getlist(f"{prefix}.op")
    values = post.getlist(f"{prefix}.value")
    leaves = [
        _leaf(fields, name, op, value)
        for name, op, value in zip(names, ops, values, strict=False)
        if name
    ]
    if not leaves:
        return None
    word = "any" if post.get(f"{prefix}.word") == "any" else "all"
    return {word: leaves} if len(leaves) > 1 else leaves[0]


def _flat(tree: Any) -> tuple[str, list[Any] | None]:
    if tree in (None, {}, []):
        return "all", []
    if isinstance(tree, list):
        return "all", [tree]
    if isinstance(tree, dict) and len(tree) == 1:
        ((word, branches),) = tree.items()
        if word in {"all", "any"} and all(isinstance(one, list) for one in branches):
            return word, branches
    return "all", None


def _line(fields: Mapping[str, Field], leaf: Sequence[Any]) -> Line:
    name, op, value = leaf[0], str(leaf[1]), leaf[2] if len(leaf) > 2 else ""
    f = fields.get(name)
    values = value if isinstance(value, list) else [value]
    texts = [_text(f, one) if f else str(one) for one in values]
    return Line(name, op, ", ".join(texts))


def _text(f: Field, value: Any) -> str:
    if value in (None, ""):
        return ""
    try:
        return (
            f.kind.text(value)
            if isinstance(f.kind, Link) or f.kind.name == "choice"
            else str(value)
        )
    except (ValidationError, ValueError):
        return str(value)


def _leaf(fields: Mapping[str, Field], name: str, op: str, value: str) -> list[Any]:
    f = fields.get(name)
    if f is None:
        raise ValidationError(_("There is no field of this name."))
    if not op:  # the comparison that goes without saying
        op = f.kind.operators[0] if value else "filled"
    if op in UNARY:
        return [name, op]
    if op in LISTS:
        return [name, op, [_plain(f, one.strip()) for one in value.replace("，", ",").split(",")]]
    if op in {"last", "next", "this"}:
        return [name, op, value.strip()]
    return [name, op, _plain(f, value.strip())]


def _plain(f: Field, text: str) -> Any:
    if f.kind.name in {"choices", "links"}:
        found = f.kind.parse([text])
        return found[0] if found else text
    if isinstance(f.kind, Link) or f.kind.name == "choice":
        return f.kind.parse(text)
    return text
