# ruff: noqa: E402, T201
"""Measures what people wait for in a firm of bench.firm, as one who sees a division and below.

    HUIKE_HOME=/tmp/firm python -m bench.firm --customers 100000        (once)
    HUIKE_HOME=/tmp/firm python bench/pages.py [--rounds 40] [--only search]

In process through the whole of Django, collector as in production. Each round does every work once
and a bare Django list of 50 of the same rows (bench/bare.py) beside them, so that other work on
the machine weighs on all alike. Of one process: the processor of PostgreSQL's server is not in it.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huike.site.settings")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import django

django.setup()

from bench.bare import bare_list
from django.conf import settings
from django.db import connection
from django.db.models import Count
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huike.api.access.throttling import PerCaller
from huike.api.access.tokens import issue_token
from huike.channels.models import Interaction
from huike.customers.models import Party
from huike.kernel.access.scope import visible
from huike.kernel.jobs.worker import run_now
from huike.kernel.lists.paging import cursor
from huike.staff.models import User
from huike.staff.rights.acting import actor_of
from huike.trade.models import Order

LIST = "/customers/party/"
HX = {"HX-Request": "true"}
Work = Callable[[], Any]


def works(who: User) -> dict[str, Work]:
    """Return what is measured, by name; each gives a response."""
    client = Client()
    client.force_login(who)
    rows = visible(actor_of(who), Party)

    def get(address: str, **params: Any) -> Work:
        held = {k: v if isinstance(v, str) else json.dumps(v) for k, v in params.items()}
        return lambda: client.get(address, held)

    deep = rows.order_by("-changed_at", "-pk")[rows.count() // 2]
    named = rows.order_by("name_key", "pk")[rows.count() // 2]
    wanted = {
        "all": [
            ["extra.car_brand", "in", ["宝马"]],
            ["extra.yearly_spend", "gt", 30000],
            ["orders__total", "gt", 3200],
        ]
    }
    largest = rows.annotate(n=Count("interactions")).order_by("-n", "pk")[0]
    found: dict[str, Work] = {
        "list, first page": get(LIST),
        "list, a page deep in": get(LIST, after=cursor(deep.changed_at, deep.pk)),
        "list, sorted by name": get(LIST, sort="name"),
        "list, sorted by name, deep in": get(
            LIST, sort="name", after=cursor(named.name_key, named.pk)
        ),
        "list, two custom fields and a related one": get(LIST, filter=wanted),
    }
    typed = {
        "1 Chinese character": "王",
        "2 Chinese characters": deep.name[:2],
        "pinyin initials": "wwg",
        "4 digits of a phone": deep.phone[-4:],
        "no hit": "qzxqzx",
    }
    for kind, words in typed.items():
        found[f"search everywhere, {kind}"] = lambda words=words: client.get(
            "/find/", {"q": words}, headers=HX
        )
        found[f"search in the list, {kind}"] = get(LIST, q=words)
    found["360° page of the largest customer"] = get(f"{LIST}{largest.pk}/")
    found["save one field"] = saving(client, largest.pk)
    found["API, list of 50"] = api_list(who)
    found["group with totals: orders by state"] = get("/trade/order/", group="state")
    found["totals of the order list"] = get("/trade/order/totals/")
    return found


def saving(client: Client, pk: int) -> Work:
    """Return the saving of a customer's district, a new one each time, as the page posts it."""
    told = iter(range(10**6))

    def save() -> Any:
        now = Party.everything.values("district", "version").get(pk=pk)
        value = f"区{next(told)}-{time.time_ns() % 10**6}"
        form = {"district": value, "seen.district": now["district"], "version": now["version"]}
        return client.post(f"{LIST}{pk}/field/district/", form, headers=HX)

    return save


def api_list(who: User) -> Work:
    """Return the API's list with a token of its own; how often one may ask is not measured."""
    PerCaller.THROTTLE_RATES = {**PerCaller.THROTTLE_RATES, "caller": None}
    _token, secret = issue_token(actor_of(who), who, "bench", ["customers/party:read"])
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    return lambda: client.get("/api/v1/customers/party/", {"size": 50})


