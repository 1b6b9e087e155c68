"""Reads the cells of one column as the values of one field, the same cells only once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from huike.kernel.entity.field import Field
from huike.kernel.exchange.dates import parse_date, parse_datetime
from huike.kernel.exchange.messages import BadValue
from huike.kernel.exchange.numbers import parse_number
from huike.kernel.exchange.values import (
    Kind,
    Style,
    is_nothing,
    parse_boolean,
    parse_code,
    parse_phone,
    parse_text,
)
from huike.kernel.kinds.choices import Choice, Choices

Reader = Callable[[Any], Any]
KEPT = 20_000  # values remembered per column
BLANK = frozenset({"", "null", "#n/a"})


def reader_of(field: Field, kind: Kind, style: Style) -> Reader:
    """Return a function from a cell to the field's value, None for nothing.

    It raises ValidationError. Links are read as the text that names them.
    """
    read = lru_cache(KEPT, typed=True)(_reader(field, kind, style))
    if field.kind.name == "text" and kind != "code":
        return _reader(field, kind, style)  # names hardly ever repeat
    return read


def _reader(field: Field, kind: Kind, style: Style) -> Reader:
    name, parse = field.kind.name, field.kind.parse
    if name in {"link", "links"}:
        return _text
    if isinstance(field.kind, Choices):
        return lambda cell: None if is_nothing(cell) else parse(parse_text(cell))
    if isinstance(field.kind, Choice):
        return _choice(field.kind)
    if name in {"text", "long_text"}:
        return _words(parse, kind)
    inner: Callable[[Any], Any] = {
        "phone": lambda cell: parse_phone(cell, style.region).number,
        "date": lambda cell: _day(parse_date(cell, style.order)),
        "moment": lambda cell: _moment(parse_datetime(cell, style.order)),
        "yes_no": parse_boolean,
        "number": lambda cell: parse_number(cell, style.decimal),
        "money": lambda cell: parse_number(cell, style.decimal),
        "share": lambda cell: parse_number(cell, style.decimal),
        "whole": lambda cell: parse_number(cell, style.decimal),
    }.get(name, parse_text)
    return _checked(inner, parse)


def _text(cell: Any) -> str | None:
    return None if is_nothing(cell) else parse_code(cell)


def _words(parse: Reader, kind: Kind) -> Reader:
    """Texts: a dash or "none" may be meant, so only what systems write for nothing is nothing."""
    take = parse_code if kind == "code" else parse_text

    def read(cell: Any) -> Any:
        if cell is None:
            return None
        text = take(cell)
        return None if text.casefold() in BLANK else parse(text)

    return read


def _checked(inner: Reader, parse: Reader) -> Reader:
    def read(cell: Any) -> Any:
        if is_nothing(cell):
            return None
        try:
            return parse(inner(cell))
        except BadValue as error:
            raise ValidationError(error.message.text(_)) from None

    return read


def _choice(kind: Choice) -> Reader:
    """Choices by their labels in every language."""
    known: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for value, label in kind.options.items():
                known[str(label).casefold()] = known[str(value).casefold()] = value

    def read(cell: Any) -> Any:
        if is_nothing(cell):
            return None
        text = parse_text(cell)
        return known.get(text.casefold()) or kind.parse(text)

    return read


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _moment(value: Any) -> Any:
    if isinstance(value, datetime) and timezone.is_naive(value):
        value = timezone.make_aware(value)
    return value.astimezone(UTC) if isinstance(value, datetime) else value
