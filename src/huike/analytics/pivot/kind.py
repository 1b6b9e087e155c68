"""A column that holds the definition of a pivot, and the kind of value that says it in words."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from huike.analytics.pivot.definition import Definition, parse
from huike.kernel.actor import Actor
from huike.kernel.kinds.kind import EMPTY
from huike.kernel.kinds.links import EVERYBODY
from huike.kernel.kinds.words import LongText


@dataclass(frozen=True)
class Described(LongText):
    """A definition as JSON text; a reader is told what it shows."""

    operators: ClassVar[tuple[str, ...]] = ("empty", "filled")
    text_reads_back: ClassVar[bool] = False
    reader: Actor = field(default=EVERYBODY, compare=False, repr=False)

    def read_by(self, actor: Actor) -> Self:
        return replace(self, reader=actor)

    def parse(self, given: Any) -> str:
        """Return the definition as it is stored; raise ValidationError where it can't be asked."""
        from huike.analytics.pivot.checking import checked
        from huike.analytics.pivot.offline import star_without_warehouse

        found = parse(given)
        checked(self.reader, star_without_warehouse(), found)
        return found.written()

    def text(self, value: Any) -> str:
        if value in EMPTY:
            return ""
        try:
            return said(parse(value))
        except ValidationError as error:
            return " ".join(error.messages)

    def edit(self, value: Any) -> str:
        return str(value or "")


class DefinitionField(models.TextField):  # type: ignore[type-arg]
    """A column that holds a definition as JSON text."""

    value_kind = Described()


def said(definition: Definition) -> str:
    """Say in one line what a definition shows."""
    from huike.analytics.pivot.naming import fact_title, level_title, measure_title
    from huike.analytics.pivot.offline import star_without_warehouse

    star = star_without_warehouse()
    fact = star.facts.get(definition.fact)
    if fact is None:
        return definition.fact
    known = star.levels(fact.name)
    numbers = [
        measure_title(one) for name in definition.measures for one in fact.measures
        if one.name == name
    ]  # fmt: skip
    levels = [level_title(star, fact, p) if p in known else p for p in definition.levels]
    words = _("%(numbers)s by %(levels)s") if levels else "%(numbers)s"
    told = {"numbers": "、".join(numbers), "levels": " × ".join(levels)}
    return f"{fact_title(fact)}: {words % told}"
