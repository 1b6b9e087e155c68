"""Named questions about days: what comes round for a customer, and whom to greet now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from huike.customers.days.models import Anniversary, Occasion
from huike.customers.models import Party
from huike.kernel.access.scope import visible
from huike.kernel.actor import Actor
from huike.kernel.days import lunar, recurring
from huike.kernel.entity.titles import is_open

Kind = Occasion.Kind


@dataclass(frozen=True)
class Coming:
    """A day of one customer and when it comes round next; `anniversary` where it is one."""

    kind: str
    label: str
    on: date
    years: int | None
    said: str  # the day as it was entered
    anniversary: Anniversary | None = None


def coming_of(actor: Actor, party: Party, today: date) -> list[Coming]:
    """Return all days of a customer that `actor` may know, the nearest first (one query)."""
    found = _births(actor, party, today)
    for row in visible(actor, Anniversary).filter(party=party.pk):
        if (on := next_of(row, today)) is not None:
            years = on.year - row.on.year or None
            said = f"{row.on:%Y-%m-%d}"
            if row.is_lunar:
                said += f" 农历{lunar.of(row.on).words}"
            found.append(Coming(row.kind, str(row.get_kind_display()), on, years, said, row))
    return sorted(found, key=lambda day: day.on)


def _births(actor: Actor, party: Party, today: date) -> list[Coming]:
    found = []
    if party.birthday and is_open(actor, party, "birthday"):
        on = recurring.next_solar(party.birthday, today)
        years = on.year - party.birthday.year
        said = f"{party.birthday:%Y-%m-%d}"
        found.append(Coming(Kind.BIRTHDAY, str(Kind.BIRTHDAY.label), on, years, said))
    if party.lunar_birthday and is_open(actor, party, "lunar_birthday"):
        day = lunar.read(party.lunar_birthday)
        on = recurring.next_lunar(day, today)
        said = f"农历{day.words}"
        found.append(Coming(Kind.LUNAR, str(Kind.LUNAR.label), on, None, said))
    return found


def next_of(row: Anniversary, today: date) -> date | None:
    """Return when an anniversary comes round next; None where it came once and is over."""
    if not row.is_yearly:
        return row.on if row.on >= today else None
    if row.is_lunar:
        return recurring.next_lunar(lunar.of(row.on), today)
    return recurring.next_solar(row.on, today)


def to_greet(actor: Actor, today: date, *, mine: bool = True) -> QuerySet[Occasion]:
    """Return the occasions that `actor` is reminded of by now and that nobody has greeted."""
    rows = visible(actor, Occasion).filter(greeted_on=None, on__gte=today, remind_on__lte=today)
    if mine:
        rows = rows.filter(party__owner=actor.user_id)
    return rows.select_related("party").order_by("on", "party")


def ready(actor: Actor, party: Party, today: date) -> dict[tuple[str, date], Occasion]:
    """Return the occasions of a customer that can be ticked off, by kind and day (one query)."""
    rows = visible(actor, Occasion).filter(party=party.pk, on__gte=today)
    return {(row.kind, row.on): row for row in rows}
