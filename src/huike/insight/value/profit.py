"""Profit per customer after cost of goods and cost to serve."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Self

import ibis
from ibis.expr.types import Table

from huike.insight.estimator import Estimator, InputError, Language, Row, kept, say
from huike.insight.purchases import customers, day, left_out, money

RATES: dict[str, float] = {
    "visit": 200.0,
    "call": 10.0,
    "case": 50.0,
    "gift": 1.0,
    "overdue": 0.08 / 365,
}
"""Cost of one unit of service: a visit, a call, a case; a gift by its cost; overdue money per
day.
"""


class Profit(Estimator):
    """Profit = gross sales - discounts - returns - cost of goods - cost to serve.

    Parameters:
        analysis_date: nothing later is read.
        start: first day of the window; None for everything.
        rates: kind of service to cost per unit; None for `RATES`.  Kinds without a rate cost
            nothing and are counted in `left_out_`.
        margin: share of net sales kept when the table has no cost column.

    Attributes after `fit`:
        total_: sums of the money columns of `result_`.
        result_: customer, gross, discount, returned, revenue (net), cost, service, profit.

    Source: activity-based customer profitability, Kaplan and Narayanan 2001.
    """

    key = "profit"
    title = {"zh": "客户利润", "en": "Customer profit"}
    optional = frozenset({"cost", "discount"})

    def __init__(
        self,
        analysis_date: date,
        start: date | None = None,
        rates: Mapping[str, float] | None = None,
        margin: float = 1.0,
    ) -> None:
        self.analysis_date = analysis_date
        self.start = start
        self.rates = rates
        self.margin = margin

    def fit(self, table: Table, service: Table | None = None) -> Self:
        """Add up each customer's money.

        Parameters:
            table: order lines (contract: `huike.insight.purchases`).
            service: optional, columns customer, kind (of `rates`), on (date), units (visits,
                calls, cases; money for gifts; money x days for overdue).  Only customers of
                `table` are counted.

        Raises:
            InputError: `service` lacks a column.
        """
        self.left_out_ = left_out(table, self.analysis_date)
        sold = customers(table, self.analysis_date, self.start)
        zero = ibis.literal(0.0)
        discount = sold["discount"] if "discount" in sold.columns else zero
        cost = sold["cost"] if "cost" in sold.columns else money(sold["amount"] * (1 - self.margin))
        parts = sold.select(
            "customer",
            gross=money(sold["bought"] + discount),
            discount=discount,
            returned=sold["returned"],
            revenue=sold["amount"],
            cost=cost,
        )
        served = self._served(parts, service)
        profit = money(served["revenue"] - served["cost"] - served["service"])
        self.result_ = kept(served.mutate(profit=profit))
        names = [name for name in self.result_.columns if name != "customer"]
        sums = self.result_.agg(**{name: self.result_[name].sum() for name in names})
        row = sums.to_pyarrow().to_pylist()[0]
        self.total_ = {name: round(float(row[name] or 0.0), 4) for name in names}
        return self

    def _served(self, parts: Table, service: Table | None) -> Table:
        if service is None:
            return parts.mutate(service=ibis.literal(0.0))
        lacking = {"customer", "kind", "on", "units"} - set(service.columns)
        if lacking:
            raise InputError(f"The service table lacks {', '.join(sorted(lacking))}.")
        on = service["on"].cast("date")
        used = service.filter(on <= day(self.analysis_date))
        if self.start is not None:
            used = used.filter(used["on"].cast("date") >= day(self.start))
        rates = RATES if self.rates is None else self.rates
        unknown = used.filter(~used["kind"].isin(list(rates))).count().to_pyarrow().as_py()
        if unknown:
            self.left_out_["service without a rate"] = int(unknown)
        rate = ibis.cases(
            *[(used["kind"] == kind, float(r)) for kind, r in rates.items()], else_=0.0
        )
        spent = used.mutate(_cost=rate * used["units"].cast("float64").fill_null(0.0))
        each = spent.group_by("customer").agg(service=money(spent["_cost"].sum()))
        return parts.left_join(each, "customer").select(
            *[parts[name] for name in parts.columns], service=each["service"].fill_null(0.0)
        )

    def _sentence(self, row: Row, language: Language) -> str:
        m = {name: f"{row[name]:,.2f}" for name in ("revenue", "cost", "service", "profit")}
        return say(
            language,
            f"净销售额 {m['revenue']}，减商品成本 {m['cost']} 和服务成本 {m['service']}，"
            f"利润 {m['profit']}。",
            f"Net sales {m['revenue']} less goods {m['cost']} and service {m['service']}: "
            f"profit {m['profit']}.",
        )
