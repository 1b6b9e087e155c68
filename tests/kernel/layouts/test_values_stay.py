"""Whatever is done to layouts, rules and custom fields: every stored value stays as it was."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huike.customers.models import Party
from huike.kernel.actor import Actor
from huike.kernel.entity import defining
from huike.kernel.entity.custom import CustomField
from huike.kernel.layouts import editing
from huike.kernel.layouts.models import Layout
from huike.kernel.layouts.rules import set_rule
from tests.cast import SYSTEM, Cast, Make

LABEL = "customers.party"
VALUES = {"a": "甲", "b": "12.5000", "c": "2026-02-28", "d": True}
KINDS = {"a": "text", "b": "number", "c": "date", "d": "yes_no"}
NAMES = st.sampled_from(sorted(VALUES))
STEPS = st.one_of(
    st.tuples(st.just("hide"), NAMES),
    st.tuples(st.just("lay out"), NAMES),
    st.tuples(st.just("remove"), NAMES),
    st.tuples(st.just("restore"), NAMES),
    st.tuples(st.just("require"), NAMES),
    st.tuples(st.just("show only"), NAMES),
    st.tuples(st.just("change kind"), NAMES),
    st.tuples(st.just("rename"), NAMES),
    st.tuples(st.just("order"), NAMES),
    st.tuples(st.just("drop layouts"), NAMES),
    st.tuples(st.just("reset"), NAMES),
)


def _do(actor: Actor, what: str, name: str) -> None:
    field = CustomField.everything.get(record=LABEL, name=name)
    section: list[dict[str, Any]] = [{"title": "一", "fields": ["name"]}]
    if what == "hide":
        hidden = [f"extra.{name}"]
        editing.add_layout(actor, LABEL, {"name": "x", "sections": section, "hidden": hidden})
    elif what == "lay out":
        section[0]["fields"].append(f"extra.{name}")
        editing.add_layout(actor, LABEL, {"name": "y", "sections": section})
    elif what == "remove":
        defining.remove_field(actor, field)
    elif what == "restore":
        defining.restore_field(actor, field)
    elif what in {"require", "show only"}:
        tree: Any = ["kind", "is", "organisation"]
        set_rule(
            actor, LABEL, f"extra.{name}", *((None, True) if what == "require" else (tree, None))
        )
    elif what == "change kind":
        defining.edit_field(actor, field, {"kind": "computed", "formula": "1", "result": "number"})
    elif what == "rename":
        defining.edit_field(actor, field, {"label": "新名", "required": True})
    elif what == "order":
        defining.order_fields(actor, LABEL, [field.pk])
    else:
        for layout in Layout.objects.all():
            (editing.remove_layout if what == "drop layouts" else editing.reset_layout)(
                actor, layout
            )


def _play(row: Party, steps: list[tuple[str, str]]) -> None:
    for what, name in steps:
        with contextlib.suppress(ValidationError):
            _do(SYSTEM, what, name)
        assert Party.objects.get(pk=row.pk).extra == VALUES, (what, name)


@pytest.fixture
def row(cast: Cast, make: Make) -> Party:
    for name, kind in KINDS.items():
        CustomField.objects.create(record=LABEL, name=name, label=name, kind=kind)
    found: Party = make(Party, cast.alice, extra=dict(VALUES))
    return found


SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@settings(max_examples=6, deadline=None, suppress_health_check=SHARED)
@given(st.lists(STEPS, min_size=3, max_size=8))
def test_every_value_stays(row: Party, steps: list[tuple[str, str]]) -> None:
    _play(row, steps)


@pytest.mark.long
@settings(max_examples=150, deadline=None, suppress_health_check=SHARED)
@given(st.lists(STEPS, min_size=5, max_size=25))
def test_every_value_stays_widely(row: Party, steps: list[tuple[str, str]]) -> None:
    _play(row, steps)
