"""Finding the same customer twice: the FEBRL file, Chinese names, companies, and the threshold."""

from __future__ import annotations

import csv
from collections import defaultdict
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from huike.customers.demo import CITIES, STREETS, make_firm, make_person
from huike.customers.duplicates import dirty
from huike.customers.duplicates.matching import quick
from huike.customers.duplicates.matching.chinese import core, shape, sound
from huike.customers.duplicates.matching.detecting import best_threshold, sweep
from huike.customers.duplicates.matching.keys import READ, digits, mail, normalised
from huike.customers.importing import joined_name

FEBRL = Path("/work/shared/data/people/febrl_dataset3.csv")
Pairs = set[tuple[int, int]]


def f1(found: Pairs, truth: Pairs) -> float:
    return 2 * len(found & truth) / (len(found) + len(truth))


def febrl() -> tuple[list[tuple[int, dict[str, Any]]], Pairs]:
    """Return the file's rows as the import would store them, and the pairs its keys tell."""
    if not FEBRL.exists():
        pytest.skip("febrl_dataset3.csv is not on this machine")
    with FEBRL.open(newline="") as file:
        lines = list(csv.DictReader(file, skipinitialspace=True))
    groups: dict[str, list[int]] = defaultdict(list)
    rows = []
    for n, line in enumerate(lines):
        groups[line["rec_id"].split("-")[1]].append(n)
        street = (line["street_number"], line["address_1"], line["address_2"])
        values = {
            "name": joined_name([line["given_name"], line["surname"]]),
            "address": " ".join(filter(None, (part.strip() for part in street))),
            "district": line["suburb"],
            "postcode": line["postcode"],
            "birthday": line["date_of_birth"],
            "id_number": line["soc_sec_id"],
        }
        rows.append((n, {"kind": "person", **{k: v.strip() for k, v in values.items()}}))
    return rows, {pair for same in groups.values() for pair in combinations(same, 2)}


@pytest.mark.long
def test_febrl_without_labels() -> None:
    rows, truth = febrl()
    found = {(f.one, f.other) for f in sweep(rows).found}
    assert len(truth) == 6538
    assert f1(found, truth) >= 0.996


def chinese(number: int, maker: Any) -> tuple[list[tuple[int, dict[str, Any]]], Pairs]:
    """Return rows of which every fourth has a dirty copy; seeded."""
    rng = Random(20261123)
    rows: list[tuple[int, dict[str, Any]]] = []
    truth: Pairs = set()
    for n in range(number):
        party = maker(rng, n)
        party.district = rng.choice(list(CITIES))
        party.address = f"{rng.choice(STREETS)}{rng.randrange(900)}号"
        values = {name: getattr(party, name) for name in READ}
        rows.append((len(rows), values))
        if n % 4 == 0:
            truth.add((len(rows) - 1, len(rows)))
            rows.append((len(rows), dirty.dirty(rng, values, most=2)))
    return rows, truth


@pytest.mark.parametrize("maker", [make_person, make_firm])
def test_a_small_chinese_file(maker: Any) -> None:
    rows, truth = chinese(300, maker)
    found = {(f.one, f.other) for f in sweep(rows).found}
    assert f1(found, truth) >= 0.96


@pytest.mark.long
def test_a_large_chinese_file() -> None:
    rows, truth = chinese(8000, make_person)
    found = {(f.one, f.other) for f in sweep(rows).found}
    assert f1(found, truth) >= 0.99


def test_only_pairs_of_what_changed_are_asked_for_again() -> None:
    rows, truth = chinese(200, make_person)
    first = sweep(rows)
    pairs = {(f.one, f.other) for f in first.found}
    one = min(pairs & truth)
    again = sweep(rows, first.models, changed={one[0]})
    assert {(f.one, f.other) for f in again.found} == {p for p in pairs if one[0] in p}


def test_the_threshold_is_where_the_expected_f1_is_greatest() -> None:
    assert best_threshold(np.array([0.99] * 50 + [0.48] * 10 + [0.06] * 40)) == 0.48
    assert best_threshold(np.array([0.99, 0.98])) == 0.5
    assert best_threshold(np.array([])) == 0.5


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("广州市顺达物流有限公司", "顺达物流"),
        ("广东顺达物流有限责任公司", "顺达物流"),
        ("顺达物流(广州)股份有限公司", "顺达物流"),
        ("顺达物流", "顺达物流"),
        ("Acme Trading Co., Ltd.", "acmetrading"),
        ("广州公司", "广州"),
    ],
)
def test_a_companys_own_word(name: str, own: str) -> None:
    assert core(name) == own


def test_names_that_sound_or_look_alike() -> None:
    assert sound("单伟") == "shan wei"
    assert shape("未") == shape("末")
    for one, other, level in (
        ("王伟", "王玮", "sound"),
        ("陈小未", "陈小末", "shape"),
        ("王小明", "王小明先生", "same"),
        ("John Smith", "Smith John", "swapped"),
        ("王伟", "李娜", "different"),
    ):
        pair = (normalised({"kind": "person", "name": name}) for name in (one, other))
        assert quick.likeness(*pair)["name"] == level


def test_one_form_for_phones_and_mail() -> None:
    assert digits("+86 138-1234-5678") == digits("008613812345678") == "13812345678"
    assert digits("020-38000000") == digits("+862038000000") == "2038000000"
    assert digits("12345") is digits("00000000") is None
    assert mail("Wang.Wei+crm@Example.COM ") == "wang.wei@example.com"
