"""The journal as an administrator reads it: who did what to which record, and when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from huike.kernel.access.administrator import require_administrator
from huike.kernel.actor import Actor
from huike.kernel.change.models import Change, Entry
from huike.kernel.entity.entity import entity_of, has_entity
from huike.kernel.entity.telling import Difference, Told, tell
from huike.kernel.records.record import Record
from huike.staff.rights.naming import action_words, reach_words, role_names

PAGE = 40
SHOWN = 3
RARE = frozenset({"purge", "view", "export", "sign_in", "refused"})


@dataclass(frozen=True)
class Asked:
    """What the journal is asked for."""

    user_id: int | None = None
    record: str = ""  # label
    record_id: int | None = None
    kind: str = ""
    first: date | None = None
    last: date | None = None
    before: int | None = None  # the key after which the page begins


@dataclass
class Line:
    """One change in words, with the first of its entries."""

    change: Change
    action: str
    count: int = 0
    entries: list[Shown] = field(default_factory=list)


@dataclass(frozen=True)
class Shown:
    """One entry in words."""

    told: Told
    record: str
    title: str
    address: str


def journal(actor: Actor, asked: Asked) -> tuple[list[Line], int | None]:
    """Return a page of changes, newest first, and the key to go on from (None at the end)."""
    require_administrator(actor)
    found = list(_asked(asked).order_by("-pk")[: PAGE + 1])
    rest = found[PAGE - 1].pk if len(found) > PAGE else None
    return lines(actor, found[:PAGE]), rest


def _asked(asked: Asked) -> QuerySet[Change]:
    changes = Change.objects.all()
    if asked.before:
        changes = changes.filter(pk__lt=asked.before)
    if asked.user_id:
        changes = changes.filter(user_id=asked.user_id)
    changes = changes.filter(_between(asked.first, asked.last))
    touched = Entry.objects.filter(change=OuterRef("pk"))
    if asked.record:
        touched = touched.filter(record=asked.record)
    if asked.record_id:
        touched = touched.filter(record_id=asked.record_id)
    if asked.kind:
        touched = touched.filter(kind=asked.kind)
    if asked.kind in RARE or (asked.record and asked.record_id):
        return changes.filter(pk__in=touched.filter(change__gt=0).values("change"))  # by index
    if asked.record or asked.kind:
        return changes.filter(Exists(touched))
    return changes


def _between(first: date | None, last: date | None) -> Q:
    """Return the condition on the key: keys grow with time, and are what the page is sorted by."""
    limit = Q()
    if first and (start := _start(first)):
        oldest = (
            Change.objects.filter(at__gte=start).order_by("at").values_list("pk", flat=True)[:1]
        )
        limit &= Q(pk__gte=next(iter(oldest), 1 << 62))
    if last and (end := _start(last + timedelta(days=1))):
        newest = Change.objects.filter(at__lt=end).order_by("-at").values_list("pk", flat=True)[:1]
        limit &= Q(pk__lte=next(iter(newest), 0))
    return limit


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def lines(actor: Actor, changes: Sequence[Change], shown: int = SHOWN) -> list[Line]:
    """Return changes in words with their first entries (a fixed count of queries)."""
    keys = [done.pk for done in changes]
    count = dict(
        Entry.objects.filter(change__in=keys)
        .values_list("change")
        .annotate(n=Count("pk"))
        .values_list("change", "n")
    )
    found = {c.pk: Line(c, action_words(c.action), count.get(c.pk, 0)) for c in changes}
    entries = [e for done in changes for e in done.entries.order_by("pk")[:shown]]
    for entry, words in told(actor, entries):
        found[entry.change_id].entries.append(words)
    return list(found.values())


def told(actor: Actor, entries: Iterable[Entry]) -> list[tuple[Entry, Shown]]:
    """Return entries of any record in words, in the order given."""
    by_record: dict[str, list[Entry]] = defaultdict(list)
    every = list(entries)
    for entry in every:
        by_record[entry.record].append(entry)
    words = {pk: shown for r, some in by_record.items() for pk, shown in _of(actor, r, some)}
    return [(entry, words[entry.pk]) for entry in every]


def _of(actor: Actor, record: str, entries: list[Entry]) -> list[tuple[int, Shown]]:
    try:
        model = apps.get_model(record)
    except LookupError:
        return [(e.pk, Shown(_plain(e, None), _name(record), "", "")) for e in entries]
    rows = {r.pk: r for r in model._default_manager.filter(pk__in=[e.record_id for e in entries])}
    name = str(model._meta.verbose_name)
    if not (has_entity(model) and issubclass(model, Record)):
        return [(e.pk, Shown(_plain(e, model), name, _title(rows, e), "")) for e in entries]
    entity = entity_of(model)
    texts = tell(actor, entity, entries, entity.fields(actor))
    return [
        (e.pk, Shown(text, name, _title(rows, e), f"/{entity.key}/{e.record_id}/"))
        for e, text in zip(entries, texts, strict=True)
    ]


def _title(rows: dict[int, Any], entry: Entry) -> str:
    if entry.record_id is None:
        return ""
    return str(rows.get(entry.record_id) or f"#{entry.record_id}")


def _name(record: str) -> str:
    return action_words(record)


def _plain(entry: Entry, model: type[models.Model] | None) -> Told:
    """Tell an entry of set-up: its columns as the model calls them."""
    columns = {} if model is None else {f.attname: f for f in model._meta.concrete_fields}
    differences = [
        Difference(name, _label(name, columns.get(name)), *(_text(name, v, columns) for v in pair))
        for name, pair in entry.fields.items()
        if name != "id" and any(value not in SILENT for value in pair)
    ]
    done = entry.change
    return Told(
        pk=entry.pk,
        kind=entry.kind,
        kind_label=str(Entry.Kind(entry.kind).label),
        at=done.at,
        who=done.actor,
        user_id=done.user_id,
        action=done.action,
        group=done.group,
        version=entry.version,
        is_undo=done.undoes is not None,
        differences=differences,
    )


SILENT: tuple[Any, ...] = (None, "", [])


def _label(name: str, column: models.Field[Any, Any] | None) -> str:
    return action_words(name) if column is None else str(column.verbose_name)


def _text(name: str, value: Any, columns: Mapping[str, models.Field[Any, Any]]) -> str:
    """Return a value of set-up in words: roles, departments and scopes by their names."""
    if value in SILENT:
        return ""
    if name == "roles":
        return role_names(value)
    if name.startswith(("grant:", "field:")):
        return reach_words(str(value))
    column = columns.get(name)
    target = column.related_model if column is not None and column.is_relation else None
    if isinstance(target, type) and issubclass(target, models.Model):
        return str(target._default_manager.filter(pk=value).first() or f"#{value}")
    if column is not None and column.choices:
        return str(dict(column.flatchoices).get(value, value))
    if isinstance(value, list):
        return "、".join(str(v) for v in value)
    return action_words(str(value))
