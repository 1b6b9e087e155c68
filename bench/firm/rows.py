"""The seeded rows of customers, timeline and orders, as values ready for the database."""

from __future__ import annotations

import json
import random
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from bench.firm import words
from bench.firm.people import Firm

from huike.customers.names import sort_key

Row = list[Any]
EPOCH = datetime(2023, 1, 1)
SPAN = timedelta(days=3 * 365)
LEVELS = ("vip", "major", *["ordinary"] * 6, *["small"] * 4)
SOURCES = ("visit", "phone", "web", "referral", "campaign", "import", "other")
KINDS = ("call", "call", "call", "visit", "chat", "chat", "sms", "mail", "note", "meeting")
# half of the contacts have a bare topic; every tenth has a text of a sentence besides
SUBJECTS = words.TOPICS * 9 + [topic + end for topic in words.TOPICS for end in words.ENDS]
STATES = ("settled",) * 8 + ("delivered", "open")

PARTY = ("id", "kind", "name", "name_key", "code", "phone", "email", "province", "city", "level",
         "source", "category", "last_contact_on", "next_contact_on", "contact_cycle", "sex",
         "birthday", "industry", "owner", "department", "owned_since", "pooled_since",
         "created_at", "changed_at", "extra")  # fmt: skip
INTERACTION = ("id", "party", "kind", "direction", "at", "subject", "body", "author",
               "created_at", "changed_at")  # fmt: skip
ORDER = ("id", "number", "kind", "party", "on", "state", "total", "lines_count", "owner",
         "department", "created_at", "changed_at")  # fmt: skip
LINE = ("id", "order", "position", "text", "quantity", "price", "amount")


@dataclass
class Size:
    """How many rows of each kind, and from which seed."""

    customers: int
    interactions: int
    orders: int
    seed: int = 1


