"""What the pool's rules say of one customer: days counted by hand, without database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huike.customers.pool.standing import case_of, midnight
from huike.customers.pool.verdict import Case, Rule, judge, rule_for

DAY = date(2028, 2, 28)  # a leap year: February has a 29th
MONTH = Rule("month", "", None, False, 30, None, False, 7)
CASE = Case(party=1, owner=1, level="", category=None, clock=DAY)


def test_the_thirtieth_day_is_left_and_the_night_to_the_next_takes() -> None:
    verdict = judge([MONTH], CASE)
    assert verdict is not None
    assert verdict.due_on == date(2028, 3, 30)  # 1 day of February, 29 of March, then due
    assert [verdict.warns(verdict.due_on - timedelta(days=n)) for n in (8, 7)] == [False, True]
    assert verdict.days_left(date(2028, 3, 25)) == 5


def test_the_first_rule_that_fits_counts_and_an_exempt_one_keeps() -> None:
    vip = replace(MONTH, name="vip", level="vip", is_exempt=True)
    ours = replace(MONTH, name="ours", categories=frozenset({7}), days=90)
    rules = [vip, ours, MONTH]
    assert [rule_for(rules, *who) for who in (("vip", 7), ("", 7), ("", 8))] == [vip, ours, MONTH]
    assert judge(rules, replace(CASE, level="vip")) is None
    assert judge([], CASE) is None


def test_a_task_or_a_late_order_keeps_where_the_rule_says_so() -> None:
    sparing = replace(MONTH, spares_tasks=True)
    assert judge([sparing], replace(CASE, has_task=True)) is None
    assert judge([MONTH], replace(CASE, has_task=True)) is not None
    both = replace(MONTH, order_days=100)
    verdict = judge([both], replace(CASE, last_order=DAY + timedelta(days=5)))
    assert verdict is not None
    assert verdict.due_on == DAY + timedelta(days=106)


def test_a_day_of_25_hours_is_one_day() -> None:
    with timezone.override(ZoneInfo("America/New_York")):
        begins = midnight(date(2026, 11, 1)).astimezone(UTC)  # clocks go back at two
        assert midnight(date(2026, 11, 2)).astimezone(UTC) - begins == timedelta(hours=25)
        created = datetime(2026, 11, 2, 4, 30, tzinfo=UTC)  # half an hour before midnight there
        assert case_of((1, 1, "", None, None, None, created)).clock == date(2026, 11, 1)


rules = st.builds(
    Rule,
    name=st.just("rule"),
    level=st.sampled_from(["", "vip", "small"]),
    categories=st.none() | st.frozensets(st.integers(1, 3)),
    is_exempt=st.booleans(),
    days=st.integers(1, 400),
    order_days=st.none() | st.integers(1, 400),
    spares_tasks=st.booleans(),
    warn_days=st.integers(0, 60),
)
days = st.dates(date(2026, 1, 1), date(2029, 1, 1))
cases = st.builds(
    Case,
    party=st.just(1),
    owner=st.just(1),
    level=st.sampled_from(["", "vip", "small"]),
    category=st.none() | st.integers(1, 4),
    clock=days,
    last_order=st.none() | days,
    has_task=st.booleans(),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(rules, max_size=4), cases, days)
def test_nobody_with_a_contact_inside_the_limit_is_ever_due(
    rules: list[Rule], case: Case, today: date
) -> None:
    verdict = judge(rules, case)
    used = rule_for(rules, case.level, case.category)
    if verdict is None or verdict.due_on > today:
        return
    assert used is not None
    assert not used.is_exempt
    assert (today - case.clock).days > used.days
    if used.order_days is not None and case.last_order is not None:
        assert (today - case.last_order).days > used.order_days
