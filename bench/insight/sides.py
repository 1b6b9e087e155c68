"""The two or more sides of each comparison: load untimed, then a function that is timed."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import ibis
import numpy as np
import pandas as pd

warnings.simplefilter("ignore")
AT = date(2026, 6, 30)
CALIBRATED = date(1997, 9, 30)
Work = Callable[[], dict[str, Any]]


def told(result: dict[str, Any]) -> dict[str, float]:
    """Results as plain numbers: long ones by their mean and a weighted mean."""
    found: dict[str, float] = {}
    for name, value in result.items():
        numbers = np.asarray(value, dtype=float).ravel()
        if numbers.size == 1:
            found[name] = float(numbers[0])
        else:
            ordered = np.sort(numbers[np.isfinite(numbers)])
            found |= {f"{name} {q}": float(np.quantile(ordered, q)) for q in (0.05, 0.5, 0.95)}
            found[f"{name} mean"] = float(ordered.mean())
    return found


def gap(ours: dict[str, float], theirs: dict[str, float]) -> float:
    """The largest difference of what both told, relative where the figure is above 1."""
    both = set(ours) & set(theirs)
    return max((abs(ours[k] - theirs[k]) / max(1.0, abs(theirs[k])) for k in both), default=np.nan)


def bg_huike(folder: Path) -> Work:
    """Fit, P(alive) and a year's expectation of everybody."""
    from huike.insight.clv.bg_nbd import BGNBD
    from huike.insight.clv.transactions import grouped

    table = ibis.duckdb.connect().create_table("t", pd.read_parquet(folder / "histories.parquet"))

    def work() -> dict[str, Any]:
        model = BGNBD(AT)
        model.fit_counts(model.counts(grouped(table)))
        scored = model._scored(table).cache().select("p_alive", "expected_purchases").to_pandas()
        return {"alive": scored["p_alive"], "ahead": scored["expected_purchases"],
                **model.parameters_}  # fmt: skip

    return work


def bg_lifetimes(folder: Path) -> Work:
    """The same by lifetimes."""
    import lifetimes

    frame = pd.read_parquet(folder / "histories.parquet") / [1, 7, 7]
    columns = frame["frequency"], frame["recency_days"], frame["age_days"]

    def work() -> dict[str, Any]:
        peer = lifetimes.BetaGeoFitter().fit(*columns)
        alive = peer.conditional_probability_alive(*columns)
        ahead = peer.conditional_expected_number_of_purchases_up_to_time(365 / 7, *columns)
        return {"alive": alive, "ahead": ahead,
                **{n: peer.params_[n] for n in ("r", "alpha", "a", "b")}}  # fmt: skip

    return work


def _cdnow_summary(folder: Path) -> tuple[Any, Any, Any]:
    from lifetimes.utils import summary_data_from_transaction_data

    frame = pd.read_parquet(folder / "cdnow.parquet")
    summary = summary_data_from_transaction_data(
        frame, "customer", "on", observation_period_end=CALIBRATED, freq="D"
    )
    return summary["frequency"], summary["recency"] / 7, summary["T"] / 7


def pareto_huike(folder: Path) -> Work:
    """Fit, P(alive) and 39 weeks' expectation of everybody."""
    from huike.insight.clv.pareto_nbd import ParetoNBD
    from huike.insight.clv.transactions import Counts

    x, tx, t = _cdnow_summary(folder)

    def work() -> dict[str, Any]:
        rows = pd.DataFrame({"x": x, "tx": tx, "t": t})
        counted = rows.groupby(["x", "tx", "t"], as_index=False).size()
        counts = Counts.of(counted["x"], counted["tx"], counted["t"], counted["size"])
        model = ParetoNBD(CALIBRATED).fit_counts(counts)
        return {"alive": model.p_alive(x, tx, t), "ahead": model.expected(39, x, tx, t),
                **model.parameters_}  # fmt: skip

    return work


