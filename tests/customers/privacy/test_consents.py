"""Consent: the newest statement counts, with its proof; a campaign leaves out who withdrew."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from huike.customers.models import Party
from huike.customers.privacy.consents import may_reach, reachable, standing, state_consent
from huike.customers.privacy.models import Consent, PrivacySetting
from huike.marketing.drawing import draw
from huike.marketing.models import Campaign, CampaignMember, Segment
from tests.cast import Cast, Make


@pytest.fixture
def party(cast: Cast, make: Make) -> Party:
    found: Party = make(Party, cast.alice)
    return found


def _say(cast: Cast, party: Party, state: str, channel: str = "any", days: int = 0) -> Consent:
    return state_consent(
        cast.actor("mona"),
        party,
        state=state,
        channel=channel,
        text_version="2026-01",
        at=timezone.now() - timedelta(days=days),
    )


def _reached(channel: str = "any") -> set[int]:
    return {p.pk for p in reachable(Party.objects.all(), "marketing", channel)}


def test_consent_keeps_its_proof(cast: Cast, party: Party) -> None:
    mona = cast.actor("mona")
    with pytest.raises(ValidationError):
        state_consent(mona, party, state="given")
    row = state_consent(mona, party, state="given", how="form", wording="同意", text_version="3")
    kept = Consent.objects.get(pk=row.pk)
    assert (kept.how, kept.wording, kept.text_version, kept.taken_by_id) == (
        "form",
        "同意",
        "3",
        mona.user_id,
    )
    assert abs((timezone.now() - kept.at).total_seconds()) < 60


@pytest.mark.parametrize(
    ("said", "channel", "allowed"),
    [
        ([], "sms", True),
        ([("given", "any")], "sms", True),
        ([("given", "any"), ("withdrawn", "any")], "sms", False),
        ([("withdrawn", "any"), ("given", "any")], "sms", True),
        ([("given", "any"), ("withdrawn", "sms")], "sms", False),
        ([("given", "any"), ("withdrawn", "sms")], "phone", True),
        ([("withdrawn", "any"), ("given", "sms")], "sms", True),
        ([("withdrawn", "any"), ("given", "sms")], "mail", False),
    ],
)
def test_the_newest_statement_that_concerns_the_channel_counts(
    cast: Cast, party: Party, said: list[tuple[str, str]], channel: str, allowed: bool
) -> None:
    for days, (state, about) in zip(range(9, 0, -1), said, strict=False):
        _say(cast, party, state, about, days)
    assert may_reach(party, "marketing", channel).is_allowed is allowed
    assert (party.pk in _reached(channel)) is allowed


def test_silence_is_no_consent_where_that_is_set(cast: Cast, make: Make, party: Party) -> None:
    PrivacySetting.objects.create(pk=1, needs_consent=True)
    agreed = make(Party, cast.alice)
    _say(cast, agreed, "given")
    assert _reached() == {agreed.pk}
    assert not may_reach(party, "marketing").is_allowed
    assert may_reach(party, "service").is_allowed


def test_statements_of_one_moment_count_in_order(cast: Cast, party: Party) -> None:
    at = timezone.now()
    for state in ("given", "withdrawn"):
        row = _say(cast, party, state)
        Consent.objects.filter(pk=row.pk).unjournaled_update(at=at)
    assert not may_reach(party, "marketing").is_allowed
    assert party.pk not in _reached()


def test_the_page_tells_one_statement_per_purpose_and_channel(cast: Cast, party: Party) -> None:
    _say(cast, party, "given", days=3)
    newest = _say(cast, party, "withdrawn", days=1)
    assert [c.pk for c in standing(cast.actor("mona"), party)] == [newest.pk]
    assert standing(cast.actor("iris"), party) == []


def test_a_campaign_leaves_out_who_withdrew_and_tells_how_many(cast: Cast, make: Make) -> None:
    parties = [make(Party, cast.alice) for _n in range(12)]
    for party in parties[:3]:
        _say(cast, party, "withdrawn")
    segment = make(Segment, cast.mona, filter="")
    campaign = make(Campaign, cast.mona, segment=segment, held_out_share="0.4")
    with translation.override("en"):
        drawn = draw(cast.actor("mona"), campaign)
    assert drawn.left_out == 3
    members = set(CampaignMember.objects.values_list("party_id", flat=True))
    assert members == {p.pk for p in parties[3:]}
