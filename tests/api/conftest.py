"""Callers of the API: each person of the cast with a token, and strangers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from huike.api.access.tokens import issue_token
from huike.kernel.entity.entity import Entity
from tests.cast import SYSTEM, Cast


class Api:
    """Calls the API with one token and looks at every answer."""

    def __init__(self, secret: str = "") -> None:
        self.client = Client()
        self.headers = {"Authorization": f"Bearer {secret}"} if secret else {}

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        given = {"headers": {**self.headers, **names}}
        if body is not None:
            given |= {"data": json.dumps(body), "content_type": "application/json"}
        answer = self.client.generic(method, path, **given)  # type: ignore[arg-type]
        assert answer.status_code < 500, answer.content
        if answer.status_code >= 400:
            assert answer.headers["Content-Type"] == "application/problem+json", answer.content
            problem = json.loads(answer.content)
            assert problem["status"] == answer.status_code
            assert problem.keys() >= {"type", "title", "status", "code", "detail"}
        return answer

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        return self.call("POST", path, body if body is not None else {}, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self.call("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: str) -> HttpResponse:
        return self.call("DELETE", path, **headers)


CallerOf = Callable[..., Api]


@pytest.fixture(autouse=True)
def no_counting() -> None:
    """Begin each test with nobody counted for the rate limit."""
    cache.clear()


@pytest.fixture
def api(cast: Cast) -> CallerOf:
    """Return api(name, scopes=..., reach=...): a caller with a token of that person."""

    def caller(name: str = "", scopes: tuple[str, ...] = ("*:write",), reach: str = "") -> Api:
        if not name:
            return Api()
        _token, secret = issue_token(SYSTEM, cast.users[name], "test", scopes, reach=reach)
        return Api(secret)

    return caller


def url(entity: Entity, pk: int | None = None, rest: str = "") -> str:
    return f"/api/v1/{entity.key}/" + (f"{pk}/" if pk else "") + rest


def rows(answer: HttpResponse) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = json.loads(answer.content)["rows"]
    return found


def told(answer: HttpResponse, status: int = 200) -> Any:
    assert answer.status_code == status, answer.content
    return json.loads(answer.content)
