"""The same figures by API: rights and scopes of a token hold, errors are told in words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from huike.analytics.models import Pivot
from huike.api.access.tokens import issue_token
from tests.cast import SYSTEM
from tests.web.insight.conftest import Firm
from tests.web.pivot.conftest import figures

ADDRESS = "/api/v1/figures/"
BY_OWNER = "fact=sale&rows=owner.staff&measures=revenue,orders"


def ask(firm: Firm, name: str, query: str, *scopes: str, status: int = 200) -> Any:
    """Ask with a token of those scopes."""
    user = firm.cast.users[name]
    _token, secret = issue_token(SYSTEM, user, "test", scopes or ("*:read",))
    headers = {"authorization": f"Bearer {secret}", "accept-language": "en"}
    answer = Client(headers=headers).get(f"{ADDRESS}?{query}")
    assert answer.status_code == status, answer.content
    return answer.json()


def lines(told: Any) -> dict[str, dict[str, float]]:
    return {"/".join(m["text"] for m in row["rows"]): row["values"] for row in told["rows"]}


@pytest.mark.parametrize("name", ["mona", "carol"])
def test_figures_are_those_of_the_page(sold: Firm, name: str) -> None:
    shown = figures(sold.page(name, f"/pivot/?{BY_OWNER}&columns="))
    told = lines(ask(sold, name, BY_OWNER))
    for label, revenue, orders in shown:
        values = told["" if label == "Total" else label]
        assert f"{values['revenue']:,.2f}" == revenue
        assert values["orders"] == int(orders)
    assert len(told) == len(shown)


def test_a_saved_pivot_is_read_by_all_who_may_see_it(sold: Firm) -> None:
    definition = json.dumps({"rows": ["owner.staff"], "measures": ["orders"]})
    shared = sold.make(Pivot, sold.cast.alice, definition=definition, is_shared=True)
    own = sold.make(Pivot, sold.cast.alice, definition=definition)
    assert lines(ask(sold, "carol", f"pivot={shared.pk}"))["carol"] == {"orders": 2}
    assert lines(ask(sold, "alice", f"pivot={own.pk}"))["alice"] == {"orders": 3}
    ask(sold, "carol", f"pivot={own.pk}", status=404)


def test_a_token_reads_no_more_than_its_scopes(sold: Firm) -> None:
    ask(sold, "mona", BY_OWNER, "trade/order:read", status=403)
    told = ask(sold, "mona", BY_OWNER, "analytics/pivot:read", status=400)
    assert "do not let you see" in told["detail"]
    both = ("analytics/pivot:read", "trade/order:read")
    assert lines(ask(sold, "mona", BY_OWNER, *both))[""] == {"revenue": 800, "orders": 5}
    by_city = "fact=sale&rows=customer.city&measures=revenue"
    assert "do not let you see by" in ask(sold, "mona", by_city, *both, status=400)["detail"]


def test_what_is_wrong_is_told(sold: Firm, tmp_path: Path, settings: LazySettings) -> None:
    for query, words in (
        ("fact=nothing", "no figures called"),
        ("fact=sale&measures=x", "no number called"),
        ("fact=sale&filters=x", "no JSON"),
        ("size=0", "whole number"),
    ):
        assert words in ask(sold, "mona", query, status=400)["detail"]
    ask(sold, "iris", BY_OWNER, status=403)
    settings.HOME = tmp_path / "empty"
    assert "No figures" in ask(sold, "mona", BY_OWNER, status=404)["detail"]