@dataclass
class Rows:
    """Makes the rows of one firm; a customer's number decides its owner and department.

    `interactions()` comes first: it remembers when each customer was last met.
    """

    size: Size
    firm: Firm
    met: array[int] = field(init=False)  # day of the last contact, counted from EPOCH
    series: dict[str, int] = field(default_factory=dict)  # the last number of each month

    def __post_init__(self) -> None:
        self.met = array("i", bytes(4 * (self.size.customers + 1)))

    def parties(self) -> Iterator[Row]:
        """Yield four persons to each organisation, surnames as unevenly spread as in life."""
        rng = random.Random(f"{self.size.seed} parties")
        weights = [1 / (place + 3) for place in range(len(words.SURNAMES))]
        surnames = rng.choices(words.SURNAMES, weights, k=self.size.customers)
        changed = rng.sample(range(self.size.customers), self.size.customers)
        pools = _pools(rng)
        step = SPAN / self.size.customers
        for n, surname in enumerate(surnames, 1):
            yield self._party(rng, n, surname, EPOCH + step * changed[n - 1], pools)

    def _party(
        self, rng: random.Random, n: int, surname: str, at: datetime, pools: dict[str, Any]
    ) -> Row:
        pick = rng.choice
        is_person = n % 5 != 0
        province, city = pick(words.CITIES)
        given = "".join(rng.choices(words.GIVEN, k=2 if rng.random() < 0.8 else 1))
        name = surname + given if is_person else f"{city[:-1]}{given}{pick(words.TRADES)}有限公司"
        user, department = self._owner(n)
        is_free = n % 20 == 7
        since = at.date().isoformat()
        met = EPOCH + timedelta(days=self.met[n])
        mail = f"{pick(('li', 'wang', 'user', 'sales'))}{rng.randrange(10**6)}@example.com"
        extra = {name: pick(pool) for name, pool in pools.items() if rng.random() < 0.8}
        return [
            n, "person" if is_person else "organisation", name, sort_key(name), f"K{n:07d}",
            f"+861{pick('3578')}{rng.randrange(10**9):09d}", mail if n % 3 == 0 else "",
            province, city, pick(LEVELS), pick(SOURCES), pick(self.firm.categories),
            met.date().isoformat() if self.met[n] else None,
            (met + timedelta(days=rng.randrange(5, 90))).date().isoformat() if n % 3 == 0 else None,
            30 if n % 3 == 0 else None,
            ("male", "female")[n % 2] if is_person else "",
            date(1950 + rng.randrange(55), 1 + rng.randrange(12), 1 + rng.randrange(28)).isoformat()
            if is_person else None,
            "" if is_person else pick(words.INDUSTRIES),
            None if is_free else user, department,
            None if is_free else since, since if is_free else None,
            str(EPOCH), str(at), json.dumps(extra, ensure_ascii=False),
        ]  # fmt: skip

    def interactions(self) -> Iterator[Row]:
        """Yield contacts in the order of time; a few customers have very many."""
        rng = random.Random(f"{self.size.seed} interactions")
        step = SPAN / max(self.size.interactions, 1)
        for n in range(1, self.size.interactions + 1):
            party, at = self._often(rng), EPOCH + step * n
            self.met[party] = (at - EPOCH).days
            written = str(at)
            body = rng.choice(words.SAID) if n % 10 == 0 else ""
            yield [n, party, rng.choice(KINDS), rng.choice(("in", "out")), written,
                   rng.choice(SUBJECTS), body, self._owner(party)[0], written, written]  # fmt: skip

    def orders(self) -> Iterator[Row]:
        """Yield orders in the order of time, numbered within their month as the product does."""
        rng = random.Random(f"{self.size.seed} orders")
        step = SPAN / max(self.size.orders, 1)
        for n in range(1, self.size.orders + 1):
            party, at = self._often(rng), EPOCH + step * n
            user, department = self._owner(party)
            written, series = str(at), f"SO-{at:%Y%m}-"
            number = self.series[series] = self.series.get(series, 0) + 1
            kind, total = "sale", self.amount(n)
            if n % 50 == 0:
                kind, total = "return", f"-{total}"
            yield [n, f"{series}{number:04d}", kind, party, written, rng.choice(STATES), total, 1,
                   user, department, written, written]  # fmt: skip

    def lines(self) -> Iterator[Row]:
        """Yield the one line of each order."""
        for n in range(1, self.size.orders + 1):
            amount, is_return = self.amount(n), n % 50 == 0
            total, quantity = (f"-{amount}", "-1") if is_return else (amount, "1")
            yield [n, n, 1, words.TOPICS[n % len(words.TOPICS)], quantity, amount, total]

    def marks(self) -> Iterator[tuple[int, int]]:
        """Yield (customer, tag) for every second customer."""
        for n in range(2, self.size.customers + 1, 2):
            yield n, self.firm.tags[n * 7919 // 2 % len(self.firm.tags)]

    def amount(self, n: int) -> str:
        """Return the amount of order `n`, some 300 to 3,300."""
        return f"{300 + n * 7919 % 3000}.{n % 100:02d}"

    def _owner(self, party: int) -> tuple[int, int]:
        owners: Sequence[tuple[int, int]] = self.firm.owners
        return owners[party * 7919 % len(owners)]

    def _often(self, rng: random.Random) -> int:
        return int(self.size.customers * rng.random() ** 2) + 1


def _pools(rng: random.Random) -> dict[str, Any]:
    """Return what each custom field may hold, as its records hold it."""
    days = [(date(2025, 1, 1) + timedelta(days=n)).isoformat() for n in range(730)]
    pools: dict[str, Any] = {name: chosen for name, (_l, _k, chosen) in words.FIELDS.items()}
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    plates = [f"粤{rng.choice(letters)}{rng.randrange(10**5):05d}" for _ in range(20_000)]
    return pools | {
        "car_plate": plates,
        "hobby": words.HOBBIES,
        "visits_yearly": [str(n) for n in range(13)],
        "children": ["0", "1", "1", "1", "2", "2", "3"],
        "yearly_spend": [f"{n * 137}.00" for n in range(1, 400)],
        "insured_until": days,
        "next_service": days,
        "wants_newsletter": [True, False],
    }
