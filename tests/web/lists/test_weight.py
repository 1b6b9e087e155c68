"""What pages weigh on their way to the browser, the first time and after; all of it is our own."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from django.test import Client

from huike.customers.models import Party
from tests.cast import Cast, Make
from tests.web.lists.conftest import SignIn

FIRST, AFTER = 300_000, 30_000  # bytes on the wire
PACKED = {"accept-encoding": "gzip"}
FETCHED = re.compile(r'<(?:script|link|img|use)[^>]*?(?:src|href)="([^"#]+)')
IMPORTED = re.compile(r'^import [^;]*?"(\./[^"]+)"', re.MULTILINE)


def _bytes(client: Client, address: str) -> tuple[int, str]:
    """Return how much one answer weighs as browsers ask for it, and what it says."""
    answer = client.get(address, headers=PACKED)
    assert answer.status_code == 200, address
    sent = answer.getvalue() if answer.streaming else answer.content
    plain = client.get(address)
    text = plain.getvalue() if plain.streaming else plain.content
    return len(sent), text.decode()


def _fetched(client: Client, address: str, seen: dict[str, int]) -> None:
    """Add what a script or a style weighs, with what it imports."""
    if address in seen:
        return
    seen[address], text = _bytes(client, address)
    folder = urlsplit(address).path.rpartition("/")[0]
    for name in IMPORTED.findall(text) if ".js" in address else ():
        _fetched(client, f"{folder}/{name.removeprefix('./')}", seen)


@pytest.mark.once("what is sent is the same, whatever the database")
def test_pages_are_light(cast: Cast, make: Make, sign_in: SignIn) -> None:
    rows = [make(Party, cast.alice) for _ in range(50)]
    client = sign_in("dora")
    for page in ("/", "/customers/party/", f"/customers/party/{rows[0].pk}/", "/settings/"):
        weight, text = _bytes(client, page)
        found = set(FETCHED.findall(text))
        assert found
        assert all(address.startswith("/") and address[1] != "/" for address in found), found
        if any("?v=missing" in address for address in found):
            pytest.skip("the front-end assets are not fetched")
        seen: dict[str, int] = {}
        for address in found:
            if address.startswith("/static/"):
                _fetched(client, address, seen)
        assert weight < AFTER, f"{page}: {weight}"
        assert weight + sum(seen.values()) < FIRST, f"{page}: {weight} and {seen}"
        print(page, weight, weight + sum(seen.values()))


@pytest.mark.once("as above")
def test_a_style_that_is_known_is_not_sent_again() -> None:
    first = Client().get("/static/ui/huike.css", headers=PACKED)
    assert first.headers["Content-Encoding"] == "gzip"
    for name, told in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")):
        if told in first.headers:
            known = {**PACKED, name: first.headers[told]}
            again = Client().get("/static/ui/huike.css", headers=known)
            assert (again.status_code, again.getvalue()) == (304, b"")


def test_the_api_keeps_its_etags(cast: Cast, make: Make, sign_in: SignIn) -> None:
    row = make(Party, cast.alice)
    answer = sign_in("alice").get(f"/api/v1/customers/party/{row.pk}/", headers=PACKED)
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers
    assert not answer.headers["ETag"].startswith("W/")
