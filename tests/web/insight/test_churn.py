"""The page on churn: what is at stake, whose it is, what it brings to act, how good it is."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from huike.analytics.figures import churn
from huike.analytics.figures.asking import Question
from huike.kernel.access.models import FieldLimit, Role
from tests.web.insight.conftest import NOW, THEN, Firm, links, table

PAGE = "/insight/churn/"
WARNED = "Warned of, the largest loss first"
TESTED = {
    "comparison": [
        {"model": "rule", "roc_auc": 0.6, "pr_auc": 0.3, "lift_top_decile": 1.5, "brier": 0.2,
         "contacted": 10, "net": 100.0},
        {"model": "boosted", "roc_auc": 0.8, "pr_auc": 0.5, "lift_top_decile": 2.5, "brier": 0.1,
         "contacted": 12, "net": None},
    ],
    "calibration": {"boosted": [{"bin": 0, "n": 50, "predicted": 0.2, "actual": 0.25}]},
    "chosen": "boosted",
    "trained_on": "2026-08-01",
}  # fmt: skip


@pytest.fixture
def warned(firm: Firm) -> Firm:
    firm.ran(details={"churn_warning": TESTED})
    cast = firm.cast
    for owner, name, level, loss in (
        (cast.alice, "要走的", "high", 1000),
        (cast.alice, "也许走", "medium", 400),
        (cast.carol, "南方走", "high", 200),
        (cast.carol, "留下的", "low", 10),
    ):
        reasons = [["silent_days", 120]]
        firm.scored(owner, name, churn_level=level, expected_loss=loss, reasons=reasons)
    return firm


def test_what_is_at_stake_and_whose_it_is(warned: Firm) -> None:
    page = warned.page("mona", PAGE)
    assert "3 customers may leave; 1,600.00 a year would go with them." in page
    owners = table(page, "Expected loss by owner")
    assert owners == {"alice": ["2", "1,400.00"], "carol": ["1", "200.00"]}
    assert table(page, "Expected loss by department")["north 1"] == ["2", "1,400.00"]
    found = warned.page("mona", links(page, "Expected loss by owner")["alice"])
    assert "要走的" in found
    assert "南方走" not in found


def test_the_warned_stand_with_their_reasons(warned: Firm) -> None:
    page = warned.page("mona", PAGE)
    rows = table(page, WARNED)
    assert list(rows) == ["要走的", "也许走", "南方走"]
    assert rows["要走的"][-1] == "silent for 120 days"
    assert rows["要走的"][-2] == "1,000.00"
    assert list(table(warned.page("carol", PAGE), WARNED)) == ["南方走"]


def test_money_saved_at_the_chosen_cost(warned: Firm) -> None:
    question = Question(warned.cast.actor("mona"))
    found = churn.saving(question, Decimal(100), Decimal("0.2"))
    assert found is not None
    # worth it where loss x 0.2 > 100: only the one of 1000
    assert (found.contacted, found.kept, found.cost, found.net) == (1, 200, 100, 100)
    page = warned.page("mona", f"{PAGE}?cost=100&saved=0.2")
    assert "Contacting the 1 for whom it pays would bring about 100.00" in page
    for wrong in ("cost=x", "cost=NaN", "cost=-4", "saved=", "saved=1e99"):
        assert "Net gain" in warned.page("mona", f"{PAGE}?{wrong}")
    assert churn.saving(question, Decimal(5), Decimal(0)).contacted == 0  # type: ignore[union-attr]


def test_models_the_best_first_and_how_far_to_trust_them(warned: Firm) -> None:
    page = warned.page("mona", PAGE)
    rows = table(page, "How good is the warning?")
    assert list(rows) == ["boosted trees (in use)", "the rule"]
    assert rows["boosted trees (in use)"] == ["0.8", "0.5", "2.5", "0.1", "12", "—"]
    calibration = table(page, "Is the risk what it says? (calibration)")
    assert calibration == {"20.0%": ["25.0%", "50"]}


def test_without_a_back_test_the_page_says_so(firm: Firm) -> None:
    firm.ran()
    firm.scored(firm.cast.alice, churn_level="high")
    assert "The warning has not been tested yet." in firm.page("mona", PAGE)


@pytest.mark.parametrize("name", ["expected_loss", "churn_level", "reasons_text"])
def test_hidden_fields_are_not_shown(warned: Firm, name: str) -> None:
    FieldLimit.objects.create(
        role=Role.objects.get(name="mona"), record="analytics.score", field=name, right="hidden"
    )
    page = warned.page("mona", PAGE)
    shows: dict[str, Any] = {
        "expected_loss": "1,600.00",
        "churn_level": "How many may leave",
        "reasons_text": "silent for 120 days",
    }
    assert shows[name] not in page
    assert ("Your roles hide the churn warning." in page) == (name == "churn_level")


def test_the_past_counts_but_leads_to_past_scores(warned: Firm) -> None:
    party = warned.scored(warned.cast.alice, "从前")
    warned.past(party, THEN, churn_level="high", expected_loss=77)
    warned.past(party, NOW)
    page = warned.page("mona", f"{PAGE}?on={THEN}")
    assert "77.00 a year would go with them" in page
    assert links(page, "How many may leave")["high"].startswith("/analytics/pastscore/")


def test_a_day_without_a_warning_is_not_a_day_without_risk(warned: Firm) -> None:
    warned.past(warned.scored(warned.cast.alice), THEN, churn_level="", expected_loss=None)
    page = warned.page("mona", f"{PAGE}?on={THEN}")
    assert "No churn warning was kept for this day." in page
    assert "Nobody is warned of" not in page
