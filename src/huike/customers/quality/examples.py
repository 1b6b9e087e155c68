"""Quality rules of the demo firm, what they find, and half a year of getting better."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.utils import timezone

from huike.customers.models import Party
from huike.customers.quality.checking import check, keep_day
from huike.customers.quality.completeness import renew
from huike.customers.quality.models import FieldWeight, Finding, QualityDay, QualityRule
from huike.kernel.actor import Actor
from huike.kernel.change.work import change
from huike.kernel.records.bulk import chunks, create_all, save_all

SEED = 20261126
WEEKS = 26
OVERDUE = {"all": [["next_contact_on", "last", 3650], ["last_contact_on", "empty"]]}
# name, check, field, pattern, condition, what to do
RULES: tuple[tuple[str, str, str, str, Any, str], ...] = (
    ("手机号有效", "phone", "phone", "", None, "打一次电话核对"),
    ("省份写法规范", "province", "province", "", None, "改成标准省份"),
    ("出生日期可信", "birthday", "birthday", "", None, "核对身份证"),
    ("企业要有固定电话", "filled", "telephone", "", ["kind", "is", "organisation"], "问前台要总机"),
    ("VIP 客户要有微信", "filled", "wechat", "", ["level", "is", "vip"], "下次联系时加微信"),
    ("邮编为六位数字", "pattern", "postcode", r"\d{6}", None, "按地址查邮编"),
    ("联系日期已过、从未联系", "never", "next_contact_on", "", OVERDUE, "补一次联系记录"),
)  # fmt: skip


def fill() -> None:
    """Make the rules, look at all files, and invent the half year before."""
    rng, today = Random(SEED), timezone.localdate()
    with change(Actor.system("demo"), "customers.demo_quality"):
        create_all(
            [
                QualityRule(name=n, check_kind=c, field=f, pattern=p, only=o, remark=r)
                for n, c, f, p, o, r in RULES
            ]
        )
        _spoil(rng)
        for chunk in chunks(list(Party.objects.order_by("pk").values_list("pk", flat=True)), 1000):
            renew(chunk)
            check(chunk)
        keep_day()
        newest = list(QualityDay.objects.filter(on=today))
        create_all(
            [_before(rng, day, week) for week in range(1, WEEKS + 1) for day in newest],
            full_entries=False,
        )


def _spoil(rng: Random) -> None:
    """Let some files look as files do that people typed in a hurry."""
    hurried = rng.sample(list(Party.objects.filter(is_customer=True).order_by("pk")), 190)
    for n, party in enumerate(hurried):
        if n < 45:
            party.province = rng.choice(("广东广州", "粤", "广 东"))
        elif n < 60 and party.birthday:
            party.birthday = party.birthday.replace(year=1880 + n)
        elif n < 110:
            party.job = rng.choice(("无", "不详", "123"))
        elif n < 150:
            party.postcode = rng.choice(("51000", "5100000", "51O000"))
        else:
            party.wechat = f"wx_{party.name_key.replace(' ', '')[:12]}{n}"
    save_all(hurried)


def _before(rng: Random, day: QualityDay, week: int) -> QualityDay:
    worse = Decimal(str(round(min(week * 0.55 + rng.random(), 24), 2)))
    return QualityDay(
        on=day.on - timedelta(days=7 * week),
        department_id=day.department_id,
        files=max(day.files - week * max(day.files // 90, 1), 1),
        completeness=max(day.completeness - worse, Decimal(0)),
        findings=int(day.findings * (1 + week * 0.04)),
    )


def make_weight(**given: Any) -> FieldWeight:
    """Return an unsaved weight, for tests and docs."""
    return FieldWeight(**{"kind": "person", "field": "phone", "weight": 5, **given})


def make_rule(**given: Any) -> QualityRule:
    """Return an unsaved rule, for tests and docs."""
    return QualityRule(**{"name": "手机号有效", "check_kind": "phone", "field": "phone", **given})


def make_finding(**given: Any) -> Finding:
    """Return an unsaved finding, for tests and docs."""
    return Finding(**given)


def make_day(**given: Any) -> QualityDay:
    """Return an unsaved day of the history, for tests and docs."""
    return QualityDay(**{"on": timezone.localdate(), "files": 10, **given})


MAKERS = {
    FieldWeight: make_weight,
    QualityRule: make_rule,
    Finding: make_finding,
    QualityDay: make_day,
}
