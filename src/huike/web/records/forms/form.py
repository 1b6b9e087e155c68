"""The whole form of a record, in the sections of its entity."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from huike.kernel.actor import Actor
from huike.kernel.entity.entity import Entity
from huike.kernel.entity.field import Field
from huike.kernel.entity.writing import Errors
from huike.kernel.layouts.choosing import Chosen, chosen
from huike.kernel.layouts.shape import Part, Shape
from huike.kernel.records.record import Record
from huike.ui.inputs import Input
from huike.web.records.posting import Posted, inputs


@dataclass(frozen=True)
class FormSection:
    """A titled group of controls; `when` tells the form's script for which choice it shows."""

    title: str
    inputs: list[Input]
    when: str = ""
    columns: int = 2
    collapsed: bool = False


def form_of(
    actor: Actor,
    entity: Entity,
    fields: Mapping[str, Field],
    row: Record,
    posted: Posted | None = None,
    errors: Errors | None = None,
    layout: Chosen | None = None,
) -> list[FormSection]:
    """Return all sections, also those that don't apply yet: the choice may still be made."""
    found = layout or chosen(actor, entity, fields, row)
    return sections_of(actor, found.shape, fields, row, posted, errors)


def sections_of(
    actor: Actor,
    shape: Shape,
    fields: Mapping[str, Field],
    row: Record,
    posted: Posted | None = None,
    errors: Errors | None = None,
) -> list[FormSection]:
    """Return the sections of a layout; what it leaves out but was found wrong comes last."""
    parts = [*shape.parts]
    wrong = tuple(n for n in errors or {} if n in fields and n not in shape.placed)
    if wrong:
        parts.append(Part(_("More fields"), wrong))
    made = [
        FormSection(
            part.title,
            inputs(actor, [fields[n] for n in part.fields if n in fields], row, posted, errors),
            json.dumps(part.when, ensure_ascii=False) if part.when else "",
            part.columns,
            part.collapsed,
        )
        for part in parts
    ]
    return [section for section in made if section.inputs]
