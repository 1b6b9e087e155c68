"""Satisfaction: CSAT and NPS, the curve, who may read them, and tasks for the unhappy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import override_settings

from huike.analytics.figures.asking import Question
from huike.analytics.figures.satisfaction import satisfaction, satisfaction_rate
from huike.analytics.runs import loading
from huike.kernel.access.models import FieldLimit, Role
from huike.office.models import Task
from huike.surveys.actions import make_task
from huike.surveys.models import Answer
from tests.web.insight.conftest import Firm, links
from tests.web.insight.test_loyalty import sell

PAGE = "/insight/satisfaction/"


@pytest.fixture
def asked(firm: Firm, tmp_path: object) -> Iterator[Firm]:
    """Twelve of Alice's answered: six content, five of them back soon; and five of Carol's."""
    firm.ran()
    rows = []
    for n in range(12):
        party = firm.scored(firm.cast.alice, f"alice{n}", loyalty="trust" if n < 6 else "none")
        said(firm, party, "csat", 5 if n < 6 else 2, date(2026, 3, 1))
        said(firm, party, "nps", 10 if n < 6 else 3, date(2026, 3, 1))
        rows.append((party, date(2026, 2, 1)))
        if n < 5:
            rows.append((party, date(2026, 5, 1)))
    for n in range(5):
        said(firm, firm.scored(firm.cast.carol, f"carol{n}"), "csat", 4, date(2026, 6, 1))
    with override_settings(HOME=tmp_path):
        sell(firm, rows)
        loading.load()
        yield firm


def said(firm: Firm, party: object, kind: str, score: int, on: date) -> Answer:
    at = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    row = firm.make(Answer, None, party=party, kind=kind, score=Decimal(score), at=at, body="x")
    assert isinstance(row, Answer)
    return row


def test_the_figures_are_those_of_the_answers(asked: Firm) -> None:
    found = satisfaction(Question(asked.cast.actor("mona")))
    assert found is not None
    assert found.curve is not None
    csat, nps = found.asked
    assert (csat.figure.value, csat.figure.n) == (pytest.approx(11 / 17), 17)
    assert (nps.figure.value, nps.figure.n) == (pytest.approx(0), 12)
    assert found.curve.levels["all"][5].value == pytest.approx(5 / 6)
    assert found.curve.levels["all"][2].value == 0
    assert found.by_loyalty["trust"].value == 1
    assert satisfaction_rate(
        Question(asked.cast.actor("mona")), date(2026, 3, 1), date(2026, 3, 31)
    ) == pytest.approx(0.5)


def test_the_page_leads_to_customers_and_answers(asked: Firm) -> None:
    page = asked.page("mona", PAGE)
    assert "64.7%" in page.replace(" %", "%")
    told = links(page, "What they answered in the last year")
    assert any("answers__verdict" in href for href in told.values())
    assert "/surveys/answer/?filter=" in page


def test_a_seller_sees_the_own_and_nothing_that_is_hidden(asked: Firm) -> None:
    found = satisfaction(Question(asked.cast.actor("carol")))
    assert found is not None
    assert [one.kind for one in found.asked] == ["csat"]
    assert found.asked[0].figure.n == 5
    role = Role.objects.get(name="mona")
    FieldLimit.objects.create(role=role, record=Answer.label(), field="score", right="hidden")
    assert satisfaction(Question(asked.cast.actor("mona"))) is None
    assert "Your roles hide" in asked.page("mona", PAGE)


def test_who_is_not_satisfied_becomes_a_task_of_the_owner_once(asked: Firm) -> None:
    answer = Answer.objects.filter(verdict="unhappy").order_by("pk").first()
    assert answer is not None
    with pytest.raises(PermissionDenied):
        make_task(asked.cast.actor("carol"), answer)
    done = make_task(asked.cast.actor("root"), answer)
    task = Task.objects.get(pk=done.task_id)
    assert (task.owner_id, task.party_id) == (asked.cast.alice.pk, answer.party_id)
    with pytest.raises(ValidationError):
        make_task(asked.cast.actor("root"), done)


@pytest.mark.parametrize(
    ("kind", "scale", "score", "verdict", "level"),
    [
        ("csat", "", 4, "content", "4.00"),
        ("csat", "", 3, "neutral", "3.00"),
        ("csat", "0-100", 40, "unhappy", "2.60"),
        ("nps", "", 9, "content", "4.60"),
        ("nps", "", 6, "unhappy", "3.40"),
        ("ces", "", 7, "content", "5.00"),
    ],
)
def test_a_score_means_what_its_scale_says(
    kind: str, scale: str, score: int, verdict: str, level: str
) -> None:
    row = Answer(kind=kind, scale=scale, score=Decimal(score))
    row.derive()
    assert (row.verdict, row.level) == (verdict, Decimal(level))


def test_a_score_beyond_its_scale_is_refused() -> None:
    for wrong in (Answer(kind="csat", score=Decimal(6)), Answer(kind="nps", scale="1-5", score=3)):
        with pytest.raises(ValidationError):
            wrong.clean()
