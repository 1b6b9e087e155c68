"""The panel of a customer's page: what is shown to whom, why, and at what cost."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huike.catalog.models import Product
from huike.customers.models import Party
from huike.kernel.access.models import FieldLimit, Role
from huike.kernel.entity.entity import entity_of
from huike.web.insight import panel
from huike.web.records.loading import Open
from tests.web.insight.conftest import NOW, THEN, Firm


@pytest.fixture
def party(firm: Firm) -> Party:
    product = firm.make(Product, None, name="机油")
    found = firm.scored(
        firm.cast.alice, "王建国", reasons=[["silent_days", 120]], next_product=product,
        next_lift="2.5",
    )  # fmt: skip
    firm.past(found, THEN, clv=300)
    firm.past(found, NOW, clv=500)
    return found


def address(party: Party) -> str:
    return f"/customers/party/{party.pk}/side/"


def test_the_panel_shows_class_future_risk_and_trend(firm: Firm, party: Party) -> None:
    page = firm.page("alice", address(party))
    assert 'id="insight"' in page
    for text in ("400.00 to 700.00", "90.0%", "stable", "silent for 120 days", "机油"):
        assert text in page
    assert "CLV from 300 to 500" in page


def test_the_panel_costs_two_queries(firm: Firm, party: Party) -> None:
    opened = Open(firm.cast.actor("alice"), entity_of(Party), party, {})
    with CaptureQueriesContext(connection) as queries:
        assert panel.score_facts(opened)
    assert len(queries) == 2


def test_no_panel_without_rights_or_score(firm: Firm, party: Party) -> None:
    unscored = firm.make(Party, firm.cast.alice)
    assert 'id="insight"' not in firm.page("alice", address(unscored))
    Role.objects.get(name="alice").grants.filter(record="analytics.score").delete()
    assert 'id="insight"' not in firm.page("alice", address(party))
    assert firm.client("alice").get(f"/insight/why/{party.pk}/clv/").status_code == 404


def test_a_hidden_number_is_neither_shown_nor_explained(firm: Firm, party: Party) -> None:
    for record in ("analytics.score", "analytics.pastscore"):
        FieldLimit.objects.create(
            role=Role.objects.get(name="alice"), record=record, field="clv", right="hidden"
        )
    page = firm.page("alice", address(party))
    assert "500.00" not in page
    assert "CLV from" not in page
    client = firm.client("alice")
    # the sentence about the matrix would tell the CLV
    for name in ("clv", "matrix"):
        assert client.get(f"/insight/why/{party.pk}/{name}/").status_code == 404
        assert f"/insight/why/{party.pk}/{name}/" not in page
    assert client.get(f"/insight/why/{party.pk}/abc/").status_code == 200


def test_a_stranger_is_told_nothing(firm: Firm, party: Party) -> None:
    assert firm.client("carol").get(f"/insight/why/{party.pk}/abc/").status_code == 404
    assert firm.client("alice").get(f"/insight/why/{party.pk}/nonsense/").status_code == 404


def test_why_is_the_method_s_sentence(
    firm: Firm, party: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[Any, ...]] = []

    def told(*given: Any) -> str:
        asked.append(given)
        return "Class A: among the best."

    monkeypatch.setattr(panel, "sentence", told)
    client = firm.client("alice")
    part = client.get(f"/insight/why/{party.pk}/abc/", headers={"HX-Request": "true"})
    assert part.content.decode().strip() == "Class A: among the best."
    assert "<html" in client.get(f"/insight/why/{party.pk}/abc/").content.decode()
    assert asked[0] == (party.pk, "abc", "en")


def test_why_without_a_kept_result_says_when(firm: Firm, party: Party) -> None:
    firm.ran(on=date(2026, 10, 30))
    assert "with the next run" in firm.page("alice", f"/insight/why/{party.pk}/abc/")
    told = firm.page("alice", f"/insight/why/{party.pk}/next_product/")
    assert "buy “机油” 2.5 times as often" in told
    common = firm.make(Product, None, name="玻璃水")
    other = firm.scored(firm.cast.alice, next_product=common, next_lift="0.97")
    told = firm.page("alice", f"/insight/why/{other.pk}/next_product/")
    assert "also buy “玻璃水”" in told
