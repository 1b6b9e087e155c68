"""Layouts and the rules of fields by API: whoever may change them on screen may do so here."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from huike.api.house import require_wide
from huike.api.problems import invalid, not_found, wrong_parameter
from huike.api.records.once import once
from huike.api.records.view import ApiView, body_of
from huike.kernel.access.administrator import require_administrator
from huike.kernel.access.models import Role
from huike.kernel.access.scope import may
from huike.kernel.actor import Actor, Op
from huike.kernel.entity.entity import Entity, entities, entity_of
from huike.kernel.layouts.choosing import open_to
from huike.kernel.layouts.editing import add_layout, edit_layout, remove_layout
from huike.kernel.layouts.models import FieldRule, Layout
from huike.kernel.layouts.rules import set_rule

TYPES: dict[str, tuple[type, ...]] = {
    "record": (str,), "name": (str,), "audience": (str,), "role": (int, type(None)),
    "when": (list, dict, type(None)), "sections": (list,), "hidden": (list,), "position": (int,),
}  # fmt: skip
PART = {"title": (str,), "fields": (list,), "columns": (int,), "collapsed": (bool,),
        "when": (list, dict, type(None))}  # fmt: skip
RULE: dict[str, tuple[type, ...]] = {
    "record": (str,), "field": (str,), "shown": (list, dict, type(None)),
    "required": (list, dict, bool, type(None)),
}  # fmt: skip


class LayoutsView(ApiView):
    """The layouts that the caller may choose (an administrator: all), and making one."""

    operation = "layouts"
    parameters = frozenset({"record"})

    def get(self, request: Request) -> Response:
        require_wide(request)
        kinds = _kinds(self.actor, self.query("record"))
        found = [one for entity in kinds for one in _known(self.actor, entity)]
        return Response({"rows": [_told(one) for one in found], "next": None})

    def post(self, request: Request) -> Response:
        require_wide(request, write=True)
        given = _given(body_of(request), TYPES)
        entity = _kind(self.actor, given.pop("record", ""))
        return once(request, lambda: self._add(entity, given))

    def _add(self, entity: Entity, given: dict[str, Any]) -> Response:
        made = add_layout(self.actor, entity.model.label(), given)
        return Response(_told(made), status=201)


class LayoutView(ApiView):
    """One layout: read, changed in part, taken away."""

    operation = "layout"

    def get(self, request: Request, id: int) -> Response:
        require_wide(request)
        return Response(_told(self._layout(id)))

    def patch(self, request: Request, id: int) -> Response:
        require_wide(request, write=True)
        layout = self._layout(id)
        given = _given(body_of(request), {n: t for n, t in TYPES.items() if n != "record"})
        return Response(_told(edit_layout(self.actor, layout, given)))

    def delete(self, request: Request, id: int) -> Response:
        require_wide(request, write=True)
        remove_layout(self.actor, self._layout(id))
        return Response(status=204)

    def _layout(self, pk: int) -> Layout:
        layout = Layout.objects.filter(pk=pk).first()
        if layout is None or layout not in _known(self.actor, entity_of(layout.record)):
            raise not_found()
        return layout


class RulesView(ApiView):
    """The rules of fields; POST sets the rule of a field, with neither part it takes it away."""

    operation = "rules"
    parameters = frozenset({"record"})

    def get(self, request: Request) -> Response:
        require_wide(request)
        require_administrator(self.actor)
        labels = [e.model.label() for e in _kinds(self.actor, self.query("record"))]
        found = FieldRule.objects.filter(record__in=labels, removed_at=None)
        return Response({"rows": [_rule(one) for one in found], "next": None})

    def post(self, request: Request) -> Response:
        require_wide(request, write=True)
        require_administrator(self.actor)
        given = _given(body_of(request), RULE)
        entity, name = _kind(self.actor, given.get("record", "")), given.get("field", "")
        shown, required = given.get("shown"), given.get("required")
        rule = set_rule(self.actor, entity.model.label(), name, shown, required)
        return Response(_rule(rule))


def _kinds(actor: Actor, name: str) -> list[Entity]:
    if name:
        found = [e for e in entities() if name in (e.key, e.model.label())]
        if not found:
            raise wrong_parameter("record", _("There is no kind of record of this name."))
        return found
    return [e for e in entities() if may(actor, e.model, Op.VIEW)]


def _kind(actor: Actor, name: str) -> Entity:
    found = [e for e in entities() if name in (e.key, e.model.label())]
    if not found or not may(actor, found[0].model, Op.VIEW):
        raise invalid({"record": [_("There is no kind of record of this name.")]})
    return found[0]


def _known(actor: Actor, entity: Entity) -> list[Layout]:
    """Return what the actor may choose; an administrator sees what all share, too."""
    mine = open_to(actor, entity) if may(actor, entity.model, Op.VIEW) else []
    if actor.is_unlimited:
        shared = Layout.objects.filter(record=entity.model.label())
        mine += [one for one in shared.exclude(audience="personal") if one not in mine]
    return mine


def _given(body: dict[str, Any], types: dict[str, tuple[type, ...]]) -> dict[str, Any]:
    """Return what a body holds, of the right types; raise a problem for anything else."""
    errors: dict[str, list[Any]] = {}
    for name, value in body.items():
        if name not in types:
            errors[name] = [_("There is no field of this name.")]
        elif not _fits(name, value, types[name]):
            errors[name] = [_("This is of the wrong type; the description of the API tells it.")]
    role = None if "role" in errors else body.get("role")
    if role is not None and not Role.objects.filter(pk=min(role, 2**62)).exists():
        errors["role"] = [_("Choose the role.")]
    if errors:
        raise invalid(errors)
    return {("role_id" if n == "role" else n): v for n, v in body.items()}


def _fits(name: str, value: Any, types: tuple[type, ...]) -> bool:
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        return False
    match name, value:
        case "position", int():
            return 0 <= value < 2**31
        case "hidden", list():
            return all(isinstance(one, str) for one in value)
        case "sections", list():
            return all(isinstance(one, dict) and _is_part(one) for one in value)
    return True


def _is_part(part: dict[str, Any]) -> bool:
    known = all(n in PART and _fits(n, v, PART[n]) for n, v in part.items())
    return known and all(isinstance(one, str) for one in part.get("fields", []))


def _told(layout: Layout) -> dict[str, Any]:
    names = ("name", "audience", "when", "sections", "hidden", "position")
    told = {name: getattr(layout, name) for name in names}
    return {"id": layout.pk, "record": layout.record, "role": layout.role_id, **told}


def _rule(rule: FieldRule) -> dict[str, Any]:
    names = ("record", "field", "shown", "required")
    return {"id": rule.pk, **{name: getattr(rule, name) for name in names}}
