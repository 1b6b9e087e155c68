"""A column that holds a filter of customers, and the kind of value that says it in words."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self

from django.db import models
from django.utils.translation import gettext as _

from huike.kernel.actor import Actor
from huike.kernel.entity.entity import Entity, entity_of
from huike.kernel.kinds.kind import EMPTY
from huike.kernel.kinds.links import EVERYBODY
from huike.kernel.kinds.words import LongText
from huike.kernel.lists.filters import condition, parse_filter
from huike.kernel.lists.words import Speaker

PARTY = "customers.party"


@dataclass(frozen=True)
class Conditions(LongText):
    """A filter as JSON text; a reader is told what it says, as far as the reader may know."""

    operators: ClassVar[tuple[str, ...]] = ("empty", "filled")
    text_reads_back: ClassVar[bool] = False
    reader: Actor = field(default=EVERYBODY, compare=False, repr=False)
    speaker: Speaker | None = field(default=None, compare=False, repr=False)

    @property
    def entity(self) -> Entity:
        return entity_of(PARTY)

    def read_by(self, actor: Actor) -> Self:
        return replace(self, reader=actor, speaker=Speaker(actor))  # asks for fields once

    def parse(self, given: Any) -> str:
        """Return the filter as it is stored; raise ValidationError where it does not compile."""
        tree = parse_filter(given) if isinstance(given, str) else given
        condition(self.reader, self.entity, tree)
        return written(tree)

    def text(self, value: Any) -> str:
        return self.say(read(value)) if value not in EMPTY else ""

    def say(self, tree: Any) -> str:
        """Say a filter in one sentence."""
        if tree in EMPTY:
            return _("all customers")
        words = (self.speaker or Speaker(self.reader)).say(self.entity, tree)
        return words[1:-1] if words.startswith("(") and words.endswith(")") else words

    def edit(self, value: Any) -> str:
        return str(value or "")


class ConditionsField(models.TextField):  # type: ignore[type-arg]
    """A column that holds a filter of customers as JSON text."""

    value_kind = Conditions()


def read(text: str) -> Any:
    """Return the filter that a column holds; None for all customers."""
    return json.loads(text) if text else None


def written(tree: Any) -> str:
    """Return a filter as a column holds it."""
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":")) if tree else ""
