"""Asks the warehouse what a definition describes, for one actor: figures, and what lies behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from huike.analytics.pivot import rights
from huike.analytics.pivot.checking import check_level, checked
from huike.analytics.pivot.definition import Definition
from huike.analytics.pivot.naming import level_title
from huike.kernel.access.scope import may, visible
from huike.kernel.actor import Actor, Op

if TYPE_CHECKING:
    from huike.warehouse.cube import Answer, Query
    from huike.warehouse.star.declaring import Fact, Star

MOST_ROWS = 500
MOST_VALUES = 200
EMPTY_TOO = frozenset({"is", "is_not", "in", "not_in"})  # may ask for what is empty
MANY = frozenset({"in", "not_in", "between"})  # operators that take a list


@dataclass(frozen=True)
class Behind:
    """The documents behind a cell: those that the actor finds there now, and how many in all."""

    record: str
    ids: list[int]
    count: int


@dataclass(frozen=True)
class Value:
    """One value of a level: what it is compared by, and its measure where it was counted."""

    key: Any
    shown: Any


@dataclass(frozen=True)
class Asked:
    """A definition that one actor asks of an open warehouse; `op` is exporting for a file."""

    actor: Actor
    backend: Any
    definition: Definition
    op: Op = Op.VIEW

    @cached_property
    def star(self) -> Star:
        return star_of(self.backend)

    @cached_property
    def fact(self) -> Fact:
        """The fact asked for; raises ValidationError where the definition can't be asked."""
        return checked(self.actor, self.star, self.definition)

    @cached_property
    def within(self) -> dict[str, list[int]] | None:
        """What may be counted."""
        paths = [*self.definition.levels, *(path for path, _op, _value in self.definition.filters)]
        if not may(self.actor, rights.record_of(self.fact), self.op):
            raise PermissionDenied(
                _("You may not export %s.") % rights.record_of(self.fact)._meta.verbose_name_plural
            )
        return rights.counted(self.actor, self.star, self.fact, paths, self.op)

    def query(self, limit: int = MOST_ROWS) -> Query:
        """Return the question as the warehouse takes it; raises ValidationError."""
        from huike.warehouse.cube import Query

        filters = tuple(
            (path, operator, self.typed(path, value, operator))
            for path, operator, value in self.definition.filters
        )
        return Query(
            self.fact.name, self.definition.rows, self.definition.columns,
            self._measures(), filters, limit,
        )  # fmt: skip

    def _measures(self) -> tuple[str, ...]:
        """The measures, that which it is sorted by first: the limit keeps the rows with the most
        of the first.
        """
        names = self.definition.measures
        first = self.definition.sort.removeprefix("-")
        return tuple(sorted(names, key=lambda name: name != first)) if first else names

    def answer(self, limit: int = MOST_ROWS) -> Answer:
        """Return the figures with their subtotals.

        Raises ValidationError for what can't be asked, or is too much to be shown.
        """
        from huike.warehouse import cube
        from huike.warehouse.facts_seen import QueryError

        try:
            found = cube.answer(self.backend, self.query(limit), self.within)
        except QueryError as error:
            raise ValidationError(str(error)) from error
        if len(found.frame) >= cube.CELLS:
            raise ValidationError(_("These are too many cells. Filter, or take a level away."))
        return found

    def behind(self, cell: Mapping[str, Any], limit: int) -> Behind:
        """Return the documents behind a cell: {level: key or value, None where it is empty}."""
        from huike.warehouse import cube

        for path in cell:
            check_level(self.actor, self.star, self.fact, path)
        given = {path: self.typed(path, value) for path, value in cell.items()}
        found = cube.through(self.backend, self.query(), given, self.within, limit)
        return Behind(found.record, found.ids, found.count)

    def values(self, path: str, limit: int = MOST_VALUES) -> list[Value]:
        """Return the values of a level, those that occur most often first."""
        from huike.warehouse import cube
        from huike.warehouse.facts_seen import shown

        check_level(self.actor, self.star, self.fact, path)
        asked = cube.Query(self.fact.name, (path,), (), (self._rows_measure(),), (), limit)
        within = rights.counted(self.actor, self.star, self.fact, [path], self.op)
        cells = cube.answer(self.backend, asked, within).cells()
        name, *keys = shown(self.star, self.fact, path)
        pairs = zip(cells[keys[0] if keys else name], cells[name], strict=True)
        return [Value(plain(key), plain(value)) for key, value in pairs]

    def _rows_measure(self) -> str:
        """A measure that needs no rights: any that only counts rows, else one that is open."""
        return rights.measures(self.actor, self.fact)[-1].name

    def typed(self, path: str, value: Any, operator: str = "is") -> Any:
        """Return a value of an address or a saved definition as the level has it.

        Raises ValidationError where the value or the operator does not go with the level.
        """
        self._check_operator(path, operator, value)
        if operator in MANY:
            if not isinstance(value, list) or (operator == "between" and len(value) != 2):
                raise ValidationError(_("“%s” needs a list of values.") % operator)
            return [self._one(path, one) for one in value]
        return self._one(path, value)

    def _check_operator(self, path: str, operator: str, value: Any) -> None:
        from huike.warehouse.facts_seen import OPERATORS

        if operator not in {*OPERATORS, "under"}:
            known = ", ".join([*OPERATORS, "under"])
            raise ValidationError(
                _("There is no comparison “%(name)s”. There are: %(known)s.")
                % {"name": operator[:40], "known": known}
            )
        fits = operator != "contains" or self._type(path).is_string()
        fits = fits and (operator != "under" or operator in self.operators(path))
        empty = None in value if isinstance(value, list) else value is None
        if not fits or (empty and operator not in EMPTY_TOO):
            raise ValidationError(
                _("“%(operator)s” does not go with %(level)s.")
                % {"operator": operator, "level": level_title(self.star, self.fact, path)}
            )

    def _one(self, path: str, value: Any) -> Any:
        if value is None:
            return None
        kind = self._type(path)
        try:
            if kind.is_boolean():
                return str(value).lower() in {"1", "true"}
            if kind.is_integer():
                return int(value)
            return float(value) if kind.is_floating() else str(value)
        except (TypeError, ValueError) as error:
            words = _("“%(value)s” does not go with %(level)s.")
            told = {"value": str(value)[:40], "level": level_title(self.star, self.fact, path)}
            raise ValidationError(words % told) from error

    def _type(self, path: str) -> Any:
        from huike.warehouse.facts_seen import seen, shown

        rows = seen(self.backend, self.star, self.fact, [path])
        return rows[shown(self.star, self.fact, path)[-1]].type()

    def operators(self, path: str) -> list[str]:
        """Return the operators that go with a level."""
        dimension = self.star.dimensions[self.fact.links[path.partition(".")[0]].dimension]
        if dimension.level(path.partition(".")[2]).key:
            return ["in", "not_in", *(["under"] if dimension.tree else [])]
        if self._type(path).is_boolean():
            return ["in"]
        ranges = self._type(path).is_numeric() or dimension.name == "time"
        return ["in", "not_in", *(["between", "at_least", "at_most"] if ranges else ["contains"])]


def star_of(backend: Any) -> Star:
    """Return the star as it is declared, with the scores that the warehouse holds."""
    from huike.warehouse.star.firm import star

    return star(backend)


def plain(value: Any) -> Any:
    """Return a value of a frame as JSON holds it."""
    if value is None or value != value or str(value) == "<NA>":
        return None
    if isinstance(value, str | bool | int):
        return value
    if hasattr(value, "item"):
        value = value.item()
    return int(value) if isinstance(value, float) and value.is_integer() else value


def still_there(actor: Actor, fact: Fact, ids: Sequence[int], op: Op = Op.VIEW) -> Any:
    """Return the rows of documents that the actor may open now."""
    return visible(actor, rights.record_of(fact), op).filter(pk__in=list(ids))
