"""Late panels: fetched in one request, or each under its own address, which is its alone."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from huike.customers.models import Party
from huike.web.records.panels import Panel, add_panel
from tests.cast import Cast, Make


def test_what_stands_beside_the_timeline_comes_at_once(cast: Cast, make: Make) -> None:
    client, row = Client(), make(Party, cast.alice)
    client.force_login(cast.mona)
    page = client.get(f"/customers/party/{row.pk}/").content.decode()
    (address,) = re.findall(r'hx-get="([^"]+/side/)"', page)
    side = client.get(address, headers={"HX-Request": "true"}).content.decode()
    names = {"owners", "purchases", "protection", "privacy"}
    assert [name for name in names if f'id="{name}"' in side] == list(names)
    (stages,) = re.findall(r'hx-get="([^"]+/panel/stages/)"', side)  # it may take long
    assert 'id="stage"' in client.get(stages).content.decode()
    alone = client.get(f"/customers/party/{row.pk}/panel/owners/")
    assert 'id="owners"' in alone.content.decode()
    assert client.get(address).status_code == 200  # a page of its own, without JavaScript


def test_a_name_is_given_once() -> None:
    add_panel("test.record", Panel("web/one/same.html", lambda _opened: None, late=True))
    with pytest.raises(ValueError, match="same"):
        add_panel("test.record", Panel("web/two/same.html", lambda _opened: None, late=True))
