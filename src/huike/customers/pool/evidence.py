"""What higher rooms know that keeps a customer from the pool: orders, open tasks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

LastDays = Callable[[Sequence[int]], dict[int, date]]
Busy = Callable[[Sequence[int]], set[int]]

_orders: list[LastDays] = []
_tasks: list[Busy] = []


def tell_orders(ask: LastDays) -> LastDays:
    """Let a room tell the day of each customer's last order; `ask` gets keys of parties."""
    if ask not in _orders:
        _orders.append(ask)
    return ask


def tell_tasks(ask: Busy) -> Busy:
    """Let a room tell which customers have an open task; `ask` gets keys of parties."""
    if ask not in _tasks:
        _tasks.append(ask)
    return ask


def last_orders(parties: Sequence[int]) -> dict[int, date]:
    """Return the day of the last order of those parties that have one."""
    found: dict[int, date] = {}
    for ask in _orders:
        for party, on in ask(parties).items():
            found[party] = max(on, found.get(party, on))
    return found


def busy(parties: Sequence[int]) -> set[int]:
    """Return those of the parties that have an open task."""
    return {party for ask in _tasks for party in ask(parties)}
