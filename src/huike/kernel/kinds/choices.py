"""Choices from a list, several of them, and yes or no."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.db.models.lookups import Contains, Exact, IsNull
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from huike.kernel.kinds.kind import EMPTY, Kind


@dataclass(frozen=True)
class Choice(Kind):
    """One of a fixed list: {stored value: label}."""

    options: Mapping[str, str | Promise] = field(default_factory=dict)
    name: ClassVar[str] = "choice"
    operators: ClassVar[tuple[str, ...]] = ("in", "out", "is", "not", "empty", "filled")
    is_groupable: ClassVar[bool] = True

    def parse(self, given: Any) -> str:
        text = "" if given is None else str(given).strip()
        if not text or text in self.options:
            return text
        for value, label in self.options.items():
            if text.casefold() in {str(label).casefold(), str(value).casefold()}:
                return value
        raise ValidationError(
            _("“%(text)s” is not a choice. Choose one of: %(options)s.")
            % {"text": text[:40], "options": _(", ").join(map(str, self.options.values()))}
        )

    def text(self, value: Any) -> str:
        return "" if value in EMPTY else str(self.options.get(str(value), value))


@dataclass(frozen=True)
class Choices(Choice):
    """Several of a fixed list; kept as a list in a record's custom values."""

    name: ClassVar[str] = "choices"
    operators: ClassVar[tuple[str, ...]] = ("contains", "lacks", "empty", "filled")
    is_groupable: ClassVar[bool] = False
    is_sortable: ClassVar[bool] = False

    def parse(self, given: Any) -> Any:
        if given in EMPTY:
            return []
        parts = given if isinstance(given, list) else re.split(r"[,，;；、|]", str(given))
        wanted = {super(Choices, self).parse(part) for part in parts if str(part).strip()}
        return [value for value in self.options if value in wanted]

    def text(self, value: Any) -> str:
        return "、".join(super(Choices, self).text(v) for v in value or [])

    def edit(self, value: Any) -> str:
        return ",".join(super(Choices, self).text(v) for v in value or [])

    def plain(self, value: Any) -> Any:
        return list(value or [])

    def _compare(self, expression: Any, op: str, value: Any) -> Q:
        one = super().parse(value)
        # The list is compared as its JSON text: '"gold"' can't be a part of another choice.
        found = Q(Contains(expression, f'"{one}"'))
        return found if op == "contains" else ~found | Q(IsNull(expression, True))

    def _empty(self, expression: Any) -> Q:
        return Q(IsNull(expression, True)) | Q(Exact(expression, "[]"))


@dataclass(frozen=True)
class YesNo(Kind):
    """Yes or no."""

    name: ClassVar[str] = "yes_no"
    operators: ClassVar[tuple[str, ...]] = ("yes", "no")
    is_groupable: ClassVar[bool] = True
    has_empty_text: ClassVar[bool] = False
    _yes: ClassVar[frozenset[str]] = frozenset(
        ["1", "true", "yes", "y", "on", "是", "有", "对", "t", "√"]
    )
    _no: ClassVar[frozenset[str]] = frozenset(
        ["0", "false", "no", "n", "off", "否", "无", "不", "f", "×", "x"]
    ) | {""}

    def parse(self, given: Any) -> bool:
        if isinstance(given, bool) or given is None:
            return bool(given)
        text = str(given).strip().casefold()
        if text in self._yes:
            return True
        if text in self._no:
            return False
        raise ValidationError(_("“%(text)s” is neither yes nor no.") % {"text": text[:40]})

    def text(self, value: Any) -> str:
        return "" if value is None else (_("Yes") if value else _("No"))

    def edit(self, value: Any) -> str:
        return "" if value is None else (_("Yes") if value else _("No"))

    def _compare(self, expression: Any, op: str, value: Any) -> Q:
        yes = Q(Exact(expression, True))
        return yes if op == "yes" else ~yes | Q(IsNull(expression, True))
