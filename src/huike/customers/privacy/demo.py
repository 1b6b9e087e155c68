"""Demo consents, two requests and a retention rule; makers for tests."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from random import Random
from typing import Any

from django.utils import timezone

from huike.customers.models import Party
from huike.customers.privacy.models import Channel, Consent, PrivacyRequest, Purpose, RetentionRule
from huike.kernel.actor import Actor
from huike.kernel.change.work import change
from huike.kernel.numbering import next_number
from huike.kernel.records.bulk import create_all
from huike.staff.models import User

SEED = 20261124
WORDING = "本人同意启程汽车4S店为营销目的，通过短信、电话与我联系；可随时撤回。"


def fill() -> None:
    """Give a third of the customers a consent, some withdrawn since, and ask for two things."""
    rng, now = Random(SEED), timezone.now()
    people = list(Party.objects.filter(is_customer=True, kind="person").order_by("pk")[:900])
    staff = list(User.objects.filter(username__startswith="sales").order_by("pk"))
    rows = []
    for n, party in enumerate(people):
        at = now - timedelta(days=rng.randrange(30, 500), hours=rng.randrange(12))
        rows.append(_statement(rng, party, "given", at, rng.choice(staff)))
        if n % 15 == 0:
            later = at + timedelta(days=rng.randrange(5, 29))
            rows.append(_statement(rng, party, "withdrawn", later, rng.choice(staff)))
    with change(Actor.system("demo"), "customers.demo_privacy"):
        create_all(rows)
        _requests(people)
        RetentionRule(
            name="十五个月无往来的客户匿名化", months=15, remark="先看预览，再启用"
        ).save()


def _statement(rng: Random, party: Party, state: str, at: Any, by: User) -> Consent:
    given = state == "given"
    return Consent(
        party=party,
        purpose=Purpose.MARKETING,
        channel=Channel.ANY if not given or rng.random() < 0.6 else Channel.SMS,
        state=state,
        at=at,
        how=rng.choice(("form", "counter")) if given else rng.choice(("phone", "message")),
        taken_by=by,
        text_version="2025-03" if given else "",
        wording=WORDING if given else "",
    )


def _requests(people: list[Party]) -> None:
    care = User.objects.filter(username="care").select_related("department").first()
    today = timezone.localdate()
    asked = (("export", people[20], 15, "想要一份自己的全部资料。"),
             ("erase", people[40], 19, "已换品牌，请删除我的个人信息。"))  # fmt: skip
    for kind, party, days, text in asked:
        PrivacyRequest(
            number=next_number("DS", today),
            party=party,
            kind=kind,
            received_on=today - timedelta(days=days),
            text=text,
            identity_checked=kind == "export",
            owner=care,
            department=care.department if care else None,
        ).save()


_numbers = count(1)


def make_consent(**given: Any) -> Consent:
    """Return an unsaved consent, for tests and docs."""
    return Consent(**{"text_version": "2026-01", **given})


def make_request(**given: Any) -> PrivacyRequest:
    """Return an unsaved request, for tests and docs."""
    return PrivacyRequest(**{"kind": "access", "number": f"DS-{next(_numbers)}", **given})


def make_rule(**given: Any) -> RetentionRule:
    """Return an unsaved retention rule, for tests and docs."""
    return RetentionRule(**{"name": "三年", **given})


MAKERS = {Consent: make_consent, PrivacyRequest: make_request, RetentionRule: make_rule}
