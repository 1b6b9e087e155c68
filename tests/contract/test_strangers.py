"""Strangers see nothing but the door, and no form is taken without its token, anywhere."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from huike.web.session import OPEN
from tests.cast import Cast

SAMPLES: dict[str, Any] = {
    "IntConverter": "1",
    "UUIDConverter": str(uuid.UUID(int=1)),
    "EntityConverter": "customers/party",
    "StringConverter": "party",
    "SlugConverter": "party",
    "PathConverter": "party",
}


def addresses(patterns: Any = None, before: str = "/") -> Iterator[str]:
    """Yield one address of every pattern of the site."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = str(pattern.pattern)
        if route.startswith("api/"):
            continue  # it has a contract of its own: tests/api
        for name, converter in pattern.pattern.converters.items():
            sample = SAMPLES[type(converter).__name__]
            route = _filled(route, name, sample)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, before + route)
        elif isinstance(pattern, URLPattern):
            yield before + route


def _filled(route: str, name: str, sample: str) -> str:
    start = next(
        i for i in range(len(route)) if route[i] == "<" and route[i:].split(">")[0].endswith(name)
    )
    end = route.index(">", start)
    return route[:start] + sample + route[end + 1 :]


PAGES = sorted(set(addresses()))
CLOSED = [a for a in PAGES if not a.startswith(OPEN)]


def test_the_walk_finds_the_site() -> None:
    assert len(PAGES) > 60


at_the_door = pytest.mark.once("refused before a row of the product is asked for")


@at_the_door
@pytest.mark.django_db
def test_strangers_are_sent_to_the_door() -> None:
    wrong = []
    for address in CLOSED:
        for method in ("get", "post"):
            answer = getattr(Client(), method)(address)
            if answer.status_code != 302 or not answer.headers["Location"].startswith("/sign-in/"):
                wrong.append(f"{method} {address}: {answer.status_code}")
            part = getattr(Client(), method)(address, headers={"HX-Request": "true"})
            if part.status_code != 401 or part.content:
                wrong.append(f"{method} {address} by HTMX: {part.status_code}")
    assert not wrong


@at_the_door
def test_no_form_is_taken_without_its_token(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.root)
    wrong = [a for a in PAGES if client.post(a).status_code != 403]
    assert not wrong