def pareto_lifetimes(folder: Path) -> Work:
    """The same by lifetimes."""
    import lifetimes

    x, tx, t = _cdnow_summary(folder)

    def work() -> dict[str, Any]:
        peer = lifetimes.ParetoNBDFitter().fit(x, tx, t)
        alive = peer.conditional_probability_alive(x, tx, t)
        ahead = peer.conditional_expected_number_of_purchases_up_to_time(39, x, tx, t)
        return {"alive": alive, "ahead": ahead,
                **{n: peer.params_[n] for n in ("r", "alpha", "s", "beta")}}  # fmt: skip

    return work


def _engine(folder: Path, name: str = "lines") -> Any:
    raw = duckdb.connect(config={"memory_limit": "6GB", "temp_directory": str(folder)})
    raw.execute("set enable_progress_bar = false; set preserve_insertion_order = false")
    raw.execute(f"create table lines as from read_parquet('{folder / name}.parquet')")
    return raw


def rfm_huike(folder: Path) -> Work:
    """Scored RFM from order lines."""
    return _rfm(_engine(folder))


def huge_huike(folder: Path) -> Work:
    """The same from ten times the lines, read from their Parquet file as it goes."""
    raw = duckdb.connect(config={"memory_limit": "6GB", "temp_directory": str(folder)})
    raw.execute("set enable_progress_bar = false; set preserve_insertion_order = false")
    raw.execute(f"create view lines as from read_parquet('{folder / 'huge.parquet'}')")
    return _rfm(raw)


def _rfm(raw: Any) -> Work:
    from huike.insight.value.rfm import RFM

    table = ibis.duckdb.from_connection(raw).table("lines")
    RFM(AT).fit(table.limit(10)).result_.cache()  # loads Ibis; the peers are loaded as well

    def work() -> dict[str, Any]:
        scored = RFM(AT).fit(table).result_.cache()
        sums = scored.agg(n=scored.count(), orders=scored["frequency"].sum(),
                          money=scored["monetary"].sum())  # fmt: skip
        return {k: float(v) for k, v in sums.to_pyarrow().to_pylist()[0].items()}

    return work


PLAIN = (
    'create temp table orders as select customer, "order", min("on") d, sum(amount) amount '
    f"from lines where \"on\" <= date '{AT}' group by all",
    "create temp table c as select customer, max(d) latest, count(*) frequency, "
    "sum(amount) monetary from orders where amount >= 0 group by customer",
    "create temp table scored as select *, 6 - ntile(5) over (order by latest desc) r, "
    "ntile(5) over (order by frequency) f, ntile(5) over (order by monetary) m from c",
)


def rfm_sql(folder: Path) -> Work:
    """Plain DuckDB SQL: no care for missing or infinite values, returns or rounding."""
    raw = _engine(folder)

    def work() -> dict[str, Any]:
        for statement in PLAIN:
            raw.execute(statement)
        found = raw.execute("select count(*), sum(frequency), sum(monetary) from scored").fetchone()
        return dict(zip(("n", "orders", "money"), map(float, found), strict=True))

    return work


def rfm_pandas(folder: Path) -> Work:
    """The same with pandas, as it is usually written."""
    frame = pd.read_parquet(folder / "lines.parquet")
    frame["on"] = pd.to_datetime(frame["on"])

    def work() -> dict[str, Any]:
        used = frame[frame["on"] <= pd.Timestamp(AT)]
        orders = used.groupby(["customer", "order"], as_index=False).agg(
            on=("on", "min"), amount=("amount", "sum")
        )
        by = orders[orders["amount"] >= 0].groupby("customer").agg(
            latest=("on", "max"), frequency=("order", "size"), monetary=("amount", "sum")
        )  # fmt: skip
        for name in by.columns:
            by[f"{name}_score"] = pd.qcut(by[name].rank(method="first"), 5, labels=False) + 1
        return {"n": len(by), "orders": by["frequency"].sum(), "money": by["monetary"].sum()}

    return work


def rfm_lifetimes(folder: Path) -> Work:
    """lifetimes' summary of the same lines (frequency, recency, age, money; no scores)."""
    from lifetimes.utils import summary_data_from_transaction_data

    frame = pd.read_parquet(folder / "lines.parquet")
    frame["on"] = pd.to_datetime(frame["on"])

    def work() -> dict[str, Any]:
        found = summary_data_from_transaction_data(
            frame, "customer", "on", "amount", observation_period_end=AT
        )
        return {"n": len(found)}

    return work


