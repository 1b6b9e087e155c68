# ruff: noqa: T201
"""Lets many people click through a scripted working day, each in a session of their own.

    HUIKE_HOME=/tmp/firm python -m bench.firm --customers 100000       (once)
    huike serve --home /tmp/firm --port 8123 --threads 16              (beside it)
    python bench/day.py http://127.0.0.1:8123 [--people 50] [--minutes 5]

Real requests to a running server, by `requests`: signing in, today, lists, search as one types, a
customer's page with what it fetches late, a note, a field, orders. Between two clicks a person
thinks. What is told is how long answers took, as the person waited for them, and every error.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import statistics
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator

import requests

PASSWORD = "huike-demo-4s"
LIST = "/customers/party/"
TYPED = ("王", "李伟", "wwg", "zhang", "3388", "陈", "qzx")
COMING = 60  # seconds in which everybody comes in: hashes of passwords are slow on purpose
HX = {"HX-Request": "true"}


class Person:
    """One of the firm's people, who clicks until the time is over."""

    def __init__(self, address: str, name: str, think: float) -> None:
        self.address, self.name, self.think = address, name, think
        self.rng = random.Random(name)
        self.session = requests.Session()
        self.spans: dict[str, list[float]] = defaultdict(list)
        self.wrong: Counter[str] = Counter()

    def ask(self, work: str, path: str, **more: object) -> str:
        """Get a page (or post, where `data` is given), keep how long it took, return its text."""
        method = "POST" if "data" in more else "GET"
        headers = {
            "Referer": self.address,
            "X-CSRFToken": self.session.cookies.get("csrftoken", ""),
        }
        headers |= HX if more.pop("hx", False) else {}
        begun = time.perf_counter()
        try:
            answer = self.session.request(
                method, self.address + path, headers=headers, timeout=60, **more  # type: ignore[arg-type]
            )  # fmt: skip
        except requests.RequestException as error:
            self.wrong[f"{work}: {type(error).__name__}"] += 1
            return ""
        self.spans[work].append(time.perf_counter() - begun)
        if answer.status_code >= 400:
            self.wrong[f"{work}: {answer.status_code}"] += 1
        return answer.text

    def sign_in(self) -> None:
        """Come in; one whom the sign-in page meets again has not."""
        self.ask("sign-in page", "/sign-in/")
        form = {"username": self.name, "password": PASSWORD}
        form["csrfmiddlewaretoken"] = self.session.cookies.get("csrftoken", "")
        if 'name="password"' in self.ask("signing in", "/sign-in/", data=form):
            self.wrong["signing in: refused"] += 1

    def day(self) -> Iterator[None]:
        """Click through a day; each step is one click."""
        yield self._clicked("today", "/")
        rows = self.ask("list", LIST, params={"filter": '["owner","me"]'})
        yield
        word = self.rng.choice(TYPED)
        for end in range(1, len(word) + 1):
            self.ask("search as typed", "/find/", params={"q": word[:end]}, hx=True)
        yield
        mine = re.findall(rf'href="({LIST}\d+/)"', rows)
        if not mine:  # a new colleague: there is nobody to look at yet
            yield self._clicked("list sorted", LIST, params={"sort": "name"})
            return
        page = self.rng.choice(mine)
        shown = self.ask("customer", page)
        for late in re.findall(r'class="late" hx-get="([^"]+)"', shown):
            self.ask("late part of a customer", late, hx=True)
        yield
        note = {"kind": "note", "body": f"{self.name}:{self.rng.random()}"}
        yield self._clicked("note", f"{page}compose/", data=note, hx=True)
        field = f"{page}field/district/"
        held = re.findall(r'name="(seen\.district|version)" value="([^"]*)"', self.ask(
            "field opened", field, params={"edit": 1}, hx=True))  # fmt: skip
        saved = {**dict(held), "district": f"区{self.rng.randrange(1000)}"}
        yield self._clicked("field saved", field, data=saved, hx=True)
        yield self._clicked("list filtered", LIST, params={"filter": '["level","in",["vip"]]'})
        yield self._clicked("list sorted", LIST, params={"sort": "name"})
        yield self._clicked("orders", "/trade/order/")
        yield self._clicked("orders by state", "/trade/order/", params={"group": "state"})

    def _clicked(self, work: str, path: str, **more: object) -> None:
        self.ask(work, path, **more)

    def work(self, until: float) -> None:
        """Sign in at a moment of one's own and go on until the time is over."""
        time.sleep(self.rng.random() * COMING)
        self.sign_in()
        while not self.wrong["signing in: refused"] and time.monotonic() < until:
            for _ in self.day():
                time.sleep(self.rng.uniform(0.5, 1.5) * self.think)
                if time.monotonic() >= until:
                    return


def main() -> None:
    """Run everybody's day beside each other and tell one row for each kind of click."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("address")
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--think", type=float, default=6, help="seconds between clicks, on average")
    given = parser.parse_args()
    people = [
        Person(given.address, f"seller{number}", given.think)
        for number in range(6, 6 + given.people)
    ]
    until = time.monotonic() + COMING + given.minutes * 60
    threads = [threading.Thread(target=person.work, args=[until]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spans: dict[str, list[float]] = defaultdict(list)
    for person in people:
        for work, taken in person.spans.items():
            spans[work] += taken
    load = os.getloadavg()[0]
    print(f"{given.people} people, {given.minutes:g} minutes, load {load:.1f} at the end\n")
    print("| click | answers | p50 ms | p95 ms | longest |\n|---|---|---|---|---|")
    spans["all"] = [span for taken in spans.values() for span in taken]
    for work, taken in spans.items():
        p50, *_, p95 = statistics.quantiles([*taken, max(taken)], n=20)[9::9]
        waited = " | ".join(f"{span * 1000:.0f}" for span in (p50, p95, max(taken)))
        print(f"| {work} | {len(taken)} | {waited} |")
    wrong = sum((person.wrong for person in people), Counter[str]())
    print("\nerrors:", dict(wrong) or "none")


main()
