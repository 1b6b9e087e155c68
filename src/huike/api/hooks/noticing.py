"""Notices changes that hooks are to be told of, inside the change, so that none is ever missed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.utils import timezone

from huike.api.hooks.models import Delivery, Hook
from huike.api.hooks.naming import EVERY
from huike.kernel.actor import Actor
from huike.kernel.change.models import Change, Entry
from huike.kernel.change.work import Work
from huike.kernel.entity.entity import entities
from huike.kernel.jobs.queue import enqueue
from huike.kernel.records import raw
from huike.kernel.records.bulk import chunks

AT_ONCE = 100  # records told in one message
KINDS = {
    Entry.Kind.CREATE: "on_create",
    Entry.Kind.EDIT: "on_edit",
    Entry.Kind.BIN: "on_bin",
    Entry.Kind.RESTORE: "on_bin",
    Entry.Kind.PURGE: "on_bin",
}
QUIET = frozenset({Hook.label(), Delivery.label()})  # a message about a message would never end


def notice(work: Work) -> None:
    """Queue the messages about a change, in its own transaction; nothing where no hook listens."""
    told = {note.record for note in work.notes if note.kind in KINDS} - QUIET
    if told and any(_wants(hook, told) for hook in _listening()):
        enqueue(Actor.system("hooks"), "hooks.tell", uuid=str(work.uuid))


def _listening() -> list[Hook]:
    return list(Hook.objects.filter(is_active=True))


def _wants(hook: Hook, records: Iterable[str]) -> bool:
    words = set(hook.words())
    keys = {entity.model.label(): entity.key for entity in entities()}
    return any(record in keys and (EVERY in words or keys[record] in words) for record in records)


def write_deliveries(uuid: str) -> list[int]:
    """Write down what each hook is to be told of one change; return the keys of the messages."""
    change = Change.objects.get(uuid=uuid)
    entries = list(change.entries.order_by("pk"))
    made: list[Delivery] = []
    for hook in _listening():
        news = [_news(entry) for entry in entries if _is_for(hook, entry)]
        for some in chunks(news, AT_ONCE):
            made.append(_delivery(hook, change, some))
    raw.insert(Delivery, made)
    return [one.pk for one in made]


def _delivery(hook: Hook, change: Change, news: list[list[object]]) -> Delivery:
    now = timezone.now()
    return Delivery(
        hook=hook,
        news=news,
        size=len(news),
        change=change.pk,
        who=change.actor,
        at=change.at,
        created_at=now,
        changed_at=now,
        created_by="hooks",
    )


def _is_for(hook: Hook, entry: Entry) -> bool:
    wanted = KINDS.get(Entry.Kind(entry.kind))
    if wanted is None or not getattr(hook, wanted) or entry.record in QUIET:
        return False
    return entry.record_id is not None and _wants(hook, [entry.record])


def _news(entry: Entry) -> list[object]:
    return [entry.record, entry.record_id, entry.kind, sorted(entry.fields)]


def by_record(news: Iterable[list[object]]) -> dict[str, list[list[object]]]:
    """Group the news of a message by kind of record."""
    found: dict[str, list[list[object]]] = defaultdict(list)
    for one in news:
        found[str(one[0])].append(one)
    return found
