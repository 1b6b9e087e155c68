"""The seeded firm of bench/ is one that the product could have made, and opens."""

from __future__ import annotations

import json

import pytest
from bench.firm.loading import load
from bench.firm.rows import Size
from django.db import connection
from django.test import Client

from huike.channels.models import Interaction
from huike.cli.commands.check import _findings
from huike.customers.models import Party
from huike.kernel.actor import Actor
from huike.kernel.change.work import change
from huike.kernel.numbering import next_number
from huike.kernel.search.index import drift
from huike.staff.models import Department, User
from huike.trade.models import Order

CUSTOMERS = 200


@pytest.fixture
def firm(db: None) -> None:
    load(Size(CUSTOMERS, 5 * CUSTOMERS, 3 * CUSTOMERS))


@pytest.mark.usefixtures("firm")
def test_the_seeded_firm_is_whole() -> None:
    assert Department.objects.count() == 30
    assert User.objects.count() == 200
    counted = [model.objects.count() for model in (Party, Interaction, Order)]
    assert counted == [CUSTOMERS, 5 * CUSTOMERS, 3 * CUSTOMERS]
    connection.check_constraints()
    for model in (Party, Interaction, Order):
        assert drift(model) == []
        for row in model.objects.all()[:20]:
            row.full_clean()
    _names, problems = zip(*_findings(), strict=True)
    assert not any(problems[:2]), problems  # tables and journal; assets and jobs are the machine's


@pytest.mark.usefixtures("firm")
def test_the_seeded_firm_is_worked_with() -> None:
    """A division's manager opens a list, a search and a customer."""
    client = Client()
    client.force_login(User.objects.get(username="manager1"))
    assert client.get("/customers/party/").status_code == 200
    assert client.get("/customers/party/?q=王").status_code == 200
    mine = Party.objects.filter(owner__department__parent__name="销售一部")[0]
    assert client.get(f"/customers/party/{mine.pk}/").status_code == 200
    brand = mine.extra.get("car_brand", "宝马")
    asked = json.dumps(["extra.car_brand", "in", [brand]])
    page = client.get("/customers/party/", {"filter": asked}).content.decode()
    assert any(row.name in page for row in Party.objects.filter(extra__car_brand=brand))


@pytest.mark.usefixtures("firm")
def test_what_comes_after_the_seeded_rows_gets_the_next_keys_and_numbers() -> None:
    latest = Order.objects.order_by("-pk")[0]
    with change(Actor.system("test"), "test.order"):
        new = Party(name="新客户")
        new.save()
        order = Order(party=new, on=latest.on, number=next_number("SO", latest.on.date()))
        order.save()
    assert (new.pk, order.pk) == (CUSTOMERS + 1, latest.pk + 1)
    assert order.number[:10] == latest.number[:10]
    assert int(order.number[10:]) == int(latest.number[10:]) + 1
