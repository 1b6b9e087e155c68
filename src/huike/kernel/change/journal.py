"""Writes the journal and checks its chain: every change carries the digest of the one before."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from django.utils.translation import gettext as _

from huike.kernel.actor import Actor
from huike.kernel.change.models import Change, Entry, Head
from huike.kernel.change.redaction import redactions
from huike.kernel.change.work import Noted, Work, change, current_work
from huike.kernel.records import raw

_encoder = DjangoJSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
BATCH = 2000


def seal(work: Work) -> Change | None:
    """Write what `work` noted to the journal, as the newest link of the chain.

    The head row is locked until the commit, so two changes can't take the same place in the chain.
    Nothing is written for a change that touched nothing.
    """
    if not work.notes:
        return None
    head, _made = Head.objects.select_for_update().get_or_create(pk=1)
    now = timezone.now()
    digests = [entry_digest(n.record, n.record_id, n.kind, n.version, n.fields) for n in work.notes]
    sealed = Change(
        uuid=work.uuid,
        group=work.group,
        at=now,
        actor=work.actor.name,
        user_id=work.actor.user_id,
        via=work.actor.via,
        action=work.action,
        undoes=work.undoes,
        previous=head.digest,
    )
    sealed.digest = change_digest(sealed, digests)
    sealed.save()
    raw.insert(Entry, _entries(sealed, work.notes, digests))
    Head.objects.filter(pk=1).update(digest=sealed.digest, count=head.count + 1)
    return sealed


def _entries(sealed: Change, notes: list[Noted], digests: list[str]) -> list[Entry]:
    return [
        Entry(
            change=sealed,
            record=n.record,
            record_id=n.record_id,
            kind=n.kind,
            version=n.version,
            fields=n.fields,
            digest=digest,
        )
        for n, digest in zip(notes, digests, strict=True)
    ]


def entry_digest(
    record: str, record_id: int | None, kind: str, version: int, fields: dict[str, Any]
) -> str:
    """Return the SHA-256 of one entry, 64 hexadecimal digits."""
    text = f"{record}|{record_id}|{kind}|{version}|{_encoder.encode(fields) if fields else ''}"
    return hashlib.sha256(text.encode()).hexdigest()


def change_digest(sealed: Change, entries: Iterable[str]) -> str:
    """Return the SHA-256 over the previous digest, the change itself and its entries' digests."""
    parts = [sealed.previous, sealed.uuid, sealed.group, sealed.at.isoformat(), sealed.actor]
    parts += [sealed.user_id, sealed.via, sealed.action, sealed.undoes]
    digest = hashlib.sha256("|".join(map(str, parts)).encode())
    for entry in entries:
        digest.update(entry.encode())
    return digest.hexdigest()


def note_view(actor: Actor, record: str, record_id: int) -> None:
    """Write down that somebody opened a record whose views are journaled."""
    with change(actor, f"{record}.view"):
        current_work().note(Noted(record, record_id, Entry.Kind.VIEW))


def note_export(actor: Actor, record: str, *, rows: int, fields: list[str], kind: str) -> None:
    """Write down an export: how many rows of which fields went out, in which kind of file."""
    what: dict[str, list[Any]] = {"rows": [None, rows], "fields": [None, fields]}
    what["kind"] = [None, kind]
    with change(actor, f"{record}.export"):
        current_work().note(Noted(record, None, Entry.Kind.EXPORT, fields=what))


def broken_links(watch: Callable[[int], None] = lambda done: None) -> Iterator[str]:
    """Walk the whole chain and tell each place where it does not hold, in plain words."""
    previous, count, covered = "", 0, redactions()
    for sealed in Change.objects.order_by("pk").iterator(BATCH):
        count += 1
        if count % 100 == 0:
            watch(count)
        digests = []
        for e in sealed.entries.order_by("pk").iterator(BATCH):
            now = entry_digest(e.record, e.record_id, e.kind, e.version, e.fields)
            if now not in (e.digest, covered.get(e.pk)):
                yield _("entry %(entry)s was altered after it was written") % {
                    "entry": f"{e.pk} ({e})"
                }
            digests.append(e.digest)
        which = {"change": f"{sealed.pk} ({sealed})"}
        if sealed.previous != previous:
            yield _("change %(change)s does not follow the change before it") % which
        if sealed.digest != change_digest(sealed, digests):
            yield _("change %(change)s or the list of its entries was altered") % which
        previous = sealed.digest
    head = Head.objects.filter(pk=1).first()
    if head and (head.digest, head.count) != (previous, count):
        yield _("the newest changes are missing: the head of the chain does not match")
