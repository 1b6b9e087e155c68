"""Reads JSON strictly: what a database or a reader could choke on is refused at the door."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import IO, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework import negotiation, parsers, renderers
from rest_framework.exceptions import ParseError
from rest_framework.request import Request

MAX_DEPTH = 20
LARGEST = 2**63 - 1


class StrictJSON(parsers.BaseParser):
    """application/json in UTF-8, without doubles, NaN, control characters or endless nesting."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        # `body` keeps what was read, for Idempotency-Key, and minds its size
        read = stream.body if isinstance(stream, HttpRequest) else stream.read()
        try:
            return strict(read.decode("utf-8"))
        except UnicodeDecodeError as error:
            raise ParseError(_("The body must be JSON in UTF-8.")) from error


def strict(text: str) -> Any:
    """Return the value of JSON text; raise ParseError saying what is wrong with it."""
    try:
        value = json.loads(
            text, parse_constant=_refuse_constant, object_pairs_hook=_without_doubles
        )
    except (ValueError, RecursionError) as error:
        raise ParseError(_("This is not JSON: %s") % str(error)[:100]) from error
    check(value)
    return value


def check(value: Any, depth: int = 0) -> None:
    """Raise ParseError for what no field can hold."""
    if depth > MAX_DEPTH:
        raise ParseError(_("The JSON is nested too deeply."))
    if isinstance(value, str):
        check_text(value)
    elif isinstance(value, Mapping):
        for key, held in value.items():
            check_text(str(key))
            check(held, depth + 1)
    elif isinstance(value, Sequence):
        for held in value:
            check(held, depth + 1)
    elif (isinstance(value, int) and abs(value) > LARGEST) or (
        isinstance(value, float) and abs(value) > 1e300
    ):
        raise ParseError(_("A number is too large."))


def check_text(text: str) -> None:
    """Raise ParseError for NUL and for halves of characters, which no database keeps."""
    if "\x00" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        raise ParseError(_("A text holds a sign that can't be kept (NUL or half a character)."))


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name comes twice in one object")
    return found


class AlwaysJSON(negotiation.BaseContentNegotiation):
    """Answers JSON whatever the caller says to accept: there is nothing else to choose from."""

    def select_parser(
        self, request: Request, parsers: Iterable[parsers.BaseParser]
    ) -> parsers.BaseParser | None:
        return negotiation.DefaultContentNegotiation().select_parser(request, parsers)

    def select_renderer(
        self,
        request: Request,
        renderers: Iterable[renderers.BaseRenderer],
        format_suffix: str | None = None,
    ) -> tuple[renderers.BaseRenderer, str]:
        first = next(iter(renderers))
        return first, first.media_type or ""
