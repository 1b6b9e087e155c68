"""What all pages of set-up share: only administrators, and mistakes told by field."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from huike.kernel.access.administrator import require_administrator
from huike.kernel.entity.writing import Errors, readable
from huike.web.rendering import actor_of

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def administrators(view: View[P]) -> View[P]:
    """Let only administrators see a page; others are told who can help."""

    @functools.wraps(view)
    def asked(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        require_administrator(actor_of(request))
        return view(request, *args, **kwargs)

    return asked


def errors_of(error: ValidationError) -> Errors:
    """Return a refusal's reasons by field, "" standing for the whole form."""
    return readable(error)


def number(text: str | None) -> int | None:
    """Return a key as a form sends it, or None."""
    return int(text) if text and text.isdigit() and len(text) < 19 else None


def numbers(texts: list[str]) -> list[int]:
    """Return the keys of a form's ticked boxes."""
    return [key for text in texts if (key := number(text)) is not None]
