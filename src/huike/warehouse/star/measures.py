"""How the facts' measures are declared, and what every fact about customers has."""

from __future__ import annotations

from typing import Any

from ibis.expr.types import Table

from huike.warehouse.purchases import money
from huike.warehouse.star.declaring import Link, Measure, words

CUSTOMER = {
    "customer": Link("customer", "customer", title=words("客户（当时）", "Customer then")),
    "customer_now": Link(
        "customer", "customer", now=True, title=words("客户（现在）", "Customer now")
    ),
}


def count(name: str, zh: str, en: str, of: Any, zh_how: str, en_how: str) -> Measure:
    """A number of rows or records."""
    return Measure(name, words(zh, en), "count", words(zh_how, en_how), of)


def distinct(name: str, zh: str, en: str, of: Any, zh_how: str, en_how: str) -> Measure:
    """A number that can't be added up over groups."""
    return Measure(name, words(zh, en), "count", words(zh_how, en_how), of, additive=False)


def amount(name: str, zh: str, en: str, of: Any, zh_how: str, en_how: str) -> Measure:
    """A sum of money; nothing counts as 0."""
    return Measure(
        name, words(zh, en), "money", words(zh_how, en_how), lambda t: money(of(t).fill_null(0.0))
    )


def share(name: str, zh: str, en: str, of: Any, zh_how: str, en_how: str) -> Measure:
    """A part of a whole (0 to 1), never added up."""
    return Measure(name, words(zh, en), "share", words(zh_how, en_how), of, additive=False)


def customers(t: Table) -> Any:
    """How many different customers."""
    return t["customer"].nunique()


CUSTOMERS = distinct(
    "customers", "客户数", "customers", customers,
    "不同的客户", "different customers",
)  # fmt: skip
