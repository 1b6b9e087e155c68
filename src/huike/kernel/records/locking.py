"""Records that are locked: what carries the flag its model names can't go to the bin by any way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from huike.kernel.records.record import Record


def is_locked(row: Record) -> bool:
    """Tell whether a row is locked now, so that it must not be deleted, merged away or recycled."""
    return bool(row.lock and getattr(row, row.lock))


def refuse_if_locked(row: Record) -> None:
    """Raise ValidationError where a row is about to go to the bin (or for good) though locked."""
    if is_locked(row):
        what = {"what": row._meta.verbose_name}
        raise ValidationError(
            _("This %(what)s is locked: unlock it before it is deleted, merged or recycled.") % what
        )


def goes_to_bin(row: Record) -> bool:
    """Tell whether saving a row would move it to the bin."""
    return row.binned_at is not None and not getattr(row, "_loaded", {}).get("binned_at")


def refuse_locked(rows: QuerySet[Any]) -> None:
    """Raise ValidationError where any of `rows`, about to go to the bin together, is locked."""
    name = rows.model.lock
    if name and (count := rows.filter(**{name: True}).count()):
        raise ValidationError(
            _("%(count)s of them are locked; unlock them first.") % {"count": count}
        )
