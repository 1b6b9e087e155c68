"""Hostile filters, addresses and bodies: told in words, never suffered."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from huike.customers.models import Party
from tests.api.conftest import CallerOf, told
from tests.cast import Cast, Make

PARTIES, ORDERS = "/api/v1/customers/party/", "/api/v1/trade/order/"
HOSTILE_FILTERS: list[Any] = [
    "",
    7,
    "x",
    ["name"],
    ["name", "is", {"a": [1]}],
    ["name", "is", 10**30],
    ["id", "is", 1],
    ["name", "contains", "\x00"],
    ["name", "contains", "\ud800"],
    ["owner", "in", [10**17, "x", None, {}]],
    ["owner__password", "contains", "x"],
    ["owner", "is", 2**62],
    ["created_at", "after", "9999-12-31"],
    ["created_at", "is", "9999-12-31"],
    ["created_at", "between", ["x", 1]],
    ["created_at", "last", 10**18],
    ["credit_limit", "gt", "1e999999999"],
    ["credit_limit", "gt", 1e308],
    ["tags", "in", [[[]]]],
    ["extra.none", "is", 1],
    ["party__party__party__party__name", "is", "x"],
    {"all": {"all": []}},
    {"any": [[["name", "is", "x"]]]},
    {"all": [["name", "is", "x"]] * 200},
]


@pytest.mark.parametrize("given", HOSTILE_FILTERS, ids=str)
def test_hostile_filters_are_told_not_suffered(cast: Cast, api: CallerOf, given: Any) -> None:
    answer = api("dora").get(f"{PARTIES}?filter={quote(json.dumps(given))}")
    assert answer.status_code in {200, 400}


def test_hostile_addresses_are_told_not_suffered(cast: Cast, api: CallerOf, make: Make) -> None:
    make(Party, cast.alice)
    dora = api("dora")
    bomb = "[" * 100_000
    deep = '{"all":[' * 15 + '["name","is","x"]' + "]}" * 15
    for query in (
        f"filter={bomb}",
        f"filter={quote(deep)}",
        "filter=%00",
        "sort=%00",
        "sort=id",
        "sort=extra",
        "sort=owner__password",
        "size=0",
        "size=99999999999999999999",
        "size=²",
        "size=-1",
        "after=x",
        "after=W251bGwsMV0.0000",
        "fields=password",
        "group=name__x",
        "group=tags",
        "count=maybe",
        "nonsense=1",
        "q=a&q=b",
        "q=" + "x" * 500,
        "q=%00",
    ):
        assert dora.get(f"{PARTIES}?{query}").status_code == 400, query[:60]
    for path in ("99999999999999999999/", "-1/", "x/", f"{2**62}/", "1", "1/nonsense/", "../"):
        assert dora.get(f"{PARTIES}{path}").status_code == 404, path
    assert dora.get("/api/v2/").status_code == 404
    assert dora.call("PUT", PARTIES, {}).status_code == 405


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 400),
        (b"[]", 400),
        (b"null", 400),
        (b'"x"', 400),
        (b"\xff\xfe", 400),
        (b'{"name": NaN}', 400),
        (b'{"name": "a", "name": "b"}', 400),
        (b'{"name": "\\u0000"}', 400),
        (b'{"name": "\\ud800"}', 400),
        (b'{"name": ' + b"[" * 5000, 400),
        (b'{"credit_days": 1' + b"0" * 400 + b"}", 400),
        (b'{"name": "x", "credit_limit": 1e20}', 422),
        (b'{"name": "x", "credit_days": 9223372036854775807}', 422),
        (b'{"name": "x", "owner": 9223372036854775807}', 422),
        (b'{"name": "x", "owner": true}', 422),
        (b'{"name": "x", "tags": [9223372036854775807, 0]}', 422),
        (b'{"name": "x", "birthday": "9999-99-99"}', 422),
        (b'{"name": "x", "level": ["gold"]}', 422),
        (b'{"name": {"$ne": 1}}', 422),
        (b'{"name": "x", "extra": []}', 422),
        (b'{"name": "x", "version": "1"}', 422),
        (b'{"name": "' + b"x" * 11_000_000 + b'"}', 413),
    ],
    ids=lambda given: str(given)[:40],
)
def test_hostile_bodies_are_told_not_suffered(
    cast: Cast, api: CallerOf, body: bytes, status: int
) -> None:
    dora = api("dora")
    answer = dora.client.generic(
        "POST", PARTIES, body, content_type="application/json", headers=dora.headers
    )
    assert answer.status_code == status, answer.content[:300]
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert not Party.objects.exists()


def test_other_types_and_too_many_rows(cast: Cast, api: CallerOf) -> None:
    dora = api("dora")
    wrong = dora.client.post(PARTIES, {"name": "x"}, headers=dora.headers)
    assert wrong.status_code == 415
    body = {"create": [{"name": "x"}] * 1001}
    assert dora.post(f"{PARTIES}bulk/", body).status_code == 422
    for hostile in ({"create": {}}, {"update": [{}]}, {"delete": ["x"]}, {"partial": 1}, {"x": []}):
        assert dora.post(f"{PARTIES}bulk/", hostile).status_code == 422
    assert told(dora.post(f"{PARTIES}bulk/", {}))["created"] == []
    for hostile in ({}, {"change": 1}, {"change": "x"}, {"change": None, "x": 1}):
        assert dora.post("/api/v1/undo/", hostile).status_code == 422
