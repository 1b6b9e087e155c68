"""What JSON a field takes: the right type first, and only then what its kind makes of it."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from huike.kernel.actor import FieldRight
from huike.kernel.entity.field import Field
from huike.kernel.kinds.kind import Kind
from huike.kernel.kinds.links import Link, Links
from huike.kernel.kinds.words import Text
from huike.kernel.records.record import Record

DECIMAL = re.compile(r"-?\d{1,15}(\.\d{1,10})?")


def taken(kind: Kind, given: Any) -> Any:
    """Return `given` as the kind parses it; raise ValidationError for the wrong type of JSON."""
    if given is None:
        return "" if isinstance(kind, Text) else None
    if not _fits(kind, given):
        raise ValidationError(_wanted(kind))
    return given


def told(f: Field, row: Record) -> Any:
    """Return a field's value as JSON; what is masked and no text can't be told at all."""
    if f.right is FieldRight.MASKED and not isinstance(f.kind, Text):
        return None
    return f.plain(row)


def has_text(kind: Kind) -> bool:
    """Tell whether a value is a key that needs a name beside it."""
    return isinstance(kind, Link)


def _fits(kind: Kind, given: Any) -> bool:
    name = kind.name
    if name == "yes_no":
        return isinstance(given, bool)
    if isinstance(given, bool):
        return False
    if name in {"links", "choices"}:
        one = int if isinstance(kind, Links) else str
        return isinstance(given, list) and all(
            isinstance(v, one) and not isinstance(v, bool) for v in given
        )
    if name == "own":
        return isinstance(given, list)
    if isinstance(kind, Link):
        return isinstance(given, int) and given > 0
    if name == "whole":
        return isinstance(given, int)
    if kind.is_number:
        return isinstance(given, int | float) or (
            isinstance(given, str) and DECIMAL.fullmatch(given) is not None
        )
    return isinstance(given, str)


def _wanted(kind: Kind) -> str:
    if kind.name == "yes_no":
        return _("Give true or false.")
    if kind.name == "links":
        return _("Give a list of ids.")
    if kind.name == "choices":
        return _("Give a list of texts.")
    if kind.name == "own":
        return _("Give a list of objects with label, kind and value.")
    if isinstance(kind, Link):
        return _("Give an id: a whole number from 1.")
    if kind.name == "whole":
        return _("Give a whole number.")
    if kind.is_number:
        return _("Give a number, or a text such as “1234.50”.")
    return _("Give a text.")
