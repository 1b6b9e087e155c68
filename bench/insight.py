"""Speed and agreement of huike.insight against its peers, on the same rows, in one run.

Run: python bench/insight.py [--customers 1000000] [--lines 10000000] [--only bg,pareto,rfm]
One line per comparison: seconds of each side, the ratio, and the largest difference of results.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import ibis
import lifetimes
import numpy as np
import pandas as pd

from huike.insight.clv.bg_nbd import BGNBD
from huike.insight.clv.pareto_nbd import ParetoNBD
from huike.insight.clv.transactions import Counts, grouped
from huike.insight.value.rfm import RFM

AT = date(2026, 6, 30)


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of wall clock and the result."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def say(name: str, ours: float, theirs: float, difference: float, note: str) -> None:
    print(  # noqa: T201
        f"{name}: huike {ours:.2f} s, peer {theirs:.2f} s, ratio {theirs / ours:.2f}, "
        f"largest difference {difference:.1e} ({note})",
        flush=True,
    )


def parameters(model: Any, peer: Any) -> str:
    """Both sides' parameters."""
    pairs = zip(
        model.names, model.theta, (float(peer.params_[n]) for n in model.names), strict=True
    )
    return ", ".join(f"{name} {ours:.5f}/{theirs:.5f}" for name, ours, theirs in pairs)


def world(customers: int, days: int = 730) -> pd.DataFrame:
    """A simulated BG/NBD firm: frequency, recency_days, age_days per customer (seeded)."""
    random = np.random.default_rng(1)
    rate = random.gamma(0.8, 1 / 60, customers)
    leave = random.beta(0.8, 2.5, customers)
    age = random.integers(60, days, customers).astype(float)
    x, tx, clock = np.zeros(customers), np.zeros(customers), np.zeros(customers)
    active = np.ones(customers, dtype=bool)
    while active.any():
        clock[active] += np.ceil(random.exponential(1 / np.maximum(rate[active], 1e-9)))
        active &= clock <= age
        x[active] += 1
        tx[active] = clock[active]
        active &= random.random(customers) >= leave
    return pd.DataFrame({"frequency": x, "recency_days": tx, "age_days": age}).astype("int64")


def bg(customers: int) -> None:
    """Fit, P(alive) and a year's expectation of every customer: BG/NBD against lifetimes."""
    frame = world(customers)
    weeks = frame / [1, 7, 7]
    connection = ibis.duckdb.connect()
    table = connection.create_table("summary", frame)

    def ours() -> tuple[BGNBD, Any]:
        model = BGNBD(AT)
        groups = grouped(table)
        model.fit_counts(model.counts(groups))
        return model, model._scored(table, groups).to_pandas()

    def theirs() -> tuple[Any, Any, Any]:
        peer = lifetimes.BetaGeoFitter()
        peer.fit(weeks["frequency"], weeks["recency_days"], weeks["age_days"])
        args = weeks["frequency"], weeks["recency_days"], weeks["age_days"]
        alive = peer.conditional_probability_alive(*args)
        return peer, alive, peer.conditional_expected_number_of_purchases_up_to_time(365 / 7, *args)

    (a, (model, scored)), (b, (peer, alive, ahead)) = timed(ours), timed(theirs)
    keys = ["frequency", "recency_days", "age_days"]
    mine = scored[[*keys, "p_alive", "expected_purchases"]].groupby(keys, as_index=False).first()
    both = frame.assign(alive=np.asarray(alive), ahead=np.asarray(ahead)).merge(mine, on=keys)
    gap = max(
        (both["alive"] - both["p_alive"]).abs().max(),
        ((both["ahead"] - both["expected_purchases"]).abs() / (1 + both["ahead"])).max(),
    )
    note = f"{customers:,} customers; log-likelihood {model.log_likelihood_:.3f}"
    say(
        "BG/NBD",
        a,
        b,
        float(gap),
        f"{note}; {parameters(model, peer)}",
    )


