"""Roles may name the networks that their holders work from: asked at every request."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from huike.api.access.tokens import issue_token
from huike.kernel.access.models import Role
from huike.staff.door.networks import networks_of, read_networks
from huike.staff.rights.roles import save_role
from tests.cast import SYSTEM, Cast

OFFICE = "192.168.1.0/24, 2001:db8::/32"


def signed_in(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(cast.users[name])
    return client


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("192.168.1.77", 200),
        ("::ffff:192.168.1.77", 200),
        ("2001:db8::5", 200),
        ("192.168.2.1", 403),
        ("2001:db9::5", 403),
        ("", 403),
    ],
)
def test_a_rule_is_asked_at_every_request(address: str, status: int, cast: Cast) -> None:
    Role.objects.filter(name="alice").update(networks=OFFICE)
    client = signed_in(cast, "alice")
    assert client.get("/", REMOTE_ADDR=address).status_code == status
    assert client.get("/api/v1/me/", REMOTE_ADDR=address).status_code == status
    assert signed_in(cast, "bob").get("/", REMOTE_ADDR=address).status_code == 200


def test_a_token_is_held_to_the_rule_of_its_person(cast: Cast) -> None:
    Role.objects.filter(name="alice").update(networks=OFFICE)
    _token, secret = issue_token(SYSTEM, cast.alice, "robot", ["*:read"])
    headers = {"Authorization": f"Bearer {secret}"}
    told: Any = Client().get("/api/v1/me/", headers=headers, REMOTE_ADDR="10.0.0.1")
    assert told.status_code == 403
    assert (
        Client().get("/api/v1/me/", headers=headers, REMOTE_ADDR="192.168.1.9").status_code == 200
    )


def test_whoever_is_outside_is_told_and_may_sign_out(cast: Cast) -> None:
    Role.objects.filter(name="alice").update(networks=OFFICE)
    client = signed_in(cast, "alice")
    answer = client.get("/customers/party/", REMOTE_ADDR="10.9.8.7")
    assert "10.9.8.7" in answer.content.decode()
    assert client.post("/sign-out/", REMOTE_ADDR="10.9.8.7").status_code == 302


def test_one_role_without_a_rule_opens_all(cast: Cast) -> None:
    closed, free = Role(networks="10.0.0.0/8"), Role(networks=" ")
    assert networks_of([closed]) == ("10.0.0.0/8",)
    assert networks_of([closed, free]) == ()
    assert networks_of([]) == ()


@pytest.mark.parametrize("text", ["10.0.0.0/99", "office", "1.2.3", "10.0.0.1; x"])
def test_what_is_no_network_is_refused(text: str, cast: Cast) -> None:
    with pytest.raises(ValidationError) as refused:
        save_role(cast.actor("root"), Role.objects.get(name="bob"), {"networks": text}, None)
    assert list(refused.value.message_dict) == ["networks"]


def test_nobody_shuts_themselves_out(cast: Cast) -> None:
    role = Role.objects.get(name="root")
    given = {"networks": "10.0.0.0/8", "address": "127.0.0.1"}
    with pytest.raises(ValidationError):
        save_role(cast.actor("root"), role, given, None)
    role.refresh_from_db()
    assert role.networks == ""
    save_role(cast.actor("root"), role, {**given, "address": "10.1.1.1"}, None)


def test_networks_are_read_as_people_write_them() -> None:
    found = [str(n) for n in read_networks("10.0.0.1，192.168.1.5/24；::1\n")]
    assert found == ["10.0.0.1/32", "192.168.1.0/24", "::1/128"]
