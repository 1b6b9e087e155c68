"""The pages on the CLV matrix and the lifecycle: movement between two days, cohorts, survival."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.utils import timezone

from huike.analytics.figures import life, matrix, moving
from huike.analytics.figures.asking import Question
from huike.analytics.words import Stage
from huike.customers.models import Party
from huike.insight.lifecycle.stage import markov
from huike.kernel.access.models import FieldLimit, Role
from huike.kernel.entity.entity import entity_of
from huike.kernel.lists.words import chips
from huike.trade.models import Order
from tests.web.insight.conftest import NOW, THEN, Firm, links, specs, table

EARLIER = date(2026, 4, 30)
FLOW = "From 31 Jul 2026 to 31 Oct 2026"


@pytest.fixture
def moved(firm: Firm) -> Firm:
    firm.ran()
    cast = firm.cast
    for owner, name, before, after in (
        (cast.alice, "升上来", "iron", "gold"),
        (cast.alice, "掉下去", "gold", "lead"),
        (cast.alice, "没有动", "gold", "gold"),
        (cast.carol, "南方的", "iron", "gold"),
    ):
        party = firm.scored(owner, name, matrix=after, stage="stable")
        firm.past(party, EARLIER, matrix="lead", stage="exploration")
        firm.past(party, THEN, matrix=before, stage="formation")
        firm.past(party, NOW, matrix=after, stage="stable")
    return firm


def test_who_moved_up_and_down(moved: Firm) -> None:
    page = moved.page("mona", "/insight/matrix/")
    assert "Since 31 Jul 2026, 2 moved up and 1 moved down." in page
    flow = next(spec for spec in specs(page) if spec["kind"] == "flow")
    went = {(source, target): n for source, target, n, _href in flow["streams"]}
    assert went == {("a:iron", "b:gold"): 2, ("a:gold", "b:lead"): 1, ("a:gold", "b:gold"): 1}
    movers = table(page, "Who moved, the most to come first")
    assert set(movers) == {"升上来", "掉下去", "南方的"}
    assert movers["掉下去"][0] == "↓"


def test_what_was_unclassed_on_another_day_counts(moved: Firm) -> None:
    for party in Party.objects.all():
        moved.past(party, date(2025, 12, 31), matrix="", stage="")
    test_who_moved_up_and_down(moved)


def test_a_seller_sees_only_own_movers(moved: Firm) -> None:
    page = moved.page("carol", "/insight/matrix/")
    assert "1 moved up and 0 moved down." in page
    assert "升上来" not in page


def test_a_stream_leads_to_those_who_went_that_way(moved: Firm) -> None:
    page = moved.page("mona", "/insight/matrix/")
    flow = next(spec for spec in specs(page) if spec["kind"] == "flow")
    href = next(h for s, t, _n, h in flow["streams"] if (s, t) == ("a:gold", "b:lead"))
    found = moved.page("mona", href)
    assert "掉下去" in found
    assert "没有动" not in found
    assert "升上来" not in found


def test_any_two_days_can_be_compared(moved: Firm) -> None:
    page = moved.page("mona", f"/insight/matrix/?since={EARLIER}&on={THEN}")
    assert "Since 30 Apr 2026, 4 moved up and 0 moved down." in page
    later = moved.page("mona", f"/insight/matrix/?since={NOW}&on={THEN}")  # no way back in time
    assert "Since 30 Apr 2026" in later


def test_with_one_day_there_is_nothing_to_compare(firm: Firm) -> None:
    firm.past(firm.scored(firm.cast.alice), NOW)
    page = firm.page("mona", "/insight/matrix/")
    assert "There is only one day to look at yet." in page


def test_the_condition_of_a_day_is_asked_within_rights(moved: Firm) -> None:
    leaf = ["class_on", "is", [str(NOW), "matrix", "lead"]]
    address = f'/customers/party/?filter=["class_on","is",["{NOW}","matrix","lead"]]'
    assert "掉下去" in moved.page("mona", address)
    told = chips(moved.cast.actor("mona"), entity_of("customers.party"), leaf)
    assert told[0].text == "class on a day is 2026-10-31 CLV matrix: lead"
    FieldLimit.objects.create(
        role=Role.objects.get(name="mona"), record="analytics.pastscore", field="matrix",
        right="hidden",
    )  # fmt: skip
    refused = moved.page("mona", address)
    assert "can&#39;t be filtered by you" in refused
    assert "Your roles hide the CLV matrix." not in moved.page("mona", "/insight/matrix/")


@pytest.mark.parametrize("value", ['"x"', '["x","matrix","gold"]', '["2026-10-31","amount","1"]'])
def test_a_wrong_day_or_class_is_told(moved: Firm, value: str) -> None:
    page = moved.page("mona", f'/customers/party/?filter=["class_on","is",{value}]')
    assert 'class="wrong"' in page


def test_many_customers_are_evenly_chosen(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matrix, "MOST_DOTS", 3)
    for n in range(8):
        firm.scored(firm.cast.alice, clv=100 + n)
    found = matrix.dots(Question(firm.cast.actor("alice")))
    assert found is not None
    assert found.customers == 8
    assert 2 <= len(found.dots) <= 3
    assert "of 8 customers, evenly chosen" in firm.page("alice", "/insight/matrix/")


def test_the_lines_are_where_the_classes_meet(firm: Firm) -> None:
    firm.scored(firm.cast.alice, matrix="gold", current_profit=100, clv=900)
    firm.scored(firm.cast.alice, matrix="platinum", current_profit=80, clv=10)
    firm.scored(firm.cast.alice, matrix="iron", current_profit=5, clv=300)
    found = matrix.dots(Question(firm.cast.actor("alice")))
    assert found is not None
    assert found.lines == (80, 300)


def test_a_masked_name_is_masked_on_its_dot(moved: Firm) -> None:
    FieldLimit.objects.create(
        role=Role.objects.get(name="mona"), record="customers.party", field="name", right="hidden"
    )
    page = moved.page("mona", "/insight/matrix/")
    assert "升上来" not in page


def test_the_transition_matrix_and_its_steady_state(moved: Firm) -> None:
    page = moved.page("mona", "/insight/lifecycle/")
    heat = next(spec for spec in specs(page) if spec["kind"] == "heat")
    assert [c[:3] for c in heat["cells"]] == [[2, 1, 1]]  # from formation to stable, all of them
    found = moving.moves(Question(moved.cast.actor("mona")), "stage", THEN, NOW)
    assert found is not None
    assert [(m.before, m.after, m.customers) for m in found] == [("formation", "stable", 4)]
    _rows, steady = markov(moving.counts(found, Stage))
    assert steady["stable"] == pytest.approx(1)
    assert table(page, "Where this leads")["stable"] == ["100.0%", "100.0%"]


def bought(firm: Firm, party: object, *days: str) -> None:
    for day in days:
        on = timezone.make_aware(datetime.fromisoformat(f"{day}T12:00"))
        firm.make(Order, None, party=party, on=on, state="settled")


def test_cohorts_count_who_came_back(firm: Firm) -> None:
    first = date(2026, 7, 5)
    kept = firm.scored(firm.cast.alice, first_on=first)
    gone = firm.scored(firm.cast.alice, first_on=first)
    bought(firm, kept, "2026-07-05", "2026-08-02", "2026-08-30", "2026-10-01")
    bought(firm, gone, "2026-07-05")
    found = life.cohorts(Question(firm.cast.actor("mona")))
    assert found is not None
    assert not found.by_quarter
    (cohort,) = found.cohorts
    assert cohort.size == 2
    assert list(cohort.active[:5]) == [2, 1, 0, 1, None]
    page = firm.page("mona", "/insight/lifecycle/")
    assert table(page, "Cohorts: who still buys")["July 2026"] == ["2", "100%", "50%", "0%", "50%"]
    assert "July 2026" in links(page, "Cohorts: who still buys")


def test_cohorts_hold_only_orders_that_may_be_seen(firm: Firm) -> None:
    party = firm.scored(firm.cast.carol, first_on=date(2026, 7, 5))
    bought(firm, party, "2026-07-05", "2026-08-02")
    Role.objects.get(name="mona").grants.filter(record="trade.order").delete()
    found = life.cohorts(Question(firm.cast.actor("mona")))
    assert found is not None
    assert list(found.cohorts[0].active[:2]) == [0, 0]


def test_the_survival_curve_is_kaplan_meier(firm: Firm) -> None:
    first = date(2026, 1, 1)
    for relation, last in (("lost", date(2026, 1, 11)), ("lost", date(2026, 1, 21))):
        firm.scored(firm.cast.alice, relation=relation, first_on=first, last_on=last)
    for _ in range(2):
        firm.scored(firm.cast.alice, relation="current", first_on=first, last_on=first)
    found = life.survival(Question(firm.cast.actor("alice")))
    assert found is not None
    assert list(zip(found.days, found.share, strict=True)) == [
        (0, 1), (10, 0.75), (20, 0.5), (303, 0.5),
    ]  # fmt: skip
    assert (found.customers, found.lost, found.median) == (4, 2, 20)
