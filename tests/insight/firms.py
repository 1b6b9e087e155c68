"""Tables for the tests of insight: the CDNOW sample, small odd tables, and simulated firms."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import ibis
import lifetimes.datasets
import numpy as np
import pandas as pd
import pytest

CDNOW_END = date(1997, 9, 30)
CDNOW_LAST = date(1998, 6, 30)


def cdnow_frame() -> pd.DataFrame:
    """The 1/10 sample: customer, on, amount (Fader and Hardie; comes with the package
    lifetimes).
    """
    path = Path(lifetimes.datasets.__file__).parent / "CDNOW_sample.txt"
    names = ["master", "customer", "on", "quantity", "amount"]
    frame = pd.read_csv(path, sep=r"\s+", header=None, names=names)
    frame["on"] = pd.to_datetime(frame["on"].astype(str))
    return frame[["customer", "on", "amount"]]


def shared_data(*parts: str) -> Path:
    """A file of ../shared/data (or of HUIKE_SHARED_DATA); the test skips by name without it."""
    home = os.environ.get("HUIKE_SHARED_DATA") or Path(__file__).parents[3] / "shared" / "data"
    path = Path(home).joinpath(*parts)
    if not path.exists():
        pytest.skip(f"needs the file {'/'.join(parts)} of the shared data")
    return path


def small_firm(seed: int = 1, customers: int = 60, days: int = 720) -> pd.DataFrame:
    """Order lines of a small shop: customer, order, on, amount, product, quantity, cost,
    discount.
    """
    random = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    for k in range(customers):
        at, rate = int(random.integers(0, days // 2)), random.gamma(2.0, 20.0) + 3
        while at < days and random.random() > 0.06:
            order = f"o{len(rows)}"
            for _ in range(int(random.integers(1, 4))):
                amount = round(float(random.gamma(4.0, 10.0)), 2)
                rows.append({
                    "customer": f"c{k:03d}", "order": order,
                    "on": pd.Timestamp(2024, 1, 1) + timedelta(days=at), "amount": amount,
                    "product": f"p{random.integers(0, 8)}", "quantity": 1.0,
                    "cost": round(amount * 0.6, 2), "discount": 0.0,
                })  # fmt: skip
            at += 1 + int(random.exponential(rate))
    return pd.DataFrame(rows)


def bg_counts(
    seed: int, customers: int, r: float, alpha: float, a: float, b: float, age: float = 60.0
) -> tuple[Any, Any, Any, Any]:
    """A BG/NBD world observed for `age`: frequency, recency, age, and whether really still
    alive.
    """
    random = np.random.default_rng(seed)
    rate, leave = random.gamma(r, 1 / alpha, customers), random.beta(a, b, customers)
    x, tx, alive = np.zeros(customers), np.zeros(customers), np.ones(customers, dtype=bool)
    clock, active = np.zeros(customers), np.ones(customers, dtype=bool)
    while active.any():
        clock = clock + random.exponential(1 / np.maximum(rate, 1e-12))
        active &= clock <= age
        x[active] += 1
        tx[active] = clock[active]
        gone = active & (random.random(customers) < leave)
        alive[gone] = False
        active &= ~gone
    return x, tx, np.full(customers, age), alive


def pareto_counts(
    seed: int, customers: int, r: float, alpha: float, s: float, beta: float, age: float = 60.0
) -> tuple[Any, Any, Any, Any]:
    """A Pareto/NBD world observed for `age`: frequency, recency, age, and whether really alive."""
    random = np.random.default_rng(seed)
    rate = random.gamma(r, 1 / alpha, customers)
    life = random.exponential(1 / np.maximum(random.gamma(s, 1 / beta, customers), 1e-12))
    seen = np.minimum(life, age)
    x = random.poisson(rate * seen).astype(float)
    # the last of x uniform moments
    tx = np.where(x > 0, seen * random.random(customers) ** (1 / np.maximum(x, 1)), 0.0)
    return x, tx, np.full(customers, age), life > age


def table(frame: pd.DataFrame) -> Any:
    """The frame as an Ibis table."""
    return ibis.memtable(frame)
