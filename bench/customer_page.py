# ruff: noqa: E402, T201
"""Measures the server time of a customer's page with 1,000 rows on its timeline.

    HUIKE_HOME=/tmp/try .venv/bin/huike demo --home /tmp/try     (once; stop it when it is up)
    HUIKE_HOME=/tmp/try .venv/bin/python bench/customer_page.py [requests]

The customer with the most orders of the demo firm gets contacts until it has 1,000; the page is
then asked for by a seller, a manager and the head of the firm through the whole of Django.
"""

from __future__ import annotations

import os
import platform
import random
import statistics
import sys
import time
from datetime import timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huike.site.settings")

import django

django.setup()

from django.conf import settings
from django.db import connection, connections
from django.db.models import Count
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from huike.channels.models import Interaction
from huike.customers.models import Party, Tie
from huike.kernel.actor import Actor
from huike.kernel.change.work import change
from huike.kernel.records.bulk import create_all
from huike.staff.models import User

REQUESTS = int(sys.argv[1]) if len(sys.argv) > 1 else 60
ROWS = 1000
KINDS = ("call", "visit", "mail", "sms", "chat", "letter", "meeting", "note")
PAGES = ("", "timeline/?kind=call", "ties/", "head/", "peek/", "files/", "history/")


def full_customer() -> Party:
    """Return a customer of the seller `sales` with many orders and 1,000 contacts."""
    seller = User.objects.get(username="sales")
    rows = Party.objects.filter(owner=seller, is_customer=True)
    party = rows.annotate(n=Count("orders")).order_by("-n", "pk")[0]
    missing = ROWS - Interaction.objects.filter(party=party).count()
    rng, people = random.Random(1), list(User.objects.filter(is_active=True)[:6])
    with change(Actor.system("bench"), "bench.fill"):
        create_all(
            [
                Interaction(
                    party=party,
                    kind=rng.choice(KINDS),
                    direction=rng.choice(("in", "out")),
                    at=timezone.now() - timedelta(hours=7 * n + 1),
                    subject=f"第{n}次联系",
                    body="谈了保养套餐和续保，客户说下个月再看。" * rng.randrange(1, 4),
                    author=rng.choice(people),
                )
                for n in range(max(missing, 0))
            ]
        )
        others = list(Party.objects.exclude(pk=party.pk)[:20])
        if Tie.objects.filter(party=party).count() < len(others):
            create_all([Tie(party=party, other=o, kind="referred_by") for o in others])
    return party


def timed(client: Client, address: str) -> tuple[list[float], float, int]:
    """Return the seconds of each request after three to warm up, those of the processor for the
    median one, and how many queries one costs.
    """
    for _n in range(3):
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
    with CaptureQueriesContext(connections["default"]) as queries:
        client.get(address)
    count = len(queries)  # the next request clears them
    found, worked = [], []
    for _n in range(REQUESTS):
        begun, working = time.perf_counter(), time.process_time()
        client.get(address)
        found.append(time.perf_counter() - begun)
        worked.append(time.process_time() - working)
    return found, statistics.median(worked), count


def main() -> None:
    settings.ALLOWED_HOSTS = ["*"]
    party = full_customer()
    count = Interaction.objects.filter(party=party).count()
    print(f"{connection.vendor}, Python {platform.python_version()}, {count} contacts, "
          f"{party.orders.count()} orders, load {os.getloadavg()[0]:.1f}")  # fmt: skip
    print("| page | who | p50 ms | p95 ms | processor ms | queries |\n|---|---|---|---|---|---|")
    for who in ("sales", "manager", "boss"):
        client = Client()
        client.force_login(User.objects.get(username=who))
        for page in PAGES if who == "sales" else ("",):
            spans, worked, queries = timed(client, f"/customers/party/{party.pk}/{page}")
            p50, p95 = statistics.median(spans), statistics.quantiles(spans, n=20)[-1]
            print(f"| /{page} | {who} | {p50 * 1000:.1f} | {p95 * 1000:.1f} | "
                  f"{worked * 1000:.1f} | {queries} |")  # fmt: skip


main()
