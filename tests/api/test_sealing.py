"""Sealed content by API: named without the second secret, read with it, wrong ones slowed down."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import translation

from huike.customers.models import Party
from huike.kernel.sealing import cipher, readers
from tests.cast import Cast, Make

SECRET = {"Huike-Second-Secret": "a second secret of root"}


@pytest.fixture
def address(cast: Cast, make: Make, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(cipher, "MEMORY", 64)
    readers.set_secret(cast.actor("root"), SECRET["Huike-Second-Secret"])
    party = make(Party, cast.alice, about="暗语")
    return f"/api/v1/customers/party/{party.pk}/"


def test_sealed_read_and_put_back(cast: Cast, client: Client, address: str) -> None:
    client.force_login(cast.root)
    asked = {"fields": ["about"], "remark": "另记"}
    with translation.override("en"):
        sealed = client.post(f"{address}sealed/", asked, "application/json", headers=SECRET)
    assert sealed.json()["values"] == {"about": "暗语", "sealed_remark": "另记"}
    row = client.get(address, headers={"Accept-Language": "en"}).json()
    assert (row["about"], row["sealed_fields"]) == ("", "Remarks、Sealed remarks")
    named = client.get(f"{address}sealed/").json()
    assert named == {"names": ["about", "sealed_remark"], "values": None, "files": []}
    assert client.get(f"{address}sealed/", headers=SECRET).json()["values"]["about"] == "暗语"
    back = client.delete(f"{address}sealed/", headers=SECRET).json()
    assert back["names"] == ["sealed_remark"]
    assert client.get(address).json()["about"] == "暗语"


def test_a_wrong_secret_opens_nothing_and_is_counted(
    cast: Cast, client: Client, address: str
) -> None:
    client.force_login(cast.root)
    wrong = {"Huike-Second-Secret": "wrong"}
    for _n in range(5):
        answer = client.get(f"{address}sealed/", headers=wrong)
        assert answer.status_code == 422
        assert "values" not in answer.json()
    assert client.get(f"{address}sealed/", headers=SECRET).status_code == 422


def test_who_may_not_see_the_record_learns_nothing(
    cast: Cast, client: Client, address: str
) -> None:
    client.force_login(cast.carol)
    assert client.get(f"{address}sealed/").status_code == 404
    client.force_login(cast.root)
    answer = client.post(
        f"{address}sealed/", {"fields": ["name"]}, "application/json", headers=SECRET
    )
    assert answer.status_code == 422
