"""Named questions about the timeline: one page of it, what is due, and who was mentioned."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from huike.channels.models import Interaction, Notice
from huike.customers.models import Party
from huike.kernel.access.scope import may, visible
from huike.kernel.actor import Actor, Op
from huike.kernel.change.models import Entry
from huike.kernel.entity.entity import Entity
from huike.kernel.entity.field import Field
from huike.kernel.entity.telling import Told, tell
from huike.kernel.entity.titles import is_open
from huike.kernel.records.record import Record
from huike.staff.models import User

PAGE = 20
CHANGES = "changes"  # the filter that shows only what the journal tells
CONTACT, CHANGE = 1, 0  # of the same moment, the contact stands above the change


@dataclass(frozen=True)
class Source:
    """Records of a higher room that stand on a customer's timeline, as lines of their own.

    `record` has a link `party` and a moment `at`; a row's title and field `text` are shown.
    """

    record: type[Record]
    icon: str
    text: str
    place: int  # the order among what has the same moment; above the contacts' own

    @property
    def name(self) -> str:
        return self.record.label()

    def rows(self, actor: Actor, about: Record) -> QuerySet[Any]:
        """Return what `actor` may see of it and of when it was; nothing about other records."""
        rows: QuerySet[Any] = visible(actor, self.record)
        if not isinstance(about, Party) or not is_open(actor, self.record, "at"):
            return rows.none()
        found: QuerySet[Any] = rows.filter(party=about)
        return found


SOURCES: list[Source] = []


@dataclass(frozen=True)
class Line:
    """One line of a timeline: a contact, or a change that the journal tells of."""

    at: datetime
    source: int
    pk: int
    contact: Interaction | None = None
    other: Record | None = None
    of: Source | None = None
    told: Told | None = None


@dataclass(frozen=True)
class Timeline:
    """One page of a timeline; `next` is the cursor of the page after it, empty at the end."""

    lines: Sequence[Line]
    next: str = ""


def contacts(actor: Actor, about: Record) -> QuerySet[Interaction]:
    """Return what `actor` may see of the contacts with a party, or about any other record."""
    rows = visible(actor, Interaction)
    if isinstance(about, Party):
        return rows.filter(party=about)
    return rows.filter(record=about.label(), record_id=about.pk)


def timeline(
    actor: Actor,
    entity: Entity,
    about: Record,
    fields: Mapping[str, Field],
    *,
    kind: str = "",
    who: int | None = None,
    after: str = "",
) -> Timeline:
    """Return one page of the timeline of `about`, newest first: contacts and changes merged.

    With `kind` only contacts of that kind, or only changes; with `who` only the contacts that this
    person had, who changed something else is another question.
    """
    place = _place(after)
    found: list[Line] = []
    if kind in ("", *Interaction.Kind.values):
        rows = contacts(actor, about)
        rows = rows.filter(kind=kind) if kind else rows
        rows = rows.filter(author=who) if who else rows
        found += _contact_lines(rows.filter(_older("at", CONTACT, place)))
    for one in SOURCES if isinstance(about, Party) and not who else ():
        if kind in ("", one.name):
            found += _other_lines(
                one, one.rows(actor, about).filter(_older("at", one.place, place))
            )
    if kind == CHANGES or not (kind or who):
        found += _change_lines(actor, entity, about, fields, place)
    found.sort(key=lambda line: (line.at, line.source, line.pk), reverse=True)
    if len(found) <= PAGE:
        return Timeline(found)
    last = found[PAGE - 1]
    return Timeline(found[:PAGE], _cursor(last))


@dataclass(frozen=True)
class Filters:
    """What a timeline can be confined to: kinds and people, each with the count of its contacts."""

    kinds: Sequence[tuple[str, int]] = ()
    others: Sequence[Source] = ()
    people: Sequence[tuple[int, str, int]] = ()


def filters_of(actor: Actor, about: Record) -> Filters:
    """Return by what the timeline of `about` can be filtered, as far as `actor` reads these."""
    names = [name for name in ("kind", "author") if is_open(actor, Interaction, name)]
    others = [s for s in SOURCES if isinstance(about, Party) and may(actor, s.record, Op.VIEW)]
    if not names:
        return Filters(others=others)
    rows = contacts(actor, about).order_by().values_list(*names).annotate(Count("pk"))
    kinds: Counter[str] = Counter()
    people: Counter[int] = Counter()
    for *keys, count in rows:
        given = dict(zip(names, keys, strict=True))
        if "kind" in given:
            kinds[given["kind"]] += count
        if given.get("author"):
            people[given["author"]] += count
    known = User.objects.in_bulk(people) if people else {}
    return Filters(
        [(kind, kinds[kind]) for kind in Interaction.Kind.values if kinds[kind]],
        others,
        [(key, str(known[key]), count) for key, count in people.most_common()],
    )


def _contact_lines(rows: QuerySet[Interaction]) -> list[Line]:
    rows = rows.select_related("author", "file").order_by("-at", "-pk")[: PAGE + 1]
    return [Line(row.at, CONTACT, row.pk, contact=row) for row in rows]


def _other_lines(source: Source, rows: QuerySet[Any]) -> list[Line]:
    newest = rows.order_by("-at", "-pk")[: PAGE + 1]
    return [Line(row.at, source.place, row.pk, other=row, of=source) for row in newest]


def _change_lines(
    actor: Actor, entity: Entity, about: Record, fields: Mapping[str, Field], place: Any
) -> list[Line]:
    entries = (
        Entry.objects.filter(record=about.label(), record_id=about.pk)
        .exclude(kind=Entry.Kind.VIEW)
        .filter(_older("change__at", CHANGE, place))
        .select_related("change")
        .order_by("-pk")[: PAGE + 1]
    )
    return [
        Line(told.at, CHANGE, told.pk, told=told) for told in tell(actor, entity, entries, fields)
    ]


def _older(column: str, source: int, place: tuple[datetime, int, int] | None) -> Q:
    """Return the condition that a row stands below a place of the timeline."""
    if place is None:
        return Q()
    at, at_source, pk = place
    same = Q(**{column: at})
    if source == at_source:
        same &= Q(pk__lt=pk)
    elif source > at_source:
        return Q(**{f"{column}__lt": at})
    return Q(**{f"{column}__lt": at}) | same


def _cursor(line: Line) -> str:
    text = json.dumps([line.at.isoformat(), line.source, line.pk])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _place(cursor: str) -> tuple[datetime, int, int] | None:
    if not cursor:
        return None
    try:
        at, source, pk = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return datetime.fromisoformat(at), int(source), int(pk)
    except (ValueError, TypeError):
        return None  # what is no cursor begins at the top


def follow_ups(actor: Actor, until: Any) -> QuerySet[Interaction]:
    """Return the actor's own contacts whose follow-up is due by a day, oldest first."""
    rows = visible(actor, Interaction).filter(author=actor.user_id, follow_up_on__lte=until)
    return rows.select_related("party").order_by("follow_up_on", "pk")


def notices(actor: Actor, only_new: bool = True) -> QuerySet[Notice]:
    """Return who mentioned the actor, newest first."""
    rows = Notice.objects.filter(user_id=actor.user_id or 0)
    if only_new:
        rows = rows.filter(read_at=None)
    return rows.order_by("-at")


def told_notices(actor: Actor, limit: int = 20) -> list[tuple[Notice, Interaction | None]]:
    """Return the newest notices, each with its contact where the actor may see it."""
    newest = list(notices(actor, only_new=False)[:limit])
    keys = [notice.interaction_id for notice in newest]
    rows = visible(actor, Interaction).select_related("party").in_bulk(keys)
    return [(notice, rows.get(notice.interaction_id)) for notice in newest]
