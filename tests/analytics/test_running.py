"""A run scores every customer, writes only what changed, and leaves good scores when it fails."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F
from django.utils import timezone

from huike.analytics.jobs import ask_for_run
from huike.analytics.models import PastScore, Run, Score, Setting
from huike.analytics.runs import results, running
from huike.analytics.runs.loading import opened
from huike.catalog.models import Product
from huike.customers.models import Party
from huike.insight.value.abc import ABC
from huike.kernel.access.scope import visible
from huike.kernel.change.work import change
from huike.kernel.jobs.models import Job
from huike.trade.models import Order
from huike.warehouse.purchases import purchases
from tests.analytics.conftest import CUSTOMERS, Analyse, buy
from tests.cast import SYSTEM, Cast


@pytest.mark.long
def test_every_customer_is_scored_and_explained_and_the_past_is_filled_in(
    every_method: None, run_now: Analyse, firm: list[Party]
) -> None:
    run = run_now()
    assert (run.state, run.problem, run.customers) == ("done", "", CUSTOMERS)
    job = Job.objects.get(name="analytics.run")
    assert job.done == job.total
    assert Score.objects.count() == CUSTOMERS
    assert run.orders == Order.objects.count()
    assert set(Score.objects.values_list("on", flat=True)) == {timezone.localdate()}
    days = set(PastScore.objects.values_list("on", flat=True))
    assert timezone.localdate() in days
    assert len(days) == 4
    assert all(day == timezone.localdate() or (day + timedelta(1)).day == 1 for day in days)
    lost = Score.objects.filter(relation="lost")
    assert {s.party.name for s in lost} >= {f"客户{n:03d}" for n in range(5, CUSTOMERS, 5)}
    for key in ("abc", "rfm", "value_matrix", "relation", "stage", "churn_warning", "groups"):
        for language in ("zh", "en"):
            assert results.sentence(firm[1].pk, key, language).strip(), key  # type: ignore[arg-type]
    assert results.sentence(firm[1].pk, "nothing", "zh") == ""
    for score in Score.objects.all():
        assert score.clv_low is not None
        assert score.clv_high is not None
        assert score.clv_low <= score.clv_high
    spread = Score.objects.filter(clv_low__lt=F("clv"), clv__lt=F("clv_high"))
    assert spread.count() > CUSTOMERS // 3


@pytest.mark.long
def test_the_scores_are_what_the_methods_say(run_now: Analyse) -> None:
    run = run_now()
    with opened() as backend:
        lines = purchases(backend, run.on)
        values = run.details["settings"]
        start = run.on - timedelta(days=values["window.days"] - 1)
        found = ABC(run.on, start).fit(lines).result_.to_pandas()
    said = {int(row.customer): (row.abc, round(row.amount, 2)) for row in found.itertuples()}
    stored = {s.party_id: (s.abc, float(s.amount)) for s in Score.objects.all()}
    assert stored == said


@pytest.mark.long
def test_a_second_run_writes_only_what_changed(run_now: Analyse, firm: list[Party]) -> None:
    run_now()
    versions = dict(Score.objects.values_list("party", "version"))
    again = run_now()
    assert dict(Score.objects.values_list("party", "version")) == versions
    assert again.details["set_anew"] == {}
    with change(SYSTEM, "test.buy"):
        buy(firm[0], Product.objects.get(), [1], 999_999)
    third = run_now()
    assert Score.objects.get(party=firm[0]).amount > 900_000
    assert third.details["moved"]["abc"]
    assert PastScore.objects.filter(party=firm[0], on=third.on).count() == 1


@pytest.mark.long
def test_a_changed_setting_is_told_with_what_it_changed(run_now: Analyse) -> None:
    run_now()
    with change(SYSTEM, "test.set"):
        Setting(code="abc.a", value="0.2").save()
    run = run_now()
    assert run.details["set_anew"] == {"abc.a": [0.7, 0.2]}
    before, after = run.details["moved"]["abc"]["A"]
    assert after < before


@pytest.mark.parametrize("value", ["", "many", "0", "1.5"])
def test_a_setting_that_makes_no_sense_is_refused(db: None, value: str) -> None:
    with change(SYSTEM, "test.set"), pytest.raises(ValidationError) as refused:
        Setting(code="abc.a", value=value).save()
    assert list(refused.value.message_dict) == ["value"]


@pytest.mark.long
def test_a_method_that_fails_leaves_its_last_good_numbers(
    run_now: Analyse, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_now()
    classes = dict(Score.objects.values_list("party", "abc"))
    assert set(classes.values()) == {"A", "B", "C"}

    def broken(*args: Any, **more: Any) -> Any:
        raise ArithmeticError("no")

    monkeypatch.setattr(ABC, "fit", broken)
    run = run_now()
    assert run.state == "done"
    assert "ArithmeticError" in run.details["failed"]["abc"]
    assert run.problem
    assert dict(Score.objects.values_list("party", "abc")) == classes


@pytest.mark.long
def test_a_run_that_breaks_off_leaves_the_last_good_one(
    run_now: Analyse, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = run_now()
    scores = list(Score.objects.order_by("pk").values())

    def broken(*args: Any, **more: Any) -> Any:
        raise OSError("disk full")

    monkeypatch.setattr(running, "load", broken)
    bad = run_now()
    assert (bad.state, bad.pk != good.pk) == ("failed", True)
    assert "OSError" in bad.problem
    assert list(Score.objects.order_by("pk").values()) == scores
    assert results.sentence(scores[0]["party_id"], "abc", "zh")


def test_a_firm_without_orders_is_told_what_to_do(run_now: Analyse) -> None:
    with change(SYSTEM, "test.empty"):
        for order in Order.objects.all():
            order.binned_at = timezone.now()
            order.save()
    run = run_now()
    assert run.state == "failed"
    assert run.problem


def test_scores_reach_as_far_as_the_customer(run_now: Analyse, cast: Cast) -> None:
    run_now()
    seen = {name: visible(cast.actor(name), Score).count() for name in ("alice", "carol", "mona")}
    assert seen == {"alice": CUSTOMERS // 2, "carol": CUSTOMERS // 2, "mona": CUSTOMERS}
    with pytest.raises(PermissionDenied):
        ask_for_run(cast.actor("alice"))
    assert ask_for_run(cast.actor("mona")).pk == ask_for_run(cast.actor("root")).pk


@pytest.mark.long
def test_an_old_file_is_looked_at_as_of_its_own_last_day(run_now: Analyse) -> None:
    with change(SYSTEM, "test.old"):
        for order in Order.objects.all():
            order.on -= timedelta(days=4000)
            order.save()
    run = run_now()
    assert run.on < timezone.localdate() - timedelta(days=3900)
    assert Score.objects.exclude(relation="lost").exists()


@pytest.mark.long
def test_only_the_newest_results_are_kept(
    run_now: Analyse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "RUNS_KEPT", 1)
    runs = [run_now() for _n in range(2)]
    assert [path.name for path in results.folder().iterdir()] == [str(runs[-1].pk)]
    assert Run.objects.count() == 2
