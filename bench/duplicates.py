# ruff: noqa: T201
"""Measures one sweep for duplicates: seconds for N dirty person records, and F1 against the truth.

PYTHONPATH=src .venv/bin/python bench/duplicates.py 50000
"""

from __future__ import annotations

import os
import sys
import time
from datetime import date, timedelta
from itertools import combinations
from random import Random
from typing import Any

import django

SEED = 20261123
COPIES = 0.2  # of the records are dirty copies of others


def people(number: int) -> tuple[list[tuple[int, dict[str, Any]]], set[tuple[int, int]]]:
    """Return `number` persons by key, and the pairs that are the same person."""
    from huike.customers.demo import CITIES, GIVEN, STREETS, SURNAMES
    from huike.customers.duplicates.dirty import dirty

    rng = Random(SEED)
    rows: list[tuple[int, dict[str, Any]]] = []
    for n in range(int(number * (1 - COPIES))):
        district = rng.choice(list(CITIES))
        name = rng.choice(SURNAMES) + "".join(rng.sample(GIVEN, rng.choice((1, 2, 2, 2))))
        person = {
            "kind": "person",
            "name": name,
            "phone": f"1{rng.choice('35789')}{rng.randrange(10**9):09d}",
            "email": f"u{rng.randrange(10**7)}@example.com" if rng.random() < 0.3 else "",
            "birthday": date(1945, 1, 1) + timedelta(days=rng.randrange(24_000))
            if rng.random() < 0.7
            else None,
            "city": CITIES[district],
            "district": district,
            "address": f"{rng.choice(STREETS)}{rng.randrange(1, 900)}号",
        }
        rows.append((n, person))
    originals = len(rows)
    same: dict[int, list[int]] = {n: [n] for n in range(originals)}
    for n in range(originals, number):
        one, values = rows[rng.randrange(originals)]
        rows.append((n, dirty(rng, values)))
        same[one].append(n)
    truth = {pair for group in same.values() for pair in combinations(group, 2)}
    rng.shuffle(rows)
    return rows, truth


def main() -> None:
    """Make the records, sweep them, print what it took."""
    from huike.customers.duplicates.matching.detecting import sweep

    number = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    rows, truth = people(number)
    started, cpu = time.perf_counter(), time.process_time()
    result = sweep(rows)
    took, used = time.perf_counter() - started, time.process_time() - cpu
    found = {(f.one, f.other) for f in result.found}
    right = len(found & truth)
    f1 = 2 * right / (len(found) + len(truth))
    print(f"{number} records, {len(truth)} true pairs, {len(found)} found: F1 {f1:.4f}")
    print(f"precision {right / len(found):.4f}, recall {right / len(truth):.4f}")
    print(f"{took:.1f} s, {used:.1f} s of processor, thresholds {result.thresholds}")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huike.site.settings")
    django.setup()
    main()
