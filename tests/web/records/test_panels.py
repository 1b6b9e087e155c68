"""Late panels: each is fetched under its own address, and nobody's name is taken twice."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from huike.customers.models import Party
from huike.web.records.panels import Panel, add_panel
from tests.cast import Cast, Make


def test_every_late_panel_of_a_customer_is_its_own(cast: Cast, make: Make) -> None:
    client, row = Client(), make(Party, cast.alice)
    client.force_login(cast.mona)
    page = client.get(f"/customers/party/{row.pk}/").content.decode()
    addresses = re.findall(r'hx-get="([^"]+/panel/[^"]+)"', page)
    told = [client.get(one, headers={"HX-Request": "true"}) for one in addresses]
    assert {answer.status_code for answer in told} == {200}
    shown = [answer.content for answer in told if answer.content.strip()]
    assert len(set(addresses)) == len(addresses) > 5
    assert len(set(shown)) == len(shown) > 3


def test_a_name_is_given_once() -> None:
    add_panel("test.record", Panel("web/one/same.html", lambda _opened: None, late=True))
    with pytest.raises(ValueError, match="same"):
        add_panel("test.record", Panel("web/two/same.html", lambda _opened: None, late=True))
