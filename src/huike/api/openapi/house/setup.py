"""What the description tells of packs, layouts and the rules of fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from huike.api.openapi.answers import Operation, operation
from huike.api.openapi.house.words import NULLABLE, TEXT, TEXTS, WHOLE, of, rows
from huike.api.openapi.parameters import ID_PARAMETER, KEY, parameter
from huike.api.openapi.shapes import Schema, ref

_YES: Schema = {"type": "boolean"}
_FILTER: Schema = {"type": ["array", "object", "null"], "description": "A filter over the fields."}
_PART: Schema = {
    **of({"title": TEXT}, {"fields": TEXTS, "columns": {**WHOLE, "enum": [1, 2, 3]},
                           "collapsed": _YES, "when": _FILTER}),
    "additionalProperties": False,
}  # fmt: skip


def setup() -> dict[str, Schema]:
    """Return the components by name."""
    step = {"type": "array", "items": of({"kind": TEXT, "label": TEXT, "what": TEXT, "why": TEXT})}
    pack = {
        "name": TEXT, "label": TEXT, "summary": TEXT, "version": WHOLE,
        "applied": {"type": ["integer", "null"]}, "applied_at": NULLABLE, "applied_by": TEXT,
        "with_sample": _YES,
    }  # fmt: skip
    given: dict[str, Schema] = {
        "name": TEXT, "audience": {"type": "string", "enum": ["all", "role", "personal"]},
        "role": {"type": ["integer", "null"]}, "when": _FILTER,
        "sections": {"type": "array", "items": _PART}, "hidden": TEXTS,
        "position": {**WHOLE, "minimum": 0, "maximum": 2**31 - 1},
    }  # fmt: skip
    rule: dict[str, Schema] = {"record": TEXT, "field": TEXT}
    when: dict[str, Schema] = {
        "shown": _FILTER,
        "required": {"type": ["array", "object", "boolean", "null"]},
    }
    counts: Schema = {"type": "object", "additionalProperties": WHOLE}
    return {
        "Pack": of(pack),
        "Packs": rows("Pack"),
        "PackPlan": of({**pack, "steps": step, "back": step}),
        "PackAsked": {**of({}, {"sample": _YES}), "additionalProperties": False},
        "PackDone": of({"counts": counts, "kept": TEXTS}),
        "Layout": of({"id": WHOLE, "record": TEXT, **given}),
        "Layouts": rows("Layout"),
        "LayoutAdded": {**of({"record": TEXT, "name": TEXT}, given), "additionalProperties": False},
        "LayoutChanged": {**of({}, given), "additionalProperties": False},
        "FieldRule": of({"id": WHOLE, **rule, **when}),
        "FieldRules": rows("FieldRule"),
        "FieldRuleSet": {**of(rule, when), "additionalProperties": False},
    }


def _name() -> Schema:
    return parameter("name", "The name of a pack.", where="path", required=True, example="hotel")


def _record() -> Schema:
    return parameter("record", "Only of this kind of record.", example="customers/party")


def _made(id: str, said: Callable[[], str], answer: str | None, **more: Any) -> Any:
    def told(view: Any) -> Operation:
        asked = {n: v() if callable(v) else v for n, v in more.items()}
        if body := asked.pop("body", None):
            asked["body"] = ref(body)
        return operation(id, "house", said(), ref(answer) if answer else None, **asked)

    return told


SETUP: dict[tuple[str, str], Any] = {
    ("packs", "GET"): _made("packs", lambda: _("Industry packs"), "Packs"),
    ("pack", "GET"): _made(
        "pack_get", lambda: _("A pack, and what applying it would do"), "PackPlan",
        parameters=lambda: [_name()],
    ),
    ("pack", "POST"): _made(
        "pack_apply", lambda: _("Apply or renew a pack"), "PackDone", body="PackAsked",
        parameters=lambda: [_name(), KEY], writes=True, needs_body=False,
    ),
    ("pack", "DELETE"): _made(
        "pack_remove", lambda: _("Take a pack back"), "PackDone",
        parameters=lambda: [_name()], writes=True,
    ),
    ("layouts", "GET"): _made(
        "layouts", lambda: _("Layouts"), "Layouts", parameters=lambda: [_record()]
    ),
    ("layouts", "POST"): _made(
        "layout_add", lambda: _("Add a layout"), "Layout", body="LayoutAdded",
        parameters=lambda: [KEY], writes=True, status="201",
    ),
    ("layout", "GET"): _made(
        "layout_get", lambda: _("A layout"), "Layout", parameters=lambda: [ID_PARAMETER]
    ),
    ("layout", "PATCH"): _made(
        "layout_change", lambda: _("Change a layout"), "Layout", body="LayoutChanged",
        parameters=lambda: [ID_PARAMETER], writes=True,
    ),
    ("layout", "DELETE"): _made(
        "layout_remove", lambda: _("Remove a layout"), None,
        parameters=lambda: [ID_PARAMETER], writes=True, status="204",
    ),
    ("rules", "GET"): _made(
        "rules", lambda: _("Rules of fields"), "FieldRules", parameters=lambda: [_record()]
    ),
    ("rules", "POST"): _made(
        "rule_set", lambda: _("Set or take away the rule of a field"), "FieldRule",
        body="FieldRuleSet", writes=True,
    ),
}  # fmt: skip
