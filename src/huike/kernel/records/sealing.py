"""Which fields of a row are sealed, and that nobody writes into them in clear; see kernel/sealing.

A model that can be sealed has a JSON column `sealed` with the names of its sealed fields.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from huike.kernel.records.record import Record


def sealed_names(row: Record) -> list[str]:
    """Return the names of a row's fields that are sealed."""
    return list(getattr(row, "sealed", None) or ())


def is_sealed(row: Record, name: str) -> bool:
    """Tell whether one field of a row is sealed."""
    return name in (getattr(row, "sealed", None) or ())


def refuse_if_sealed(row: Record, names: Iterable[str]) -> None:
    """Raise ValidationError where any of `names` is sealed: its text must not get a column."""
    if any(is_sealed(row, name) for name in names):
        raise ValidationError(_("This is sealed: open it with the second secret to change it."))
