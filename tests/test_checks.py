"""Declarations are checked at start-up: a name that does not exist is an error, in words."""

from __future__ import annotations

from dataclasses import replace

from django.core.management import call_command

from huike.kernel import checks
from huike.kernel.entity.entity import entity_of


def test_declarations_name_real_fields() -> None:
    call_command("check")


def test_a_wrong_name_is_told() -> None:
    wrong = replace(entity_of("customers.party"), columns=("name", "nonsense"))
    assert ["nonsense" in error.msg for error in checks._errors(wrong)] == [True]