def rules_huike(folder: Path) -> Work:
    """Rules of two goods at support 0.001 and confidence 0.05."""
    from huike.insight.basket import BasketRules

    table = ibis.duckdb.connect().create_table("t", pd.read_parquet(folder / "baskets.parquet"))

    def work() -> dict[str, Any]:
        found = BasketRules(support=0.001, confidence=0.05, max_length=2, min_count=1).fit(table)
        rules = found.rules_
        return {"rules": len(rules), "confidence": rules["confidence"], "lift": rules["lift"],
                "leverage": rules["leverage"]}  # fmt: skip

    return work


def rules_mlxtend(folder: Path) -> Work:
    """The same by mlxtend's apriori."""
    from mlxtend.frequent_patterns import apriori, association_rules

    frame = pd.read_parquet(folder / "baskets.parquet")

    def work() -> dict[str, Any]:
        wide = pd.crosstab(frame["order"], frame["product"]).astype(bool)
        sets = apriori(wide, min_support=0.001, use_colnames=True, max_len=2)
        rules = association_rules(sets, metric="confidence", min_threshold=0.05)
        return {"rules": len(rules), "confidence": rules["confidence"], "lift": rules["lift"],
                "leverage": rules["leverage"]}  # fmt: skip

    return work


def survival_huike(folder: Path) -> Work:
    """Kaplan-Meier with its band."""
    from huike.insight.lifecycle.survival import KaplanMeier

    frame = pd.read_parquet(folder / "durations.parquet")

    def work() -> dict[str, Any]:
        found = KaplanMeier(AT).fit_durations(frame["days"], frame["ended"])
        return {"survival": found.survival(np.arange(1, 1500)), "median": found.median_}

    return work


def survival_lifelines(folder: Path) -> Work:
    """The same by lifelines."""
    from lifelines import KaplanMeierFitter

    frame = pd.read_parquet(folder / "durations.parquet")

    def work() -> dict[str, Any]:
        peer = KaplanMeierFitter().fit(frame["days"], frame["ended"])
        at = peer.survival_function_at_times(np.arange(1, 1500))
        return {"survival": at, "median": peer.median_survival_time_}

    return work


def _rossi(folder: Path) -> tuple[Any, Any]:
    frame = pd.read_parquet(folder / "features.parquet")
    return frame.drop(columns=["arrest", "week"]), frame["arrest"].to_numpy()


def logistic_huike(folder: Path) -> Work:
    """The logistic churn model, all columns numbers."""
    from huike.insight.churn.models import ChurnModel

    rows, left = _rossi(folder)
    return lambda: {"p": ChurnModel("logistic").fit(rows, left).predict(rows)}


def logistic_sklearn(folder: Path) -> Work:
    """The same written by hand with scikit-learn."""
    linear = importlib.import_module("sklearn.linear_model")
    preprocessing = importlib.import_module("sklearn.preprocessing")
    rows, left = _rossi(folder)

    def work() -> dict[str, Any]:
        tamed = np.sign(rows) * np.log1p(np.abs(rows))
        scaled = preprocessing.StandardScaler().fit_transform(tamed)
        fitted = linear.LogisticRegression(C=0.5, max_iter=2000).fit(scaled, left)
        return {"p": fitted.predict_proba(scaled)[:, 1]}

    return work


SIDES: dict[str, dict[str, Callable[[Path], Work]]] = {
    "rfm": {"huike": rfm_huike, "duckdb sql": rfm_sql, "pandas": rfm_pandas,
            "lifetimes": rfm_lifetimes},
    "rfm_huge": {"huike": huge_huike},
    "bg_nbd": {"huike": bg_huike, "lifetimes": bg_lifetimes},
    "pareto_nbd": {"huike": pareto_huike, "lifetimes": pareto_lifetimes},
    "pair_rules": {"huike": rules_huike, "mlxtend": rules_mlxtend},
    "kaplan_meier": {"huike": survival_huike, "lifelines": survival_lifelines},
    "logistic": {"huike": logistic_huike, "scikit-learn": logistic_sklearn},
}  # fmt: skip
