"""Pinyin of names: phrases, surnames, the letter of an index."""

from __future__ import annotations

import pytest

from huike.kernel.search.spelling import letter, spell, spellings


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("单雄信", "shan xiong xin"),
        ("曾国藩", "zeng guo fan"),
        ("仇英", "qiu ying"),
        ("解缙", "xie jin"),
        ("区寄", "ou ji"),
        ("查良镛", "zha liang yong"),
        ("盖叫天", "ge jiao tian"),
        ("任贤齐", "ren xian qi"),
        ("华佗", "hua tuo"),
        ("尉迟恭", "yu chi gong"),
        ("万俟卨", "mo qi xie"),
        ("单于", "chan yu"),
        ("重庆", "chong qing"),
        ("王伟", "wang wei"),
    ],
)
def test_names_are_read_as_names(name: str, read: str) -> None:
    assert " ".join(spellings(name)[0]) == read


def test_a_surname_is_found_by_its_everyday_reading_too() -> None:
    assert ["dan", "xiong", "xin"] in spellings("单雄信")


def test_words_are_read_by_phrase() -> None:
    assert spell("重庆长安银行") == ["chong", "qing", "chang", "an", "yin", "hang"]


def test_a_character_without_reading_stands_for_itself() -> None:
    assert len(spell("王\U0002fa1d伟")) == 3


@pytest.mark.parametrize(
    ("name", "under"),
    [("单雄信", "S"), ("曾国藩", "Z"), ("apple", "A"), ("3M中国", "#"), ("", "#"), ("，", "#")],
)
def test_letter(name: str, under: str) -> None:
    assert letter(name) == under
