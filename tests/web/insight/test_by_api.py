"""What the insight pages show is read by API too: the same figures, rights and filters."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from huike.analytics.figures.asking import PAGES, Question
from huike.analytics.figures.loyalty import loyalty
from huike.analytics.figures.satisfaction import satisfaction
from huike.api.access.tokens import issue_token
from huike.kernel.access.models import FieldLimit, Role
from tests.cast import SYSTEM
from tests.web.insight.conftest import Firm
from tests.web.insight.test_satisfaction import asked

__all__ = ["asked"]


def ask(firm: Firm, who: str, page: str, status: int = 200, **given: str) -> Any:
    _token, secret = issue_token(SYSTEM, firm.cast.users[who], "test", ("*:read",))
    headers = {"authorization": f"Bearer {secret}", "accept-language": "en"}
    answer = Client(headers=headers).get(f"/api/v1/insight/{page}/", given)
    assert answer.status_code == status, answer.content
    return answer.json()


def test_every_page_answers_with_what_the_screen_shows(asked: Firm) -> None:
    told = {name: ask(asked, "mona", name)["figures"] for name in PAGES}
    question = Question(asked.cast.actor("mona"))
    shown, types = satisfaction(question), loyalty(question)
    assert shown is not None
    assert types is not None
    csat = told["satisfaction"]["satisfaction"]["asked"][0]["figure"]
    assert csat["value"] == pytest.approx(shown.asked[0].figure.value, abs=1e-6)
    groups = {one["key"]: one for one in told["loyalty"]["loyalty"]["types"]["groups"]}
    assert groups["trust"]["customers"] == types.types.of("trust").customers == 6
    assert groups["trust"]["records"] == "customers/party"
    assert groups["trust"]["filter"] == ["score__loyalty", "in", ["trust"]]
    assert told["forecast"]["demand"]["unit"] == "month"


def test_rights_hold_and_filters_narrow(asked: Firm) -> None:
    own = ask(asked, "carol", "satisfaction")["figures"]["satisfaction"]["asked"]
    assert [(one["kind"], one["figure"]["n"]) for one in own] == [("csat", 5)]
    of_alice = ask(asked, "mona", "satisfaction", filter=f'["owner","in",[{asked.cast.alice.pk}]]')
    assert of_alice["figures"]["satisfaction"]["asked"][0]["figure"]["n"] == 12
    FieldLimit.objects.create(
        role=Role.objects.get(name="mona"), record="analytics.score", field="loyalty",
        right="hidden",
    )  # fmt: skip
    assert ask(asked, "mona", "loyalty")["figures"]["loyalty"] is None


WRONG: tuple[dict[str, str], ...] = (
    {"filter": "{"}, {"filter": '[["nothing","is",1]]'}, {"on": "1999-01-01"}, {"on": "x"},
    {"unit": "hour"}, {"other": "1"},
)  # fmt: skip


def test_what_cannot_be_asked_is_said(firm: Firm) -> None:
    firm.ran()
    firm.scored(firm.cast.alice)
    assert ask(firm, "mona", "value")["page"] == "value"
    for given in WRONG:
        assert ask(firm, "mona", "value", 400, **given)["status"] == 400
    assert ask(firm, "mona", "nothing", 404)["status"] == 404