def pareto(customers: int = 23_570) -> None:
    """Fit and predict Pareto/NBD against lifetimes, on the whole of CDNOW (23,570 customers)."""
    path = Path(lifetimes.__file__).parent / "datasets" / "CDNOW_master.txt"
    names = ["customer", "on", "quantity", "amount"]
    raw = pd.read_csv(path, sep=r"\s+", header=None, names=names, skiprows=1)
    raw["on"] = pd.to_datetime(raw["on"].astype(str))
    end = date(1997, 9, 30)
    table = ibis.memtable(raw[["customer", "on", "amount"]])
    summary = lifetimes.utils.summary_data_from_transaction_data(
        raw, "customer", "on", observation_period_end=end, freq="D"
    )
    x, tx, t = summary["frequency"], summary["recency"] / 7, summary["T"] / 7

    def theirs() -> tuple[Any, Any]:
        peer = lifetimes.ParetoNBDFitter()
        peer.fit(x, tx, t)
        peer.conditional_expected_number_of_purchases_up_to_time(39, x, tx, t)
        return peer, peer.conditional_probability_alive(x, tx, t)

    def ours() -> tuple[ParetoNBD, Any]:
        keys = pd.DataFrame({"x": x, "tx": tx, "t": t})
        counted = keys.groupby(["x", "tx", "t"], as_index=False).size()
        model = ParetoNBD(end).fit_counts(
            Counts.of(counted["x"], counted["tx"], counted["t"], counted["size"])
        )
        model.expected(39, x, tx, t)
        return model, model.p_alive(x, tx, t)

    (a, (model, mine)), (b, (peer, alive)) = timed(ours), timed(theirs)
    c, _ = timed(lambda: ParetoNBD(end).fit(table).result_.count().execute())
    gap = float(np.abs(np.asarray(alive).ravel() - mine).max())
    note = f"{len(x):,} customers; from order lines {c:.2f} s; "
    note += f"log-likelihood {model.log_likelihood_:.3f}"
    say("Pareto/NBD", a, b, gap, f"{note}; {parameters(model, peer)}")


PLAIN = """
create or replace temp table orders as select customer, "order", min("on") d, sum(amount) amount
  from lines where "on" <= $at group by all;
create or replace temp table c as
  select customer, max(d) latest, count(*) frequency, sum(amount) monetary
  from orders where amount >= 0
  group by customer;
create or replace temp table scored as select *,
  6 - ntile(5) over (order by latest desc) r, ntile(5) over (order by frequency) f,
  ntile(5) over (order by monetary) m from c
"""


def rfm(count: int, customers: int) -> None:
    """Scored RFM from order lines: through Ibis against plain DuckDB SQL."""
    random = np.random.default_rng(2)
    orders = random.integers(0, max(count // 4, 1), count)
    start = np.datetime64(AT - timedelta(days=730))
    frame = pd.DataFrame({
        "customer": orders * 7919 % customers, "order": orders,
        "on": start + (orders * 104_729 % 730).astype("timedelta64[D]"),
        "amount": np.round(random.gamma(3.0, 10.0, count), 2),
    })  # fmt: skip
    raw = duckdb.connect()
    raw.register("frame", frame)
    raw.execute('create table lines as select * replace("on"::date as "on") from frame')
    connection = ibis.duckdb.from_connection(raw)
    table = connection.table("lines")

    def plain() -> Any:
        for statement in PLAIN.replace("$at", f"date '{AT}'").split(";"):
            raw.execute(statement)
        return raw.execute("select sum(monetary), sum(frequency), count(*) from scored").fetchone()

    def ours() -> Any:
        model = RFM(AT).fit(table)
        scored = model.result_.cache()
        totals = scored.agg(
            money=scored["monetary"].sum(), orders=scored["frequency"].sum(), n=scored.count()
        )
        return totals.to_pyarrow().to_pylist()[0].values()

    plain(), ours()
    pairs = [(timed(ours), timed(plain)) for _ in range(3)]
    a, b = min(p[0][0] for p in pairs), min(p[1][0] for p in pairs)
    mine, theirs = (np.array(list(r[1]), dtype=float) for r in pairs[0])
    gap = float(np.max(np.abs(mine - theirs) / theirs))
    say("RFM", a, b, gap, f"{count:,} lines, {customers:,} customers; totals compared; best of 3")


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--lines", type=int, default=10_000_000)
    parser.add_argument("--only", default="bg,pareto,rfm")
    given = parser.parse_args()
    if "pareto" in given.only:
        pareto()
    if "bg" in given.only:
        bg(given.customers)
    if "rfm" in given.only:
        rfm(given.lines, given.customers)


if __name__ == "__main__":
    main()
