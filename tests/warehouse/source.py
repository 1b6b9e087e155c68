"""Feeds held in memory, with a journal of changes, to load warehouses from without a database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from typing import Any

from huike.warehouse.star.tables import STORED

START = datetime(2025, 1, 1)
Row = dict[str, Any]


class Memory:
    """A feed of one stored table: rows by record, and what changed when."""

    zone = "Asia/Shanghai"

    def __init__(
        self, name: str, sums: Sequence[str] = (), interrupt: Callable[[], None] | None = None
    ) -> None:
        table = STORED[name]
        self.name, self.key, self.types, self.sums = name, table.key, table.columns, sums
        self.records: dict[int, list[Row]] = {}
        self.journal: list[int] = []
        self.reads: list[int] = []
        self.interrupt = interrupt

    def put(self, key: int, *rows: Row) -> None:
        """Write a record, new or changed."""
        self.records[key] = [{self.key: key, **row} for row in rows]
        self.journal.append(key)

    def purge(self, key: int) -> None:
        """Delete a record for good."""
        del self.records[key]
        self.journal.append(key)

    def silently(self, key: int, **values: Any) -> None:
        """Change a record without telling anybody."""
        for row in self.records[key]:
            row |= values

    def mark(self) -> str:
        return f"at{len(self.journal)}"

    def changed(self, since: str) -> list[int] | None:
        if not since:
            return None
        return sorted(set(self.journal[int(since.removeprefix("at")) :]))

    def rows(self, keys: Sequence[int] | None = None) -> Iterator[list[tuple[Any, ...]]]:
        wanted = list(self.records) if keys is None else [k for k in keys if k in self.records]
        found = [
            tuple(row.get(name) for name in self.types) for k in wanted for row in self.records[k]
        ]
        self.reads.append(len(found))
        for at in range(0, len(found), 25):
            yield found[at : at + 25]
            if self.interrupt is not None:
                self.interrupt()

    def totals(self) -> dict[str, float]:
        rows = [row for found in self.records.values() for row in found]
        sums = {n: float(sum(row.get(n) or 0 for row in rows)) for n in self.sums}
        return {"rows": float(len(rows)), **sums}

    def snapshot(self) -> AbstractContextManager[None]:
        return nullcontext()


def moment(day: int, hour: int = 2) -> datetime:
    """A moment of UTC, `day` days after 2025-01-01."""
    return START + timedelta(days=day, hours=hour)


def person(day: int = 0, **given: Any) -> Row:
    """A customer as it was changed on a day."""
    row = {"name": "甲", "kind": "person", "is_customer": True, "created_at": moment(0)}
    return {**row, "level": "small", "city": "北京", "changed_at": moment(day), **given}


def line(order: int, number: int = 1, day: int = 0, **given: Any) -> Row:
    """A line of an order placed on a day."""
    row = {"line": order * 100 + number, "kind": "sale", "state": "settled", "at": moment(day)}
    row |= {"customer": 1, "product": 1, "quantity": 1.0, "price": 10.0, "amount": 10.0}
    return {**row, "number": f"S{order}", "changed_at": moment(day), **given}


def firm() -> list[Memory]:
    """A small firm: departments, people, products, customers, orders, contacts and tasks."""
    department, staff = Memory("department"), Memory("staff")
    names = ((1, "总部", None), (2, "北区", 1), (3, "北京店", 2), (4, "南区", 1))
    for key, name, parent in names:
        department.put(key, {"name": name, "parent": parent, "position": key})
    for key, where in ((1, 3), (2, 4)):
        staff.put(key, {"name": f"员工{key}", "department": where, "is_active": True})
    group, product = Memory("product_group"), Memory("product", ("price", "cost"))
    group.put(1, {"name": "车", "parent": None})
    group.put(2, {"name": "轿车", "parent": 1})
    group.put(3, {"name": "配件", "parent": None})
    for key in range(1, 5):
        product.put(key, {"name": f"产品{key}", "code": f"P{key}", "group": 2 if key < 3 else 3,
                          "price": 10.0 * key, "cost": 6.0 * key})  # fmt: skip
    customers, sales = Memory("customer"), Memory("sale_line", ("quantity", "amount", "cost"))
    for key in range(1, 13):
        city = ("北京", "上海", "广州")[key % 3]
        customers.put(key, person(key, name=f"客户{key}", city=city, province=f"{city}省",
                                  born=1960 + 4 * key, owner=1 + key % 2))  # fmt: skip
    for order in range(1, 41):
        _order(sales, order)
    return [department, staff, group, product, customers, sales, *_work()]


def few() -> list[Memory]:
    """The feeds of the firm that most tests of loading need."""
    known = by_name(firm())
    return [known[name] for name in ("staff", "customer", "sale_line", "task")]


def _order(sales: Memory, order: int) -> None:
    back = order % 9 == 0
    lines = []
    for number in range(1, 2 + order % 3):
        product, sign = 1 + (order + number) % 4, -1.0 if back else 1.0
        lines.append(line(
            order, number, order * 11, customer=1 + order % 12, product=product,
            kind="return" if back else "sale", quantity=sign * number, price=10.0 * product,
            amount=sign * round(10.0 * product * number * (0.9 if order % 4 == 0 else 1.0), 2),
            cost=sign * 6.0 * product * number if order % 5 else None,
            department=3 if order % 2 else 4, owner=1 + order % 2,
        ))  # fmt: skip
    sales.put(order, *lines)


def _work() -> list[Memory]:
    contacts, tasks = Memory("interaction", ("minutes",)), Memory("task")
    for key in range(1, 31):
        contacts.put(key, {"customer": 1 + key % 12, "channel": ("call", "visit", "mail")[key % 3],
                           "direction": "out", "at": moment(key * 5), "minutes": float(key % 7),
                           "author": 1 + key % 2})  # fmt: skip
        due = moment(key * 4).date()
        tasks.put(key, {"customer": 1 + key % 12, "owner": 1 + key % 2, "department": 3,
                        "state": "done" if key % 3 else "open", "priority": "normal",
                        "at": moment(key), "due_on": due if key % 5 else None,
                        "done_at": moment(key * 4 + key % 2) if key % 3 else None})  # fmt: skip
    return [contacts, tasks]


def by_name(sources: Sequence[Memory]) -> dict[str, Memory]:
    """The feeds by their names."""
    return {source.name: source for source in sources}