def measure(found: Mapping[str, Work], rounds: int) -> dict[str, list[tuple[float, float]]]:
    """Return (clock, processor) seconds of each work by round, after two rounds to warm up."""
    spans: dict[str, list[tuple[float, float]]] = {name: [] for name in found}
    for turn in range(rounds + 2):
        if turn == 2:
            gc.collect()
            gc.freeze()  # as a server does before its processes part
        for name, work in found.items():
            begun, worked = time.perf_counter(), time.process_time()
            answer = work()
            span = (time.perf_counter() - begun, time.process_time() - worked)
            assert answer.status_code == 200, (name, answer.status_code, answer.content[:300])
            if turn > 1:
                spans[name].append(span)
    return spans


def queries(work: Work) -> tuple[int, float, str]:
    """Return how many questions a work asks the database, and seconds and words of the slowest."""
    with CaptureQueriesContext(connection) as asked:
        work()
    slowest = max(asked.captured_queries, key=lambda q: float(q["time"]), default={})
    return len(asked), float(slowest.get("time", 0)), str(slowest.get("sql", ""))


def tell(found: Mapping[str, Work], rounds: int, explain: bool) -> None:
    """Print one row for each work."""
    spans = measure(found, rounds)
    base = [statistics.median(column) for column in zip(*spans["bare Django list"], strict=True)]
    print("| work | p50 | p95 | processor p50 | p95 | times the bare list | questions | slowest |")
    print("|---|---|---|---|---|---|---|---|")
    for name, taken in spans.items():
        clock, worked = ([s * 1000 for s in column] for column in zip(*taken, strict=True))
        p95 = [statistics.quantiles(each, n=20)[-1] for each in (clock, worked)]
        p50 = [statistics.median(each) for each in (clock, worked)]
        asked, slow, sql = queries(found[name])
        print(f"| {name} | {p50[0]:.1f} | {p95[0]:.1f} | {p50[1]:.1f} | {p95[1]:.1f} | "
              f"{p50[0] / base[0] / 1000:.1f} | {asked} | {slow * 1000:.0f} |")  # fmt: skip
        if explain and slow > 0.01:
            print(sql)


def bulk_edit(who: User) -> None:
    """Change the source of 10,000 customers as the worker does, by a job of its own."""
    actor = actor_of(who)
    born = visible(actor, Party).exclude(birthday=None).order_by("birthday")
    last = born.values_list("birthday", flat=True)[min(10_000, born.count() - 1)]
    tree = ["birthday", "before", last.isoformat()]
    query = "filter=" + json.dumps(tree)
    begun, worked = time.perf_counter(), time.process_time()
    value = "web" if datetime.now().second % 2 else "phone"
    act = {"act": "edit", "field_name": "source", "given": value, "how": "set"}
    selection = {"entity": "customers/party", "query": query, "keys": None}
    job = run_now(actor, "lists.act", selection=selection, act=act)
    span, work = time.perf_counter() - begun, time.process_time() - worked
    told = {k: job.result.get(k) for k in ("chosen", "changed", "unchanged", "refused")}
    print(f"bulk edit: {job.state} {told}, {span:.1f} s by the clock, {work:.1f} s of processor")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--only", default="", help="measure only works with this in their name")
    parser.add_argument("--who", default="manager1")
    parser.add_argument("--explain", action="store_true", help="print each slowest question")
    given = parser.parse_args()
    settings.DEBUG = False
    who = User.objects.get(username=given.who)
    actor = actor_of(who)
    with connection.cursor() as asked:
        is_big = connection.vendor == "postgresql"
        asked.execute("SHOW server_version" if is_big else "SELECT sqlite_version()")
        (version,) = asked.fetchone()
    sizes = [f"{m._meta.verbose_name_plural} {m.everything.count():,}" for m in
             (Party, Interaction, Order)]  # fmt: skip
    print(f"{connection.vendor} {version}, Python {platform.python_version()}, Django "
          f"{django.get_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; "
          f"{', '.join(sizes)}; {given.who} sees {visible(actor, Party).count():,} customers; "
          f"milliseconds, {given.rounds} rounds, collector {gc.get_threshold()}")  # fmt: skip
    found = {"bare Django list": bare_list(sorted(actor.departments_below))}
    found |= {name: work for name, work in works(who).items() if given.only in name}
    tell(found, given.rounds, given.explain)
    if given.only in "bulk edit":
        bulk_edit(who)
    print(f"load {os.getloadavg()[0]:.1f} at the end")


main()
