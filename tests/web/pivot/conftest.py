"""A small firm with orders in a warehouse of its own, and pages asked as one of the cast."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from django.conf import LazySettings

from huike.analytics.runs.loading import load
from huike.catalog.models import Product
from huike.customers.models import Party
from huike.kernel.change.work import change
from tests.analytics.conftest import buy
from tests.cast import SYSTEM, Cast, Make
from tests.web.insight.conftest import Firm


@pytest.fixture
def firm(cast: Cast, make: Make) -> Firm:
    return Firm(cast, make)


@pytest.fixture
def sold(firm: Firm, tmp_path: Path, settings: LazySettings) -> Firm:
    """Alice sold 3 x 100 to one customer, Carol 2 x 250 to another; both are loaded."""
    settings.HOME = tmp_path
    product = firm.make(Product, code="OIL", name="机油")
    for owner, days, amount in (("alice", [10, 400, 800], 100), ("carol", [20, 30], 250)):
        party = firm.make(Party, firm.cast.users[owner], name=f"客户 {owner}")
        with change(SYSTEM, "test.buy"):
            buy(party, product, days, amount)
    load()
    return firm


def figures(page: str) -> list[list[str]]:
    """Return the lines of the pivot's table, each with its label first."""
    found = re.search(r"<table class=\"plain pivot-table\">(.*?)</table>", page, re.S)
    assert found, page[:2000]
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", found[1].split("<tbody>")[1], re.S)
    return [[html.unescape(re.sub(r"<[^>]+>", "", c)).strip() for c in _cells(row)] for row in rows]


def cell_values(page: str) -> list[str]:
    """Return what the figures of the table send to find their documents."""
    return [html.unescape(v) for v in re.findall(r'<button name="cell" value="([^"]*)"', page)]


def hrefs(page: str, label: str) -> list[str]:
    """Return where the links of that text lead."""
    pairs = re.findall(r'<a href="([^"]+)"[^>]*>(.*?)</a>', page, re.S)
    told = [(h, html.unescape(re.sub(r"<svg.*?</svg>|<[^>]+>", "", t)).strip()) for h, t in pairs]
    return [html.unescape(h) for h, t in told if t == label]


def _cells(row: str) -> list[str]:
    return re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)
