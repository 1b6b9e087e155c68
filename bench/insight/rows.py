"""Rows for the comparisons, made once, seeded, and written where every side reads them."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import duckdb
import lifelines
import lifetimes
import numpy as np
import pandas as pd


def histories(folder: Path, given: argparse.Namespace) -> None:
    """A simulated BG/NBD firm: frequency, recency_days, age_days per customer."""
    customers = given.customers
    random = np.random.default_rng(1)
    rate = random.gamma(0.8, 1 / 60, customers)
    leave = random.beta(0.8, 2.5, customers)
    age = random.integers(60, 730, customers).astype(float)
    x, tx, clock = np.zeros(customers), np.zeros(customers), np.zeros(customers)
    active = np.ones(customers, dtype=bool)
    while active.any():
        clock[active] += np.ceil(random.exponential(1 / np.maximum(rate[active], 1e-9)))
        active &= clock <= age
        x[active] += 1
        tx[active] = clock[active]
        active &= random.random(customers) >= leave
    frame = pd.DataFrame({"frequency": x, "recency_days": tx, "age_days": age}).astype("int64")
    frame.to_parquet(folder / "histories.parquet")


def cdnow(folder: Path, given: argparse.Namespace) -> None:
    """All 23,570 customers of CDNOW (comes with lifetimes), weeks 1 to 39."""
    path = Path(lifetimes.__file__).parent / "datasets" / "CDNOW_master.txt"
    names = ["customer", "on", "quantity", "amount"]
    raw = pd.read_csv(path, sep=r"\s+", header=None, names=names, skiprows=1)
    raw["on"] = pd.to_datetime(raw["on"].astype(str))
    raw.to_parquet(folder / "cdnow.parquet")


def lines(folder: Path, given: argparse.Namespace) -> None:
    """Order lines, four to an order, with as many customers as asked for."""
    _lines(folder / "lines.parquet", given.lines, given.customers)


def huge(folder: Path, given: argparse.Namespace) -> None:
    """Ten times as many order lines."""
    _lines(folder / "huge.parquet", given.huge, given.customers)


def _lines(path: Path, count: int, customers: int) -> None:
    duckdb.sql(f"""copy (select
        (i // 4) * 7919 % {customers} customer, i // 4 "order",
        date '2024-07-01' + cast((i // 4) * 104729 % 730 as integer) "on",
        round(5 + (i * 7907 % 10007) / 53.0, 2) amount
        from range({count}) t(i)) to '{path}' (format parquet)""")


def baskets(folder: Path, given: argparse.Namespace) -> None:
    """Baskets of one to twelve out of 300 goods, a few much more popular than the rest."""
    random = np.random.default_rng(3)
    sizes = random.integers(1, 13, given.baskets)
    basket = np.repeat(np.arange(given.baskets), sizes)
    product = np.minimum(random.exponential(45, len(basket)).astype(int), 299)
    frame = pd.DataFrame({"order": basket, "product": product}).drop_duplicates()
    frame["product"] = "p" + frame["product"].astype(str).str.zfill(3)
    frame.to_parquet(folder / "baskets.parquet")


def durations(folder: Path, given: argparse.Namespace) -> None:
    """Lives in days, a third of them still going on."""
    random = np.random.default_rng(5)
    life = np.ceil(random.exponential(200, given.customers))
    frame = pd.DataFrame({"days": life, "ended": random.random(given.customers) < 0.67})
    frame.to_parquet(folder / "durations.parquet")


def features(folder: Path, given: argparse.Namespace) -> None:
    """lifelines' Rossi set (432 rows): numbers, and whether the event came."""
    frame = lifelines.datasets.load_rossi()
    frame.to_parquet(folder / "features.parquet")


MAKERS: dict[str, Callable[[Path, argparse.Namespace], None]] = {
    "bg_nbd": histories, "pareto_nbd": cdnow, "rfm": lines, "rfm_huge": huge,
    "pair_rules": baskets, "kaplan_meier": durations, "logistic": features,
}  # fmt: skip
