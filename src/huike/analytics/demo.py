"""The first analysis of the demo firm, and one maker for each record of the analysis."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from huike.analytics.jobs import ask_for_run
from huike.analytics.models import (
    Mailing,
    PastScore,
    Pivot,
    Run,
    Score,
    Sent,
    Setting,
    Target,
)
from huike.analytics.pivot.definition import Definition
from huike.customers.models import Party
from huike.kernel.access.models import Role
from huike.kernel.actor import Actor, Op, Reach
from huike.kernel.change.work import change
from huike.kernel.records.record import Record
from huike.staff.demo import grant
from huike.staff.models import User

DAY = date(2026, 1, 31)


def fill(say: Callable[[str], None]) -> None:
    """Let the worker analyse the firm as soon as it starts; the pages fill while one looks on."""
    _open_scores()
    _set_targets()
    ask_for_run(Actor.system("demo"))


def _open_scores() -> None:
    """Let everybody see the scores of those customers that they see; the boss also the settings.

    Pivots are everybody's own; what is shared is read by all.
    """
    scores, firm = (Score.label(), PastScore.label()), (Run.label(), Setting.label())
    for role in Role.objects.filter(is_administrator=False):
        seen = role.grants.filter(record=Party.label(), op=Op.VIEW).first()
        if seen is None:
            continue
        exports = role.grants.filter(record=Party.label(), op=Op.EXPORT).exists()
        grant(role, scores, [Op.VIEW, Op.EXPORT] if exports else [Op.VIEW], seen.reach)
        own = [Op.VIEW, Op.ADD, Op.EDIT, Op.DELETE, *([Op.EXPORT] if exports else [])]
        grant(role, [Pivot.label(), Mailing.label()], own, Reach.OWN)
        grant(role, [Sent.label()], [Op.VIEW], Reach.OWN)
        grant(role, [Target.label()], [Op.VIEW], seen.reach)
        if seen.reach == Reach.ALL:
            grant(role, firm, [Op.VIEW], Reach.ALL)
    boss, leader = (Role.objects.get(name=name) for name in ("总经理", "部门经理"))
    grant(boss, [Setting.label()], [Op.EDIT], Reach.ALL)
    grant(boss, [Target.label()], [Op.ADD, Op.EDIT, Op.DELETE], Reach.ALL)
    grant(leader, [Target.label()], [Op.ADD, Op.EDIT, Op.DELETE], Reach.BELOW)


def _set_targets() -> None:
    """Set what the firm wants to reach every month, so that the scorecard compares with it."""
    with change(Actor.system("demo"), "analytics.demo"):
        for figure, value in (("new", "30"), ("lost", "280"), ("retention_rate", "0.35")):
            Target(figure=figure, value=Decimal(value), remark="月度目标").save()


def make_score(**given: Any) -> Score:
    """Return an unsaved score, for tests."""
    return Score(**{"on": DAY, "orders": 3, "amount": 1200, "rfm_class": "111", **given})


def make_past_score(**given: Any) -> PastScore:
    """Return an unsaved past score, for tests."""
    return PastScore(**{"on": DAY, "orders": 3, "amount": 1200, "rfm_class": "111", **given})


def make_run(**given: Any) -> Run:
    """Return an unsaved run, for tests."""
    return Run(**{"on": DAY, "state": Run.State.DONE, **given})


def make_setting(**given: Any) -> Setting:
    """Return an unsaved setting, for tests."""
    return Setting(**{"code": "abc.a", "value": "0.7", **given})


def make_pivot(**given: Any) -> Pivot:
    """Return an unsaved pivot, for tests."""
    return Pivot(**{"definition": Definition().written(), **given})


def make_mailing(**given: Any) -> Mailing:
    """Return an unsaved mailing of a pivot, for tests."""
    return Mailing(**{"name": "周报", **given})


def make_sent(**given: Any) -> Sent:
    """Return an unsaved entry of a mail that went out, for tests."""
    if "recipient" not in given:
        given["recipient"] = User.objects.order_by("pk").first()
    return Sent(**{"due_at": timezone.now(), "state": Sent.State.SENT, **given})


def make_target(**given: Any) -> Target:
    """Return an unsaved target, for tests."""
    return Target(**{"figure": "new", "value": 50, **given})


MAKERS: dict[type[Record], Callable[..., Record]] = {
    Score: make_score,
    PastScore: make_past_score,
    Run: make_run,
    Setting: make_setting,
    Target: make_target,
    Pivot: make_pivot,
    Mailing: make_mailing,
    Sent: make_sent,
}
