"""A choice of a custom field renamed: in the list, and in every record that holds it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huike.kernel.access.administrator import require_administrator
from huike.kernel.actor import Actor
from huike.kernel.change.setup import save_setup
from huike.kernel.change.work import change
from huike.kernel.entity.custom import CustomField
from huike.kernel.entity.defining import WITH_CHOICES
from huike.kernel.entity.entity import entity_of
from huike.kernel.jobs.queue import enqueue, job
from huike.kernel.jobs.run import JobRun
from huike.kernel.records.bulk import save_all
from huike.kernel.records.record import Record

AT_ONCE = 2000
CHUNK = 500


def rename_choice(actor: Actor, field: CustomField, before: str, after: str) -> uuid.UUID:
    """Rename a choice and rewrite the records that hold it; return the group that undo takes back.

    A few records are rewritten at once, many by a background job.
    """
    require_administrator(actor)
    after = after.strip()[:100]
    _check(field, before, after)
    with change(actor, "fields.rename_choice") as work:
        field.choices = [after if c == before else c for c in field.choices]
        if field.default == before:
            field.default = after
        save_setup(actor, field, "fields.rename_choice")
        if _holders(field, before).count() > AT_ONCE:
            given = {"field": field.pk, "before": before, "after": after}
            enqueue(actor, "fields.rename_choice", None, None, **given, group=str(work.group))
        else:
            for rows in _chunks(field, before):
                _rewrite(field, rows, before, after)
    return work.group


def _check(field: CustomField, before: str, after: str) -> None:
    if field.kind not in WITH_CHOICES or before not in field.choices:
        raise ValidationError({"choices": _("There is no such choice.")})
    if not after or after in field.choices:
        raise ValidationError({"choices": _("Write a name that no other choice has.")})


def holders(field: CustomField, choice: str) -> int:
    """Return how many records, also in the bin, hold a choice."""
    return int(_holders(field, choice).count())


def _holders(field: CustomField, choice: str) -> Any:
    model: type[Record] = entity_of(field.record).model
    held = Q(**{f"extra__{field.name}": choice})
    if field.kind == CustomField.Kind.CHOICES:
        held = Q(**{f"extra__{field.name}__icontains": f'"{choice}"'})
    return model.everything.filter(held)


def _chunks(field: CustomField, choice: str) -> Iterator[list[Record]]:
    last = 0
    while rows := list(_holders(field, choice).filter(pk__gt=last).order_by("pk")[:CHUNK]):
        yield rows
        last = rows[-1].pk


def _rewrite(field: CustomField, rows: list[Record], before: str, after: str) -> None:
    for row in rows:
        held = row.extra.get(field.name)
        if isinstance(held, list):
            value: Any = [after if v == before else v for v in held]
        else:
            value = after if held == before else held
        row.extra = {**row.extra, field.name: value}
    save_all(rows)


@job("fields.rename_choice", title=gettext_lazy("Rename a choice in all records"))
def rename_in_all(work: JobRun, field: int, before: str, after: str, group: str) -> dict[str, Any]:
    """Rewrite the records chunk by chunk; killed, it goes on with those that are left."""
    custom = CustomField.everything.get(pk=field)
    total = _holders(custom, before).count()
    done = int(work.state.get("done", 0))
    for rows in _chunks(custom, before):
        with change(work.actor, "fields.rename_choice", group=uuid.UUID(group)):
            _rewrite(custom, rows, before, after)
            done += len(rows)
            work.checkpoint({"done": done})
        work.progress(done, total)
    return {"rows": done, "group": group}
