"""The page of API tokens: made, shown once, good, revoked; each to its own person."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from huike.api.models import Token
from tests.cast import Cast


@pytest.fixture
def alice(cast: Cast, client: Client) -> Client:
    client.force_login(cast.alice)
    return client


def test_a_token_is_shown_once_and_opens_the_api(alice: Client, cast: Cast) -> None:
    given = {"name": "报表", "whole": "read", "days": "30"}
    page = alice.post("/api/tokens/", given).content.decode()
    found = re.search(r"hk_[\w-]+", page.partition("secret")[2])
    assert found
    token = Token.objects.get()
    assert (token.user, token.scopes) == (cast.alice, ["*:read"])
    assert found[0] not in alice.get("/api/tokens/").content.decode()
    program = Client(headers={"authorization": f"Bearer {found[0]}"})
    assert program.get("/api/v1/me/").status_code == 200
    alice.post(f"/api/tokens/{token.pk}/end/")
    assert program.get("/api/v1/me/").status_code == 401


def test_scopes_are_chosen_record_by_record(alice: Client) -> None:
    given = {"name": "x", "whole": "", "scope:customers/party": "write"}
    assert alice.post("/api/tokens/", given).status_code == 200
    assert Token.objects.get().scopes == ["customers/party:write"]
    assert alice.post("/api/tokens/", {"name": "x", "whole": ""}).status_code == 422


def test_tokens_are_ones_own(alice: Client, cast: Cast) -> None:
    alice.post("/api/tokens/", {"name": "von alice", "whole": "read"})
    other = Client()
    other.force_login(cast.bob)
    assert "von alice" not in other.get("/api/tokens/").content.decode()
    assert other.post(f"/api/tokens/{Token.objects.get().pk}/end/").status_code == 404
    assert Token.objects.get().is_live
    assert Client().get("/api/tokens/").status_code == 302
