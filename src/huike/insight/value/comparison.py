"""ABC, RFM and CLV on the same customers: how far they agree, and which foresaw who would be
profitable.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations
from typing import Any, Self

import ibis
import pandas as pd
from ibis.expr.types import Table

from huike.insight.clv.lifetime_value import ModelName, PredictedValue
from huike.insight.estimator import Estimator, InputError, Language, Row, kept, say
from huike.insight.purchases import customers, left_out, money, reduced
from huike.insight.value.rfm import RFM

METHODS = ("abc", "rfm", "clv")


class Comparison(Estimator):
    """The top fifth by each method, drawn at T, against the profit made after T up to the analysis
    date.

    T is `horizon_days` before the analysis date, and, with `times` > 1, again as much earlier each
    time; every T is judged on the `horizon_days` after it.  Nothing after T goes into the ranking
    at T.

    Parameters:
        analysis_date: nothing later is read.
        horizon_days: length of the judged period.
        times: how many T.
        top: share of customers drawn.
        model: transaction model of the predicted value.

    Attributes after `fit`:
        captured_: frame at (T), method, customers, profit, share (of all profit after T by
            customers known at T), best (the share a perfect ranking would have held).
        agreement_: frame at, first, second, both (customers in both top fifths), share.
        result_: at the latest T: customer, abc, rfm, clv (bool: in the top fifth), later (profit
            after T).
    """

    key = "comparison"
    title = {"zh": "ABC、RFM、CLV 对比", "en": "ABC, RFM and CLV compared"}
    optional = frozenset({"cost"})

    def __init__(
        self,
        analysis_date: date,
        horizon_days: int = 180,
        times: int = 1,
        top: float = 0.2,
        model: ModelName = "bg_nbd",
    ) -> None:
        if horizon_days < 1 or times < 1 or not 0 < top < 1:
            raise InputError("horizon_days and times must be 1 or more, top between 0 and 1.")
        self.analysis_date = analysis_date
        self.horizon_days = horizon_days
        self.times = times
        self.top = top
        self.model: ModelName = model

    def fit(self, table: Table) -> Self:
        """Rank at each T and judge (contract: `huike.insight.purchases`)."""
        self.left_out_ = left_out(table, self.analysis_date)
        table = reduced(table, self.analysis_date)
        captured: list[dict[str, Any]] = []
        agreement: list[dict[str, Any]] = []
        for back in range(self.times, 0, -1):
            at = self.analysis_date - timedelta(days=back * self.horizon_days)
            self.result_ = kept(self._drawn(table, at))
            captured += self._captured(at)
            agreement += self._agreement(at)
        self.captured_ = pd.DataFrame(captured)
        self.agreement_ = pd.DataFrame(agreement)
        return self

    def _drawn(self, table: Table, at: date) -> Table:
        """One row per customer known at `at`: in which top fifths, and profit in the period
        after.
        """
        value = PredictedValue(at, self.model, bootstrap=0).fit(table).result_
        rfm = RFM(at).fit(table).result_
        both = rfm.inner_join(value, "customer").select(
            rfm["customer"], rfm["score"], rfm["monetary"], clv=value["clv"].fill_null(0.0)
        )
        end = at + timedelta(days=self.horizon_days)
        after = customers(table, end, at + timedelta(days=1))
        profit = after["amount"] - after["cost"] if "cost" in after.columns else after["amount"]
        after = after.select("customer", later=money(profit))
        base = both.left_join(after, "customer").select(
            *[both[c] for c in both.columns], later=after["later"].fill_null(0.0)
        )
        n = base.count().over(ibis.window())
        orders = {
            "abc": [ibis.desc(base["monetary"]), base["customer"]],
            "rfm": [ibis.desc(base["score"]), ibis.desc(base["monetary"]), base["customer"]],
            "clv": [ibis.desc(base["clv"]), base["customer"]],
            "best": [ibis.desc(base["later"]), base["customer"]],
        }
        drawn = {
            k: ibis.row_number().over(order_by=order) < n * self.top for k, order in orders.items()
        }
        return base.mutate(**drawn).select("customer", *METHODS, "best", "later")

    def _captured(self, at: date) -> list[dict[str, Any]]:
        t = self.result_
        asked = {"all": t["later"].sum()}
        for name in (*METHODS, "best"):
            asked |= {
                f"{name}_n": t[name].cast("int64").sum(),
                f"{name}_p": t["later"].sum(where=t[name]),
            }
        row = t.agg(**asked).to_pyarrow().to_pylist()[0]
        whole = float(row["all"] or 0.0)

        def share(name: str) -> float:
            return round(float(row[f"{name}_p"] or 0.0) / whole, 9) if whole > 0 else float("nan")

        return [
            {"at": at, "method": name, "customers": int(row[f"{name}_n"] or 0),
             "profit": round(float(row[f"{name}_p"] or 0.0), 4), "share": share(name),
             "best": share("best")}
            for name in METHODS
        ]  # fmt: skip

    def _agreement(self, at: date) -> list[dict[str, Any]]:
        t = self.result_
        pairs = list(combinations(METHODS, 2))
        asked = {f"{a}_{b}": (t[a] & t[b]).cast("int64").sum() for a, b in pairs}
        size = t["abc"].cast("int64").sum()
        row = t.agg(size=size, **asked).to_pyarrow().to_pylist()[0]
        n = int(row["size"] or 0)
        return [
            {"at": at, "first": a, "second": b, "both": int(row[f"{a}_{b}"] or 0),
             "share": (row[f"{a}_{b}"] or 0) / n if n else float("nan")}
            for a, b in pairs
        ]  # fmt: skip

    def _sentence(self, row: Row, language: Language) -> str:
        inside = [name.upper() for name in METHODS if row[name]]
        later, days = f"{row['later']:,.2f}", self.horizon_days
        return say(
            language,
            f"{days} 天前按 {'、'.join(inside)} 排在前列，此后带来 {later}。"
            if inside
            else f"{days} 天前按各方法都不在前列，此后带来 {later}。",
            f"Among the top {days} days ago by {', '.join(inside) or 'no method'}; "
            f"brought {later} since.",
        )
