"""Makes custom fields for columns that nothing else fits, when somebody asks for that."""

from __future__ import annotations

from dataclasses import replace

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from huike.kernel.actor import Actor
from huike.kernel.change.setup import save_setup
from huike.kernel.entity.custom import CustomField
from huike.kernel.entity.defining import suggested_name
from huike.kernel.entity.entity import Entity
from huike.kernel.entity.field import EXTRA
from huike.kernel.exchange.importing.plan import NEW, Plan


def with_fields_made(actor: Actor, entity: Entity, plan: Plan) -> Plan:
    """Make the custom fields that the plan asks for, inside the current change."""
    if not any(column.target.startswith(NEW) for column in plan.columns):
        return plan
    if not actor.is_unlimited:
        raise PermissionDenied(_("Only an administrator may add custom fields."))
    label = entity.model.label()
    taken = set(CustomField.objects.filter(record=label).values_list("name", flat=True))
    columns = []
    for column in plan.columns:
        if column.target.startswith(NEW):
            name = suggested_name(column.name, taken)
            taken.add(name)
            field = CustomField(
                record=label,
                name=name,
                label=column.name[:100],
                kind=column.target.removeprefix(NEW),
                position=len(taken),
            )
            save_setup(actor, field, "import.add_field")
            column = replace(column, target=EXTRA + name)
        columns.append(column)
    return replace(plan, columns=tuple(columns))
