"""Campaigns: drawn by a stored seed, started once, undone where that is possible."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from huike.insight import uplift
from huike.kernel.change.work import change
from huike.kernel.jobs.models import Job
from huike.kernel.jobs.worker import run_worker
from huike.kernel.records.undo import undo
from huike.marketing import jobs
from huike.marketing.actions import end, start
from huike.marketing.drawing import draw
from huike.marketing.models import Campaign, CampaignMember
from huike.marketing.splitting import split
from huike.office.models import Task
from huike.staff.models import User
from tests.cast import SYSTEM, Cast
from tests.contract.people import browser, words_of
from tests.marketing.conftest import Parties

keys = st.lists(st.integers(1, 10**9), max_size=300)
shares = st.floats(0.01, 0.9)


@given(keys, st.integers(1, 2**31 - 1), shares, st.randoms())
def test_the_split_is_stable_complete_and_that_of_insight(
    given: list[int], seed: int, share: float, chance: object
) -> None:
    treated, held_out = split(given, seed=seed, held_out_share=share)
    assert not set(treated) & set(held_out)
    assert set(treated) | set(held_out) == set(given)
    assert len(treated) + len(held_out) == len(set(given))
    assert len(held_out) == round(len(set(given)) * share)
    chance.shuffle(given)  # type: ignore[attr-defined]
    assert split(given, seed=seed, held_out_share=share) == (treated, held_out)
    theirs = uplift.split(given, seed=seed, held_out_share=share)
    assert (list(theirs.treated), list(theirs.held_out)) == (treated, held_out)


def test_every_customer_is_as_likely_to_be_held_out() -> None:
    held = [set(split(range(100), seed=seed, held_out_share=0.2)[1]) for seed in range(1, 1001)]
    times = [sum(key in one for one in held) for key in range(100)]
    assert all(140 < n < 260 for n in times)  # 200 expected, standard deviation 12.6


def test_the_groups_are_those_of_the_stored_seed(
    cast: Cast, campaign: Campaign, parties: Parties
) -> None:
    everybody = {p.pk for p in parties(20, cast.alice)}
    mona = cast.actor("mona")
    draw(mona, campaign)
    assert (campaign.treated, campaign.held_out) == (15, 5)
    assert campaign.seed is not None
    held = set(campaign.members.filter(is_treated=False).values_list("party_id", flat=True))
    assert held == set(split(everybody, seed=campaign.seed, held_out_share=0.25)[1])
    draw(mona, campaign)  # again: nothing changes
    rows = CampaignMember.objects.filter(campaign=campaign)
    assert set(rows.filter(is_treated=False).values_list("party_id", flat=True)) == held
    assert rows.count() == 20


def test_only_customers_in_reach_are_drawn(
    cast: Cast, campaign: Campaign, parties: Parties
) -> None:
    parties(8, cast.alice)
    mine = {p.pk for p in parties(8, cast.carol)}
    with change(SYSTEM, "test.hand_over"):
        for row in (campaign, campaign.segment):
            row.owner, row.department = cast.carol, cast.carol.department
            row.save()
    draw(cast.actor("carol"), campaign)
    assert set(campaign.members.values_list("party_id", flat=True)) == mine
    with pytest.raises(PermissionDenied):
        draw(cast.actor("alice"), campaign)


def test_too_few_are_refused_and_a_drawing_can_be_undone(
    cast: Cast, campaign: Campaign, parties: Parties
) -> None:
    mona = cast.actor("mona")
    parties(3, cast.alice)
    with pytest.raises(ValidationError, match="too few"):
        draw(mona, campaign)
    parties(5, cast.alice)
    with change(mona, "test.draw") as drawn:
        draw(mona, campaign)
    assert undo(mona, drawn.group).left == []
    campaign.refresh_from_db()
    assert (campaign.drawn_at, campaign.treated) == (None, None)
    assert not CampaignMember.everything.exists()


@pytest.mark.long
def test_what_the_groups_hang_on_stays_once_they_are_drawn(
    cast: Cast, campaign: Campaign, parties: Parties
) -> None:
    parties(10, cast.alice)
    mona = cast.actor("mona")
    draw(mona, campaign)
    campaign = Campaign.objects.get(pk=campaign.pk)
    campaign.held_out_share = "0.5"
    with change(mona, "test.edit"), pytest.raises(ValidationError, match="drawn"):
        campaign.save()
    campaign = start(mona, Campaign.objects.get(pk=campaign.pk))
    campaign.starts_on = timezone.localdate() - timedelta(days=9)
    with change(mona, "test.edit"), pytest.raises(ValidationError, match="started"):
        campaign.save()


def test_each_treated_customers_owner_gets_the_task(
    cast: Cast, campaign: Campaign, parties: Parties
) -> None:
    User.objects.filter(pk=cast.bob.pk).update(is_active=False)
    parties(8, cast.alice)
    parties(4)  # of nobody
    parties(4, cast.bob)  # of somebody who left
    mona = cast.actor("mona")
    draw(mona, campaign)
    start(mona, campaign)
    assert campaign.state == "running"
    assert campaign.ends_on == timezone.localdate() + timedelta(days=90)
    tasks = Task.objects.select_related("party")
    treated = campaign.members.filter(is_treated=True)
    assert {t.party_id for t in tasks} == set(treated.values_list("party_id", flat=True))
    assert len(tasks) == 12
    for task in tasks:
        assert task.party is not None
        own = task.party.owner_id == cast.alice.pk
        assert task.owner_id == (cast.alice.pk if own else cast.mona.pk)
        assert task.title == campaign.task_title
    assert not campaign.members.filter(is_treated=False).exclude(task=None).exists()


def test_an_undo_of_the_start_takes_the_tasks_back_and_it_can_start_again(
    cast: Cast, campaign: Campaign, parties: Parties
) -> None:
    parties(8, cast.alice)
    mona = cast.actor("mona")
    draw(mona, campaign)
    with change(mona, "test.start") as started:
        start(mona, campaign)
    assert Task.objects.count() == 6
    assert undo(mona, started.group).left == []
    campaign.refresh_from_db()
    assert (campaign.state, Task.objects.count()) == ("draft", 0)
    start(mona, campaign)
    assert Task.objects.count() == 6
    assert len(set(Task.objects.values_list("party_id", flat=True))) == 6


def test_started_without_groups_task_or_right_it_is_refused(
    cast: Cast, campaign: Campaign, parties: Parties
) -> None:
    mona = cast.actor("mona")
    with pytest.raises(ValidationError, match="Draw"):
        start(mona, campaign)
    parties(8, cast.alice)
    draw(mona, campaign)
    with change(SYSTEM, "test.edit"):
        campaign.task_title = ""
        campaign.save()
    with pytest.raises(ValidationError, match="what the task is"):
        start(mona, campaign)
    cast.mona.roles.get().grants.filter(record="office.task", op="add").delete()
    with pytest.raises(PermissionDenied):
        start(cast.actor("mona"), campaign)
    with pytest.raises(ValidationError, match="running"):
        end(mona, campaign)


def test_ending_early_stops_the_watching_today(
    cast: Cast, campaign: Campaign, parties: Parties
) -> None:
    parties(8, cast.alice)
    mona = cast.actor("mona")
    start(mona, draw(mona, campaign))
    end(mona, campaign)
    assert (campaign.state, campaign.ends_on) == (
        "ended",
        timezone.localdate() + timedelta(days=1),
    )


def test_nobody_is_drawn_twice_nor_shares_a_task(
    cast: Cast, campaign: Campaign, parties: Parties
) -> None:
    parties(8, cast.alice)
    mona = cast.actor("mona")
    start(mona, draw(mona, campaign))
    one, two = campaign.members.filter(is_treated=True)[:2]
    with pytest.raises(IntegrityError), transaction.atomic():
        CampaignMember.everything.filter(pk=one.pk).unjournaled_update(task=two.task)
    with pytest.raises(IntegrityError), transaction.atomic():
        CampaignMember.everything.filter(pk=one.pk).unjournaled_update(party=two.party)


@pytest.mark.django_db(transaction=True)
def test_many_tasks_are_made_in_the_background_and_a_retry_makes_none_twice(
    cast: Cast, campaign: Campaign, parties: Parties, monkeypatch: pytest.MonkeyPatch
) -> None:
    parties(1600, cast.alice)
    mona = cast.actor("mona")
    draw(mona, campaign)
    whole, calls = jobs.hand_out, []

    def failing(row: Campaign, after: int) -> list[int]:
        calls.append(row.pk)
        done = whole(row, after)
        if len(calls) == 2:
            raise MemoryError  # after writing, before the commit
        return done

    monkeypatch.setattr(jobs, "hand_out", failing)
    start(mona, campaign)
    assert Task.objects.count() == 0
    run_worker(once=True)
    assert Task.objects.count() == 500
    Job.objects.update(state="waiting", attempts=0, run_at=timezone.now())
    run_worker(once=True)
    assert Task.objects.count() == 1200
    assert len(set(Task.objects.values_list("party_id", flat=True))) == 1200
    assert Job.objects.get().result == {"campaign": campaign.pk, "tasks": 1200}


def test_one_click_makes_segment_and_campaign(cast: Cast, parties: Parties) -> None:
    parties(2, cast.alice)
    client = browser(cast, "mona")
    page = words_of(client.get("/marketing/win-back/?level=high&worth=100"))
    assert "no scores yet" in page
    client.post("/marketing/win-back/", {"level": ["high", "medium"], "worth": "100"})
    made = Campaign.objects.select_related("segment").get()
    assert made.segment.filter == (
        '{"all":[["score__churn_level","in",["high","medium"]],["score__clv","gte","100.00"]]}'
    )
    assert (made.kind, made.state, made.owner) == ("win_back", "draft", cast.mona)
    assert browser(cast, "bob").get("/marketing/win-back/").status_code == 403


def test_a_filter_from_a_picture_becomes_segment_and_campaign(cast: Cast, parties: Parties) -> None:
    parties(2, cast.alice, level="vip")
    client = browser(cast, "mona")
    vip = '["level","in",["vip"]]'
    assert ">2</b>" in words_of(client.get("/marketing/campaign/add/", {"filter": vip}))
    client.post("/marketing/campaign/add/", {"filter": vip, "name": "大户", "task_title": "回访"})
    made = Campaign.objects.select_related("segment").get()
    assert (made.name, made.segment.name, made.segment.filter) == ("大户", "大户", vip)
    again = client.post("/marketing/campaign/add/", {"filter": "nonsense", "name": "x"})
    assert (again.status_code, Campaign.objects.count()) == (422, 1)
