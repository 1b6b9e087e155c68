"""A lunar day as a value of a record: 农历八月十五, typed and shown as people write it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huike.kernel.days import lunar
from huike.kernel.kinds.kind import EMPTY, Kind


@dataclass(frozen=True)
class Lunar(Kind):
    """A day of the lunar year, kept as "08-15", in a leap month as "06-01L"."""

    name: ClassVar[str] = "lunar_day"
    operators: ClassVar[tuple[str, ...]] = ("is", "not", "empty", "filled")

    def parse(self, given: Any) -> str:
        if given in EMPTY or not str(given).strip():
            return ""
        try:
            return lunar.read(str(given)).code
        except ValueError as error:
            raise ValidationError(
                _("“%(text)s” is not a day of the lunar year. Write it like 八月十五 or 8-15.")
                % {"text": str(given)[:40]}
            ) from error

    def text(self, value: Any) -> str:
        if value in EMPTY:
            return ""
        words = lunar.read(str(value)).words
        chinese = (get_language() or "zh").startswith("zh")
        return f"农历{words}" if chinese else f"{value} ({words})"

    def edit(self, value: Any) -> str:
        return "" if value in EMPTY else lunar.read(str(value)).words


class LunarDayField(models.CharField):  # type: ignore[type-arg]
    """A column that holds a day of the lunar year."""

    value_kind = Lunar()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 6)
        super().__init__(*args, **kwargs)

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        return super().clean(self.value_kind.parse(value), model_instance)
