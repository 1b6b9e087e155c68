"""The whole form of a record, in the sections of its entity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from huike.kernel.actor import Actor
from huike.kernel.entity.entity import Entity
from huike.kernel.entity.field import Field
from huike.kernel.entity.writing import Errors
from huike.kernel.records.record import Record
from huike.ui.inputs import Input
from huike.web.records.loading import condition_of
from huike.web.records.posting import Posted, inputs


@dataclass(frozen=True)
class FormSection:
    """A titled group of controls; `when` tells the form's script for which choice it shows."""

    title: str
    inputs: list[Input]
    when: str = ""


def form_of(
    actor: Actor,
    entity: Entity,
    fields: Mapping[str, Field],
    row: Record,
    posted: Posted | None = None,
    errors: Errors | None = None,
) -> list[FormSection]:
    """Return all sections, also those that don't apply yet: the choice may still be made."""
    made = [
        FormSection(
            str(section.title),
            inputs(actor, [fields[n] for n in section.fields if n in fields], row, posted, errors),
            condition_of(section),
        )
        for section in entity.form
    ]
    custom = [f for f in fields.values() if f.is_custom]
    made.append(FormSection(_("More fields"), inputs(actor, custom, row, posted, errors)))
    return [section for section in made if section.inputs]
