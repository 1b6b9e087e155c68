"""Who may call: tokens with scopes, reach and an end; sessions with CSRF; and how often."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone
from rest_framework.throttling import SimpleRateThrottle

from huike.api.access.tokens import issue_token, revoke, tokens_of
from huike.api.models import Token
from huike.catalog.models import Product
from huike.customers.models import Party
from huike.kernel.change.models import Entry
from tests.api.conftest import Api, CallerOf, rows, told
from tests.cast import SYSTEM, Cast, Make

PARTIES = "/api/v1/customers/party/"


def test_a_secret_is_shown_once_and_kept_as_a_digest(cast: Cast) -> None:
    token, secret = issue_token(cast.actor("alice"), cast.alice, "shop", ["customers/party:read"])
    assert secret.startswith("hk_")
    assert len(secret) > 40
    assert secret not in str(Token.objects.values().get(pk=token.pk))
    entry = Entry.objects.latest("pk")
    assert (entry.record, entry.kind) == ("api.token", "create")
    assert secret not in str(entry.fields)


def test_tokens_are_made_and_seen_by_their_owner_or_an_administrator(cast: Cast) -> None:
    with pytest.raises(PermissionDenied):
        issue_token(cast.actor("mona"), cast.alice, "x", ["*:read"])
    with pytest.raises(PermissionDenied):
        tokens_of(cast.actor("mona"), cast.alice)
    token, _secret = issue_token(cast.actor("root"), cast.alice, "x", ["*:read"])
    assert list(tokens_of(cast.actor("alice"), cast.alice)) == [token]
    for scopes in ([], ["party:read"], ["customers/party:admin"], ["no/such:read"]):
        with pytest.raises(ValidationError):
            issue_token(SYSTEM, cast.alice, "x", scopes)
    with pytest.raises(ValidationError):
        issue_token(SYSTEM, cast.alice, "x", ["*:read"], timezone.now() - timedelta(1))


def test_scopes_cut_down_rights(cast: Cast, api: CallerOf, make: Make) -> None:
    row, product = make(Party, cast.alice), make(Product)
    reading = api("mona", ("customers/party:read",))
    assert reading.get(f"{PARTIES}{row.pk}/").status_code == 200
    assert reading.patch(f"{PARTIES}{row.pk}/", {"name": "x"}).status_code == 403
    assert reading.post(PARTIES, {"name": "x"}).status_code == 403
    assert reading.get(f"/api/v1/catalog/product/{product.pk}/").status_code == 404
    assert reading.get("/api/v1/catalog/product/").status_code == 403
    assert reading.get("/api/v1/jobs/").status_code == 403
    assert [r["record"] for r in rows(reading.get("/api/v1/records/"))] == ["customers/party"]
    writing = api("mona", ("customers/party:write",))
    assert writing.patch(f"{PARTIES}{row.pk}/", {"name": "x"}).status_code == 200
    everything = api("mona", ("*:read",))
    assert everything.get(f"/api/v1/catalog/product/{product.pk}/").status_code == 200
    assert everything.get("/api/v1/jobs/").status_code == 200
    assert everything.patch(f"{PARTIES}{row.pk}/", {"name": "y"}).status_code == 403


def test_reach_only_shrinks(cast: Cast, api: CallerOf, make: Make) -> None:
    make(Party, cast.alice)
    mine = make(Party, cast.mona)
    assert len(rows(api("mona").get(PARTIES))) == 2
    assert [r["id"] for r in rows(api("mona", reach="own").get(PARTIES))] == [mine.pk]
    assert rows(api("carol", reach="all").get(PARTIES)) == []
    assert [r["id"] for r in rows(api("root", reach="own").get(PARTIES))] == []


def test_an_administrators_narrow_token_is_not_an_administrator(cast: Cast, api: CallerOf) -> None:
    me = told(api("root", ("customers/party:read",)).get("/api/v1/me/"))
    assert not me["is_administrator"]
    assert list(me["rights"]) == ["customers/party"]
    assert me["rights"]["customers/party"] == {"view": ["all"]}


def test_ended_and_revoked_tokens_open_nothing(cast: Cast) -> None:
    token, secret = issue_token(SYSTEM, cast.alice, "x", ["*:read"])
    caller = Api(secret)
    assert caller.get("/api/v1/me/").status_code == 200
    token.refresh_from_db()
    assert token.last_used_at is not None
    revoke(cast.actor("alice"), token)
    assert caller.get("/api/v1/me/").status_code == 401
    soon = timezone.now() + timedelta(hours=1)
    token, secret = issue_token(SYSTEM, cast.alice, "x", ["*:read"], soon)
    assert Api(secret).get("/api/v1/me/").status_code == 200
    Token.objects.filter(pk=token.pk).update(expires_at=timezone.now())
    assert Api(secret).get("/api/v1/me/").status_code == 401
    _token, secret = issue_token(SYSTEM, cast.bob, "x", ["*:read"])
    cast.bob.is_active = False
    cast.bob.save()
    assert Api(secret).get("/api/v1/me/").status_code == 401
    for wrong in ("hk_wrong", "hk_" + "é" * 20, "x" * 5000, "hk_x.nowhere", "hk_x.../../main"):
        assert Api(wrong).get("/api/v1/me/").status_code == 401


def test_a_session_needs_its_csrf_token_to_write(cast: Cast, make: Make) -> None:
    row = make(Party, cast.alice)
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.alice)
    at = f"{PARTIES}{row.pk}/"
    assert client.get(at).status_code == 200
    given = {"data": '{"name": "New"}', "content_type": "application/json"}
    refused = client.patch(at, **given)
    assert (refused.status_code, refused.headers["Content-Type"]) == (
        403,
        "application/problem+json",
    )
    client.get("/")
    token = client.cookies["csrftoken"].value
    done = client.patch(at, **given, headers={"X-CSRFToken": token})
    assert done.status_code == 200, done.content
    assert Entry.objects.latest("pk").change.via == "api"


def test_answers_speak_the_callers_language(cast: Cast, api: CallerOf) -> None:
    mona = api("mona")
    chinese = told(mona.get("/api/v1/customers/party/999/"), 404)["title"]
    english = told(mona.get("/api/v1/customers/party/999/", Accept_Language="en-GB"), 404)["title"]
    assert ("找" in chinese, english) == (True, "Not found")
    cast.mona.language = "en"
    cast.mona.save()
    assert told(mona.get("/api/v1/customers/party/999/"), 404)["title"] == "Not found"


def test_too_many_requests_wait(cast: Cast, api: CallerOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        SimpleRateThrottle, "THROTTLE_RATES", {"caller": "3/min", "stranger": "2/min"}
    )
    mona, other = api("mona"), api("mona")
    assert [mona.get("/api/v1/me/").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert int(mona.get("/api/v1/me/").headers["Retry-After"]) > 0
    assert other.get("/api/v1/me/").status_code == 200
    assert [api().get("/api/v1/me/").status_code for _ in range(3)] == [401, 401, 429]
