"""A small firm with scores: Alice's customers in the north, Carol's in the south."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from huike.analytics.models import PastScore, Run, Score
from huike.customers.models import Party
from huike.staff.models import User
from tests.cast import Cast, Make

NOW, THEN = date(2026, 10, 31), date(2026, 7, 31)
FULL = {
    "on": NOW, "orders": 4, "amount": 1000, "profit": 300, "current_profit": 200,
    "first_on": date(2025, 1, 10), "last_on": date(2026, 9, 1), "abc": "A", "rfm_class": "111",
    "r": 5, "f": 5, "m": 5, "pyramid": "vip", "profit_tier": "gold", "matrix": "gold",
    "relation": "current", "stage": "stable", "p_alive": "0.9", "clv": 500, "clv_low": 400,
    "clv_high": 700, "churn_risk": "0.1", "churn_level": "low", "expected_loss": 50,
}  # fmt: skip


@dataclass
class Firm:
    """Makes customers with scores, and asks pages as one of the cast."""

    cast: Cast
    make: Make

    def scored(self, owner: User, name: str = "", /, **values: Any) -> Party:
        """Add a customer of `owner` with a score; `party__...` goes to the customer."""
        own = {k.removeprefix("party__"): values.pop(k) for k in list(values) if "__" in k}
        party: Party = self.make(Party, owner, **({"name": name} if name else {}), **own)
        self.make(Score, None, party=party, **{**FULL, **values})
        return party

    def past(self, party: Party, on: date, **values: Any) -> None:
        """Add what a customer's score was on a day gone by."""
        columns = {f.name for f in PastScore._meta.concrete_fields}
        kept = {k: v for k, v in {**FULL, **values}.items() if k in columns}
        self.make(PastScore, None, party=party, **{**kept, "on": on})

    def ran(self, **values: Any) -> Run:
        """Add a run that went well."""
        run: Run = self.make(Run, None, **{"on": NOW, "finished_at": timezone.now(), **values})
        return run

    def client(self, name: str) -> Client:
        """Return a browser, in English, in which one of the cast is signed in."""
        user = self.cast.users[name]
        user.language = "en"
        user.save()
        client = Client(headers={"accept-language": "en"})
        client.force_login(user)
        return client

    def page(self, name: str, address: str) -> str:
        """Return a page as one of the cast sees it."""
        answer = self.client(name).get(address)
        assert answer.status_code == 200, answer.content.decode()[:2000]
        return answer.content.decode()


@pytest.fixture
def firm(cast: Cast, make: Make) -> Firm:
    return Firm(cast, make)


def table(page: str, title: str) -> dict[str, list[str]]:
    """Return a chart's table: what stands in the first cell of a row, and the other cells."""
    caption = re.escape(html.escape(title))
    found = re.search(rf"<caption[^>]*>{caption}</caption>(.*?)</table>", page, re.S)
    assert found, f"no table {title}"
    rows = re.findall(r"<tr>(.*?)</tr>", found[1].split("<tbody>")[1], re.S)
    told = [[html.unescape(re.sub(r"<[^>]+>", "", c)).strip() for c in _cells(row)] for row in rows]
    return {row[0]: row[1:] for row in told}


def links(page: str, title: str) -> dict[str, str]:
    """Return where the rows of a chart's table lead."""
    caption = re.escape(html.escape(title))
    found = re.search(rf"<caption[^>]*>{caption}</caption>(.*?)</table>", page, re.S)
    assert found, f"no table {title}"
    pairs = re.findall(r'<a href="([^"]+)">(.*?)</a>', found[1])
    return {html.unescape(label): html.unescape(href) for href, label in pairs}


def specs(page: str) -> list[dict[str, Any]]:
    """Return what the pictures of a page are drawn from."""
    found = re.findall(r'<script type="application/json">(.*?)</script>', page, re.S)
    return [json.loads(text) for text in found]


def _cells(row: str) -> list[str]:
    return re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)
