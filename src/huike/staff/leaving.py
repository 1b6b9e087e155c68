"""Handing over what a person answers for: by kind, in part, previewed, and undone as one."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from huike.kernel.access.administrator import require_administrator
from huike.kernel.actor import Actor
from huike.kernel.change.models import Change
from huike.kernel.change.work import change
from huike.kernel.entity.entity import Entity, entities, entity_of
from huike.kernel.lists.acting import bulk
from huike.kernel.lists.acting.acts import Act, Transfer
from huike.kernel.lists.acting.selection import Selection
from huike.kernel.lists.acting.verb_act import Do
from huike.kernel.lists.saved import visible_views
from huike.kernel.lists.view import ListView
from huike.kernel.lists.words import joined_with
from huike.staff.models import User

ACTION = "staff.hand_over"
RELEASE = "release"  # the verb of a record that gives a row back to nobody
AT_ONCE = 500  # more rows than this are handed over in the background


@dataclass(frozen=True)
class Part:
    """What of one kind goes to whom; `query` narrows it as a view of its list does."""

    record: str
    owner: int | None = None  # none: given back to nobody, where the record knows how
    query: str = ""


@dataclass(frozen=True)
class Kind:
    """One kind of record that a person answers for, as the form offers it."""

    entity: Entity
    count: int
    can_release: bool
    views: Sequence[tuple[str, str]]  # (label, query) that narrow it


@dataclass(frozen=True)
class Past:
    """One hand-over that was done, as it can be undone."""

    group: uuid.UUID
    at: datetime
    who: str
    count: int
    is_undone: bool


@dataclass
class HandedOver:
    """How much was handed over, all in one group of changes."""

    group: str
    changed: int = 0
    refused: int = 0
    reasons: Sequence[str] = ()
    part: int = 0  # where a job goes on
    last: int = 0


def kinds_of(actor: Actor, person: User) -> list[Kind]:
    """Return what a person answers for, one query for each kind of record."""
    require_administrator(actor)
    found = []
    for entity in entities():
        if entity.model.scope.owner != "owner" or entity.model.read_only:
            continue
        count = entity.model.objects.filter(owner=person).count()
        if count:
            can = entity.verb(RELEASE) is not None
            found.append(Kind(entity, count, can, _narrowing(actor, entity)))
    return found


def _narrowing(actor: Actor, entity: Entity) -> list[tuple[str, str]]:
    saved = [(row.name, row.query) for row in visible_views(actor, entity)]
    made = [(str(label), query) for label, query in entity.views]
    return [(n, q) for n, q in [*made, *saved] if "filter=" in q and '"me"' not in q]


def selection_of(person: User, part: Part) -> Selection:
    """Return the rows of a part; raise ValidationError where its query can't be read."""
    entity = entity_of(part.record)
    view = ListView.read(entity, dict(parse_qsl(part.query)))
    mine = joined_with(view.filter, ["owner", "in", [person.pk]])
    return Selection(ListView(entity, words=view.words, filter=mine))


def counts(actor: Actor, person: User, parts: Sequence[Part]) -> list[int]:
    """Return how many rows each part holds: the preview of a hand-over."""
    require_administrator(actor)
    return [selection_of(person, part).rows(actor).count() for part in parts]


def check(person: User, parts: Sequence[Part]) -> None:
    """Raise ValidationError where the plan can't be carried out."""
    if not parts:
        raise ValidationError(_("Choose at least one kind of record and who is to have it."))
    wanted = {part.owner for part in parts if part.owner is not None}
    if person.pk in wanted:
        raise ValidationError(_("Choose somebody else than the person who leaves."))
    if User.objects.filter(pk__in=wanted, is_active=True).count() < len(wanted):
        raise ValidationError(_("Who is to have them must be somebody who may sign in."))


def hand_over(
    actor: Actor,
    person: User,
    parts: Sequence[Part],
    note: str,
    *,
    done: HandedOver | None = None,
    after_chunk: Callable[[HandedOver], None] = lambda done: None,
) -> HandedOver:
    """Hand the parts over, chunk by chunk, each chunk one change of one group.

    `done` is how far an earlier run came; `after_chunk` is called inside the change of each chunk.
    """
    require_administrator(actor)
    check(person, parts)
    done = done or HandedOver(str(uuid.uuid4()))
    while done.part < len(parts):
        part = parts[done.part]
        selection, act = selection_of(person, part), _act(part, note)
        outcome = bulk.prepare(actor, selection, act)
        outcome.group = uuid.UUID(done.group)
        while keys := bulk.next_keys(actor, selection, act, done.last):
            outcome.changed = outcome.refused = 0
            outcome.reasons = []
            with change(actor, ACTION, group=outcome.group):
                bulk.do_chunk(actor, selection, act, keys, outcome)
                done.changed += outcome.changed
                done.refused += outcome.refused
                done.reasons = [*done.reasons, *outcome.reasons][: bulk.TOLD]
                done.last = outcome.last
                after_chunk(done)
        done.part, done.last = done.part + 1, 0
    return done


def _act(part: Part, note: str) -> Act:
    if part.owner is None:
        return Do(RELEASE, {"note": note})
    return Transfer(part.owner, None, note)


def as_json(parts: Sequence[Part]) -> str:
    """Return a plan as a form or a job carries it."""
    return json.dumps([asdict(part) for part in parts])


def from_json(text: str) -> list[Part]:
    """Read a plan; raise ValidationError where it is none."""
    try:
        return [Part(**part) for part in json.loads(text)]
    except (ValueError, TypeError) as error:
        raise ValidationError(_("This plan can't be read. Begin again.")) from error


def past(person: User, limit: int = 5) -> list[Past]:
    """Return the newest hand-overs of what a person had."""
    of_person: dict[str, Any] = {"action": ACTION, "entries__fields__owner_id__0": person.pk}
    rows = Change.objects.filter(**of_person).distinct().order_by("-pk")
    groups: dict[uuid.UUID, Change] = {}
    for row in rows[:50]:
        groups.setdefault(row.group, row)
    chosen = list(groups.items())[:limit]
    undone = set(
        Change.objects.filter(undoes__in=[g for g, _row in chosen]).values_list("undoes", flat=True)
    )
    return [Past(g, row.at, row.actor, _moved(g, person), g in undone) for g, row in chosen]


def _moved(group: uuid.UUID, person: User) -> int:
    entries: dict[str, Any] = {"entries__fields__owner_id__0": person.pk}
    return Change.objects.filter(group=group, **entries).count()
