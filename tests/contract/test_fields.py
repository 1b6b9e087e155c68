"""What every record promises of its fields: rights of roles, and custom fields of every kind."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from huike.kernel.access.models import FieldLimit
from huike.kernel.change.models import Entry
from huike.kernel.entity.custom import CustomField
from huike.kernel.entity.entity import Entity
from huike.kernel.entity.writing import Refused, write
from huike.kernel.lists.view import ListView
from tests.cast import Cast, Make, name_field, with_each, written

every_entity = pytest.mark.parametrize("entity", written(), ids=lambda e: e.key)


@every_entity
def test_a_hidden_field_is_not_there_and_a_masked_one_gives_nothing_away(
    entity: Entity, cast: Cast, make: Make
) -> None:
    name = name_field(entity)
    role = cast.bob.roles.get()
    limit = FieldLimit.objects.create(
        role=role, record=entity.model.label(), field=name, right="masked"
    )
    row = make(entity.model, cast.alice, **{name: "Secret Name"})
    bob = cast.actor("bob")
    field = entity.fields(bob)[name]
    for face in (field.text(row), field.edit(row), str(field.plain(row)), str(field.value(row))):
        assert "Secret" not in face
    assert not field.is_comparable
    view = ListView.read(entity, {"filter": f'["{name}","contains","Secret"]'})
    with pytest.raises(ValidationError):
        view.matching(bob)
    with pytest.raises(ValidationError):
        ListView.read(entity, {"sort": name}).order(entity.fields(bob))
    limit.right = "hidden"
    limit.save()
    assert name not in entity.fields(cast.actor("bob"))


@every_entity
def test_read_only_means_read_only(entity: Entity, cast: Cast, make: Make) -> None:
    name = name_field(entity)
    FieldLimit.objects.create(
        role=cast.mona.roles.get(), record=entity.model.label(), field=name, right="read"
    )
    row = make(entity.model, cast.alice)
    with pytest.raises(Refused) as refused:
        write(cast.actor("mona"), entity, row, {name: "Changed"})
    assert list(refused.value.errors) == [name]


CUSTOM: dict[str, tuple[dict[str, Any], Any, str, str, Any]] = {
    # kind: (settings, given, text shown, operator, value that finds it)
    "text": ({}, "粤B12345", "粤B12345", "contains", "B123"),
    "number": ({}, "1,234.5", "1,234.5", "gt", "1000"),
    "money": ({}, "¥88", "88.00", "between", [80, 90]),
    "date": ({}, "2026年1月2日", "2026-01-02", "is", "2026-01-02"),
    "choice": ({"choices": ["红", "蓝"]}, "红", "红", "in", ["红"]),
    "choices": ({"choices": ["红", "蓝"]}, "蓝,红", "红、蓝", "contains", "蓝"),
    "yes_no": ({}, "是", "是", "yes", None),
    "link": ({"target": "staff.Department"}, "north", "north", "filled", None),
}


@pytest.mark.parametrize(("entity", "kind"), with_each(CUSTOM), ids=lambda x: getattr(x, "key", x))
def test_a_custom_field_is_written_shown_and_found(
    entity: Entity, kind: str, cast: Cast, make: Make
) -> None:
    settings, given, shown, op, value = CUSTOM[kind]
    CustomField.objects.create(
        record=entity.model.label(), name="extra_one", label="Extra", kind=kind, **settings
    )
    row, other = make(entity.model, cast.alice), make(entity.model, cast.alice)
    mona = cast.actor("mona")
    write(mona, entity, row, {"extra.extra_one": given})
    field = entity.fields(mona)["extra.extra_one"]
    row.refresh_from_db()
    assert field.text(row) == shown
    view = replace(ListView.read(entity, {}), filter=["extra.extra_one", op, value])
    found = set(view.matching(mona).values_list("pk", flat=True))
    assert row.pk in found
    assert other.pk not in found
    assert Entry.objects.latest("pk").fields.keys() == {"extra.extra_one"}


@every_entity
def test_a_custom_field_can_be_required_and_unlike(entity: Entity, cast: Cast, make: Make) -> None:
    CustomField.objects.create(
        record=entity.model.label(), name="plate", label="Plate", required=True, unique=True
    )
    mona = cast.actor("mona")
    one, two = make(entity.model, cast.alice), make(entity.model, cast.alice)
    write(mona, entity, one, {"extra.plate": "A1"})
    with pytest.raises(Refused):
        write(mona, entity, two, {"extra.plate": "A1"})
    with pytest.raises(Refused):
        write(mona, entity, one, {"extra.plate": ""})
