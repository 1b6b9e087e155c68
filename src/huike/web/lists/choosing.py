"""Choosing by pointing: which fields there are to filter by, one more condition, which columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from huike.kernel.access.scope import may, require_any
from huike.kernel.actor import Actor, Op
from huike.kernel.entity.entity import Entity, entity_of, has_entity
from huike.kernel.entity.field import Field
from huike.kernel.entity.titles import title
from huike.kernel.kinds.choices import Choice
from huike.kernel.kinds.kind import OPERATORS, UNARY
from huike.kernel.kinds.links import File, Link
from huike.kernel.lists.conditions import added_to
from huike.kernel.lists.filters import HOP
from huike.kernel.lists.names import names_of
from huike.kernel.lists.words import joined_with
from huike.kernel.records.record import Record
from huike.ui.inputs import FEW, linkable
from huike.web.lists.state import read
from huike.web.rendering import actor_of, go

Described = dict[str, Any]


@require_safe
def fields_to_filter(request: HttpRequest, entity: Entity) -> HttpResponse:
    """Tell the filter builder which fields, operators and values there are for this actor."""
    actor = actor_of(request)
    require_any(actor, entity.model, Op.VIEW)
    state = read(actor, entity, request.GET.dict())
    fields = {**state.fields, **(added := added_to(actor, entity))}
    answer = {
        "groups": catalogue(actor, entity, state.fields, added),
        "operators": {name: str(label) for name, label in OPERATORS.items()},
        "unary": sorted(UNARY),
        "filter": state.asked.filter,
        "names": _names_in(actor, entity, state.asked.filter, fields),
    }
    return JsonResponse(answer, headers={"Cache-Control": "no-store"})


def catalogue(
    actor: Actor, entity: Entity, fields: Mapping[str, Field], added: Mapping[str, Field]
) -> list[Described]:
    """Return the fields to filter by: the record's own, then those one link or relation away."""
    options = _Options(actor)
    groups = [{"label": entity.one, "fields": options.of({**fields, **added}, "", "")}]
    for name, f in fields.items():
        if isinstance(f.kind, Link) and not isinstance(f.kind, File) and f.is_comparable:
            other = _entity_behind(actor, f)
            if other is not None:
                groups.append(options.beyond(other, name, f.label))
    for related in entity.related:
        other = entity_of(related.record)
        if may(actor, other.model, Op.VIEW):
            groups.append(options.beyond(other, related.name, str(related.label or other.label)))
    return groups


class _Options:
    """Describes fields once for each entity, however many links lead to it."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self._described: dict[str, list[Described]] = {}

    def of(self, fields: Mapping[str, Field], hop: str, label: str) -> list[Described]:
        return [
            self._describe(f) | {"name": hop + f.name, "label": label + f.label}
            for f in fields.values()
            if f.is_comparable
        ]

    def beyond(self, other: Entity, name: str, label: str) -> Described:
        if other.key not in self._described:
            self._described[other.key] = self.of(other.fields(self.actor), "", "")
        inner = [
            f | {"name": f"{name}{HOP}{f['name']}", "label": f"{label} › {f['label']}"}
            for f in self._described[other.key]
        ]
        return {"label": label, "fields": inner}

    def _describe(self, f: Field) -> Described:
        told: Described = {"kind": f.kind.name, "operators": list(f.kind.operators)}
        if isinstance(f.kind, Choice):
            told["options"] = [[value, str(label)] for value, label in f.kind.options.items()]
        elif isinstance(f.kind, Link) and not isinstance(f.kind, File):
            told |= self._targets(f.kind)
        return told

    def _targets(self, kind: Link) -> Described:
        key = f"→{kind.target}"
        if key not in self._described:
            rows = list(linkable(self.actor, kind)[: FEW + 1])
            few = [{"value": str(row.pk), "label": title(self.actor, row)} for row in rows]
            self._described[key] = few if len(rows) <= FEW else []
        if few := self._described[key]:
            return {"options": [[one["value"], one["label"]] for one in few]}
        return {"lookup": f"/lookup/{kind.target.lower().replace('.', '/')}/"}


def _entity_behind(actor: Actor, f: Field) -> Entity | None:
    assert isinstance(f.kind, Link)
    model = f.kind.model
    if has_entity(model) and issubclass(model, Record) and may(actor, model, Op.VIEW):
        return entity_of(model)
    return None


def _names_in(
    actor: Actor, entity: Entity, tree: Any, fields: Mapping[str, Field]
) -> dict[str, str]:
    """Return the names of rows that the filter's own link conditions mention, by "field:key"."""
    names: dict[str, str] = {}
    if isinstance(tree, dict):
        for branches in tree.values():
            for branch in branches if isinstance(branches, list) else []:
                names |= _names_in(actor, entity, branch, fields)
    elif isinstance(tree, list) and len(tree) == 3 and isinstance(tree[0], str):
        f = fields.get(tree[0])
        if f is not None and isinstance(f.kind, Link):
            keys = tree[2] if isinstance(tree[2], list) else [tree[2]]
            found = names_of(actor, f.kind, keys)
            names = {f"{f.name}:{key}": name for key, name in found.items()}
    return names


@require_safe
def add_condition(request: HttpRequest, entity: Entity) -> HttpResponse:
    """Add one condition from a plain form to the filter, and show the list again."""
    state = read(actor_of(request), entity, _view_part(request))
    name, op = request.GET.get("field", ""), request.GET.get("op", "")
    leaf: list[Any] = [name, op]
    if op not in UNARY:
        text = request.GET.get("value", "").strip()
        parts = [p.strip() for p in text.replace("，", ",").replace("、", ",").split(",")]
        leaf.append(parts if op in {"in", "out", "below", "between"} else text)
    query = state.asked.query(filter=joined_with(state.asked.filter, leaf), after="")
    return go(request, f"/{entity.key}/?{query}")


@require_safe
def choose_columns(request: HttpRequest, entity: Entity) -> HttpResponse:
    """Show the columns that were ticked, in the order in which they stood."""
    state = read(actor_of(request), entity, _view_part(request))
    chosen = tuple(dict.fromkeys(request.GET.getlist("column")))
    if chosen == tuple(entity.columns) or "standard" in request.GET:
        chosen = ()
    return go(request, f"/{entity.key}/?{state.asked.query(columns=chosen, after='')}")


def _view_part(request: HttpRequest) -> dict[str, str]:
    from urllib.parse import parse_qsl

    return dict(parse_qsl(request.GET.get("view", "")))
