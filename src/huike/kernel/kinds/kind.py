"""What every kind of value can do; the kinds themselves are its subclasses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.db.models.expressions import Combinable
from django.db.models.lookups import (
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    In,
    IsNull,
    LessThan,
    LessThanOrEqual,
)
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from huike.kernel.actor import Actor

EMPTY: tuple[Any, ...] = (None, "", [], {})
Compared = Callable[[Any, Any], Q]

# What each comparison is called; a kind lists those that make sense for it.
OPERATORS: Mapping[str, str | Promise] = {
    "contains": gettext_lazy("contains"),
    "lacks": gettext_lazy("does not contain"),
    "starts": gettext_lazy("begins with"),
    "is": gettext_lazy("is"),
    "not": gettext_lazy("is not"),
    "below": gettext_lazy("is … or below it"),
    "in": gettext_lazy("is one of"),
    "out": gettext_lazy("is none of"),
    "gt": gettext_lazy("more than"),
    "gte": gettext_lazy("at least"),
    "lt": gettext_lazy("less than"),
    "lte": gettext_lazy("at most"),
    "between": gettext_lazy("between"),
    "before": gettext_lazy("before"),
    "after": gettext_lazy("after"),
    "last": gettext_lazy("in the last … days"),
    "next": gettext_lazy("in the next … days"),
    "this": gettext_lazy("in this (week, month, year)"),
    "me": gettext_lazy("is me"),
    "yes": gettext_lazy("yes"),
    "no": gettext_lazy("no"),
    "empty": gettext_lazy("is empty"),
    "filled": gettext_lazy("is filled"),
}
UNARY = frozenset({"empty", "filled", "yes", "no", "me"})


@dataclass(frozen=True)
class Kind:
    """One kind of value. Values travel as Python objects; text and JSON are their two faces."""

    name: ClassVar[str] = "text"
    operators: ClassVar[tuple[str, ...]] = ("is", "not", "empty", "filled")
    is_number: ClassVar[bool] = False
    is_groupable: ClassVar[bool] = False
    is_sortable: ClassVar[bool] = True
    text_reads_back: ClassVar[bool] = True  # else a file holds what `edit` gives
    has_empty_text: ClassVar[bool] = True  # an empty text counts as empty in the database

    def read_by(self, actor: Actor) -> Self:
        """Return the kind as one actor reads and writes it."""
        return self

    def parse(self, given: Any) -> Any:
        """Turn text (of a form, a file, an API call) into a value; raise ValidationError."""
        return str(given).strip()

    def text(self, value: Any) -> str:
        """Return the value as people read it."""
        return "" if value in EMPTY else str(value)

    def edit(self, value: Any) -> str:
        """Return the value as text that `parse` takes back."""
        return self.text(value)

    def plain(self, value: Any) -> Any:
        """Return the value as JSON holds it."""
        return value

    def mask(self, value: Any) -> str:
        """Return what someone sees who may know only that there is a value."""
        return "" if value in EMPTY else "***"

    def compare(self, expression: Any, op: str, value: Any) -> Q:
        """Return the condition that `expression` stands in `op` to `value` (JSON of a filter)."""
        if op not in self.operators:
            raise ValidationError(
                _("“%(op)s” does not go with this field. Use one of: %(ops)s.")
                % {"op": op, "ops": ", ".join(self.operators)}
            )
        if op in {"empty", "filled"}:
            empty = self._empty(expression)
            return empty if op == "empty" else ~empty
        return self._compare(expression, op, value)

    def _compare(self, expression: Any, op: str, value: Any) -> Q:
        if op in {"in", "out"}:
            values = [self.parse(v) for v in (value if isinstance(value, list) else [value])]
            found = Q(In(expression, values)) if values else Q(pk__in=[])
            return found if op == "in" else ~found | Q(IsNull(expression, True))
        if op == "between":
            low, high = self._pair(value)
            return Q(GreaterThanOrEqual(expression, low)) & Q(LessThanOrEqual(expression, high))
        return _SIMPLE[op](expression, self.parse(value))

    def _pair(self, value: Any) -> tuple[Any, Any]:
        if not isinstance(value, list) or len(value) != 2:
            raise ValidationError(_("“between” needs two values: the lowest and the highest."))
        return self.parse(value[0]), self.parse(value[1])

    def _empty(self, expression: Combinable) -> Q:
        empty = Q(IsNull(expression, True))
        return empty | Q(Exact(expression, "")) if self.has_empty_text else empty


_SIMPLE: dict[str, Compared] = {
    "is": lambda e, v: Q(Exact(e, v)),
    "not": lambda e, v: ~Q(Exact(e, v)) | Q(IsNull(e, True)),
    "gt": lambda e, v: Q(GreaterThan(e, v)),
    "after": lambda e, v: Q(GreaterThan(e, v)),
    "gte": lambda e, v: Q(GreaterThanOrEqual(e, v)),
    "lt": lambda e, v: Q(LessThan(e, v)),
    "before": lambda e, v: Q(LessThan(e, v)),
    "lte": lambda e, v: Q(LessThanOrEqual(e, v)),
}
