"""Rows that may go to the bin only when nothing lies in them any more, such as those of a tree."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from huike.kernel.records.record import Record


def refuse_unless_empty(row: Record) -> None:
    """Refuse to bin a row that other rows outside the bin still point at; call it from clean()."""
    if row.binned_at is None or getattr(row, "_loaded", {}).get("binned_at"):
        return
    count, what = held_by(row)
    if count:
        raise ValidationError(
            _("There are still %(count)s %(what)s in it. Move them first.")
            % {"count": count, "what": what}
        )


def held_by(row: Record) -> tuple[int, str]:
    """Return how many rows outside the bin point at a row, and what the first kind is called."""
    every = row._meta.get_fields(include_hidden=True)  # owned records' nameless links too
    for link in (f for f in every if isinstance(f, models.ManyToOneRel)):
        model = link.related_model
        rows = model._default_manager.filter(**{link.field.name: row.pk})
        if issubclass(model, Record):
            rows = rows.filter(binned_at=None)
        if count := rows.count():
            return count, str(model._meta.verbose_name_plural)
    return 0, ""
