"""A column that names kinds of records as the API's addresses do: customers/party trade/order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from huike.kernel.entity.entity import entities
from huike.kernel.kinds.words import LongText

EVERY = "*"


def split(text: str) -> list[str]:
    """Return the names in a text, however they are separated."""
    return [word for word in re.split(r"[\s,，;；]+", text) if word]


@dataclass(frozen=True)
class RecordNames(LongText):
    """Names of records, or * for all."""

    def parse(self, given: Any) -> str:
        """Return the names with one space between them; raise ValidationError for an unknown."""
        words = split(super().parse(given))
        if not words:
            raise ValidationError(_("Name at least one record, or * for all."))
        known = {entity.key for entity in entities()} | {EVERY}
        if unknown := sorted(set(words) - known):
            raise ValidationError(_("There is no record “%s”.") % "”, “".join(unknown)[:200])
        return " ".join(dict.fromkeys(words))


class RecordNamesField(models.TextField):  # type: ignore[type-arg]
    """A column of names of records."""

    value_kind = RecordNames()
