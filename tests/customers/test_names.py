"""Names sort by pinyin, and characters that read otherwise as surnames are read so."""

from __future__ import annotations

import pytest

from huike.customers.names import sort_key
from huike.kernel.search.spelling import letter


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("王伟", "wang wei"),
        ("单志强", "shan zhi qiang"),
        ("曾丽华", "zeng li hua"),
        ("仇健", "qiu jian"),
        ("欧阳修", "ou yang xiu"),
        ("重庆长安", "chong qing chang an"),
        ("Anna 王", "anna wang"),
        ("  ACME  Ltd ", "acme ltd"),
        ("", ""),
    ],
)
def test_a_name_sorts_by_its_sound(name: str, key: str) -> None:
    assert sort_key(name) == key


@pytest.mark.parametrize(
    ("name", "initial"), [("单伟", "S"), ("查良镛", "Z"), ("bob", "B"), ("3M", "#")]
)
def test_the_letter_of_a_name(name: str, initial: str) -> None:
    assert letter(name) == initial
