"""Whole numbers, decimal numbers, money and shares."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from babel.numbers import format_decimal
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huike.kernel.kinds.kind import EMPTY, Kind

_CLEAN = str.maketrans("０１２３４５６７８９．－，", "0123456789.-,", " \u3000\u00a0¥￥$€£,")


def locale() -> str:
    return "zh_Hans_CN" if (get_language() or "").startswith("zh") else "en_GB"


@dataclass(frozen=True)
class Number(Kind):
    """A number with up to `places` decimals."""

    places: int = 4
    name: ClassVar[str] = "number"
    operators: ClassVar[tuple[str, ...]] = (
        "is",
        "not",
        "gt",
        "gte",
        "lt",
        "lte",
        "between",
        "empty",
        "filled",
    )
    is_number: ClassVar[bool] = True
    has_empty_text: ClassVar[bool] = False
    limit: ClassVar[Decimal] = Decimal("1e15")

    def parse(self, given: Any) -> Decimal | None:
        if given in EMPTY:
            return None
        text = str(given).strip().translate(_CLEAN)
        try:
            value = Decimal(text)
        except InvalidOperation:
            value = Decimal("nan")
        if not value.is_finite() or value.copy_abs() >= self.limit:
            raise ValidationError(
                _("“%(text)s” is not a number. Write it like 1234.56.") % {"text": str(given)[:40]}
            )
        return value.quantize(Decimal(1).scaleb(-self.places))

    def text(self, value: Any) -> str:
        if value in EMPTY:
            return ""
        return str(format_decimal(Decimal(str(value)).normalize(), "#,##0.####", locale()))

    def edit(self, value: Any) -> str:
        return "" if value in EMPTY else f"{Decimal(str(value)).normalize():f}"

    def plain(self, value: Any) -> Any:
        return None if value in EMPTY else self.edit(value)


@dataclass(frozen=True)
class Whole(Number):
    """A whole number."""

    places: int = 0
    name: ClassVar[str] = "whole"

    def parse(self, given: Any) -> int | None:  # type: ignore[override]
        value = super().parse(given)
        if value is None:
            return None
        if given not in EMPTY and Decimal(str(given).strip().translate(_CLEAN)) != value:
            raise ValidationError(_("Write a whole number, without decimals."))
        return int(value)

    def plain(self, value: Any) -> Any:
        return None if value in EMPTY else int(value)


@dataclass(frozen=True)
class Money(Number):
    """An amount of money in the firm's currency."""

    places: int = 2
    name: ClassVar[str] = "money"

    def text(self, value: Any) -> str:
        if value in EMPTY:
            return ""
        return str(format_decimal(Decimal(str(value)), "#,##0.00", locale()))

    def edit(self, value: Any) -> str:
        return "" if value in EMPTY else f"{Decimal(str(value)):.2f}"


@dataclass(frozen=True)
class Share(Number):
    """A share of one, shown as a percentage."""

    name: ClassVar[str] = "share"

    def text(self, value: Any) -> str:
        return "" if value in EMPTY else f"{float(value) * 100:.1f}%"
