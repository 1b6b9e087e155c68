"""Which methods a run uses, with which settings, and which of their columns become scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import ibis
import pandas as pd
from django.db.models import Count
from ibis.expr.types import Table

from huike.customers.models import Tie
from huike.insight.basket import BasketRules
from huike.insight.churn.warning import ChurnWarning
from huike.insight.clv.lifetime_value import PredictedValue
from huike.insight.clv.matrix import ValueMatrix
from huike.insight.estimator import Estimator
from huike.insight.groups import Groups
from huike.insight.lifecycle.ended import Ending
from huike.insight.lifecycle.relation import Relation
from huike.insight.lifecycle.rhythm import LostRule
from huike.insight.lifecycle.stage import Stage
from huike.insight.purchases import customers, reduced
from huike.insight.value.abc import ABC
from huike.insight.value.comparison import Comparison
from huike.insight.value.pyramid import ProfitPyramid, SpendPyramid
from huike.insight.value.rfm import RFM

ANSWERS_COUNT = timedelta(days=730)  # how long an answer tells of a customer's satisfaction
RESAMPLES = 30  # of the interval of the total CLV


@dataclass
class Inputs:
    """What the methods are given: the lines up to one day, and the settings."""

    on: date
    values: Mapping[str, Any]
    lines: Table  # contract: huike.insight.purchases
    service: Table  # customer, kind, on, units
    people: Table  # customer, pursued
    referrals: Table  # customer, referrals
    answers: Table  # customer, satisfaction (1-5)
    is_past: bool = False  # a day gone by, of which only the classes are kept

    @property
    def start(self) -> date:
        return self.on - timedelta(days=self.values["window.days"] - 1)

    @property
    def lost(self) -> LostRule:
        values = self.values
        return LostRule(
            times=values["lost.times"], min_days=values["lost.days"], alive=values["lost.alive"]
        )

    @cached_property
    def orders(self) -> Table:
        """The lines put together to orders, which is what most methods look at."""
        return reduced(self.lines, self.on)

    @cached_property
    def totals(self) -> Table:
        """The sums of each customer within the window."""
        return customers(self.orders, self.on, self.start)


@dataclass(frozen=True)
class Method:
    """A method of analysis: how it is fitted, and which result becomes which field of a score."""

    key: str
    fit: Callable[[Inputs], Estimator]
    fields: Mapping[str, str] = field(default_factory=dict)  # field of Score: column of result_
    in_past: bool = True  # also run for the ends of months gone by


def _abc(given: Inputs) -> Estimator:
    a, b = given.values["abc.a"], given.values["abc.b"]
    return ABC(given.on, given.start, min(a, b), max(a, b)).fit(given.orders)


def _rfm(given: Inputs) -> Estimator:
    return RFM(given.on, given.start, given.values["rfm.monetary"]).fit(given.orders)


def _spend(given: Inputs) -> Estimator:
    return SpendPyramid(given.on, given.start, given.values["pyramid.cuts"]).fit(given.orders)


def _profit(given: Inputs) -> Estimator:
    rates = {"visit": given.values["cost.visit"], "call": given.values["cost.call"]}
    margin = given.values["clv.margin"]
    pyramid = ProfitPyramid(given.on, given.start, rates=rates, margin=margin)
    return pyramid.fit(given.orders, given.service)


def _value(given: Inputs, bootstrap: int) -> Estimator:
    values = given.values
    return PredictedValue(
        given.on,
        model=values["clv.model"],
        months=values["clv.months"],
        discount=values["clv.discount"],
        margin=values["clv.margin"],
        bootstrap=bootstrap,
    ).fit(given.orders)


def _matrix(given: Inputs) -> Estimator:
    values = given.values
    return ValueMatrix(
        given.on,
        split=values["matrix.split"],
        model=values["clv.model"],
        months=values["clv.months"],
        discount=values["clv.discount"],
        margin=values["clv.margin"],
    ).fit(given.orders)


def _relation(given: Inputs) -> Estimator:
    return Relation(given.on, given.lost).fit(given.orders, given.people)


def _stage(given: Inputs) -> Estimator:
    steps = 0 if given.is_past else 4
    return Stage(given.on, window_days=given.values["stage.days"], steps=steps).fit(given.orders)


def _ending(given: Inputs) -> Estimator:
    return Ending(given.on, given.values["stage.days"], rule=given.lost).fit(given.orders)


def _churn(given: Inputs) -> Estimator:
    values = given.values
    medium, high = values["churn.medium"], values["churn.high"]
    return ChurnWarning(
        given.on,
        horizon_days=values["churn.horizon"],
        active_days=values["churn.active"],
        model=values["churn.model"],
        levels=(min(medium, high), max(medium, high)),
        contact_cost=values["churn.contact_cost"],
        saved=values["churn.saved"],
    ).fit(given.orders)


def _baskets(given: Inputs) -> Estimator:
    lines = given.lines.filter(given.lines["product"].notnull())
    named = lines.mutate(product=lines["product"].cast("string"))
    return BasketRules(
        analysis_date=given.on,
        confidence=0.2,
        basket_of="customer",
        margin_rate=given.values["clv.margin"],
    ).fit(named)


def _groups(given: Inputs) -> Estimator:
    return Groups(analysis_date=given.on).fit(given.orders)


def _comparison(given: Inputs) -> Estimator:
    return Comparison(given.on, model=given.values["clv.model"]).fit(given.orders)


METHODS = (
    Method("abc", _abc, {"abc": "abc"}),
    Method("rfm", _rfm, {"rfm_class": "rfm_class", "r": "r", "f": "f", "m": "m"}),
    Method("spend_pyramid", _spend, {"pyramid": "tier"}),
    Method("profit_pyramid", _profit, {"profit_tier": "tier", "profit": "profit"}),
    Method("predicted_value", lambda given: _value(given, RESAMPLES), in_past=False),
    Method(
        "value_matrix",
        _matrix,
        {"matrix": "matrix", "current_profit": "current", "clv": "future"},
    ),
    # P(alive) is that of MBG/NBD: by BG/NBD whoever bought once is alive for ever
    Method(
        "relation",
        _relation,
        {"relation": "relation", "interval_days": "median_interval", "p_alive": "p_alive"},
    ),
    Method("stage", _stage, {"stage": "stage"}),
    Method("ending", _ending, {"ending": "ending"}, in_past=False),
    Method(
        "churn_warning",
        _churn,
        {"churn_risk": "p_churn", "churn_level": "level", "expected_loss": "expected_loss"},
        in_past=False,
    ),
    Method("basket", _baskets, {"next_product": "product", "next_lift": "lift"}, in_past=False),
    Method("groups", _groups, {"group": "group"}, in_past=False),
    Method("comparison", _comparison, in_past=False),
)


def inputs(
    backend: Any, on: date, values: Mapping[str, Any], lines: Table, *, is_past: bool = False
) -> Inputs:
    """Gather what the methods need besides the lines from the warehouse's tables."""
    talks = backend.table("interaction")
    talks = talks.filter(
        talks["binned_at"].isnull(), talks["customer"].notnull(),
        talks["channel"].isin(["visit", "call"]),
    )  # fmt: skip
    service = talks.select(
        "customer", kind=talks["channel"], on=talks["at"].date(), units=ibis.literal(1.0)
    )
    tasks = backend.table("task")
    open_tasks = tasks.filter(tasks["done_at"].isnull(), tasks["binned_at"].isnull())
    pursued = open_tasks.filter(open_tasks["customer"].notnull()).select("customer").distinct()
    known = backend.table("customer")
    known = known.filter(known["binned_at"].isnull(), known["is_customer"])
    people = known.select("customer", pursued=known["customer"].isin(pursued["customer"]))
    answers = _satisfaction(backend, on)
    return Inputs(on, values, lines, service, people, _referrals(on), answers, is_past)


def _satisfaction(backend: Any, on: date) -> Table:
    """The mean answer of each customer on their satisfaction in the two years up to a day."""
    told = backend.table("survey_answer")
    day = told["at"].date()
    told = told.filter(
        told["binned_at"].isnull(), told["kind"] == "csat",
        day <= ibis.literal(on, type="date"),
        day > ibis.literal(on - ANSWERS_COUNT, type="date"),
    )  # fmt: skip
    return told.group_by("customer").agg(satisfaction=told["level"].mean())


def _referrals(on: date) -> Table:
    """How many others each customer had referred to us by a day."""
    known = Tie.objects.filter(kind=Tie.Kind.REFERRED_BY, created_at__date__lte=on)
    told = known.order_by().values_list("other").annotate(n=Count("party", distinct=True))
    rows = pd.DataFrame(list(told), columns=["customer", "referrals"]).astype("int64")
    return ibis.memtable(rows, schema={"customer": "int64", "referrals": "int64"})
