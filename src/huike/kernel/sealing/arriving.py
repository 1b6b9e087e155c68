"""Seals at once what is added to a sealed record: files and texts, also by who can open nothing.

Rooms say which records are sealed (`is_of_sealed`) and which texts are written about them
(`written`). Where the firm has no public half of its data key yet, things stay in clear and are
offered to be sealed, as before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePosixPath
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from huike.kernel.actor import Actor
from huike.kernel.change.models import Entry
from huike.kernel.change.work import Work, change, closing
from huike.kernel.entity.attachments import hung
from huike.kernel.files import SEALED, StoredFile, checked_name, keep, new_path
from huike.kernel.records.record import Record
from huike.kernel.sealing import cipher
from huike.kernel.sealing.contents import seal_closed
from huike.kernel.sealing.files.filing import Told, encrypt, keep_told, note, seal_file_closed
from huike.kernel.sealing.locking import can_lock_closed

Texts = Callable[[Work, Sequence[int]], Iterable[Record]]
# Whether a record is sealed, or about one that is.
is_of_sealed: list[Callable[[Record], bool]] = []
# By label: the columns of text, and which of the rows of these keys are to be sealed by them.
written: dict[str, tuple[Sequence[str], Texts]] = {}
_CHUNK = 500


def seals_at_once(row: Record) -> bool:
    """Tell whether what is added to a record is sealed from its first moment."""
    return any(asks(row) for asks in is_of_sealed) and can_lock_closed()


def keep_for(actor: Actor, row: Record, upload: UploadedFile[Any]) -> StoredFile:
    """Keep an uploaded file that is to hang on `row` or on its timeline.

    About a sealed record neither its bytes nor its name are ever written in clear. Raises
    ValidationError for a file that can't be attached.
    """
    if not seals_at_once(row):
        return keep(actor, upload)
    name = checked_name(upload)
    kind = PurePosixPath(name).suffix.lower()
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    told = Told(name, digest.hexdigest(), cipher.new_key())
    with change(actor, "sealing.add_file"):
        stored = StoredFile.objects.create(
            name=f"sealed{kind}",
            path=new_path(name) + SEALED,
            size=upload.size or 0,
            digest="",
            uploaded_by=actor.name,
            user_id=actor.user_id,
            is_sealed=True,
        )
        stored.name = f"sealed-{stored.pk}{kind}"
        stored.digest = encrypt(stored, upload, told.key)
        stored.save()
        keep_told(actor, None, stored, told)
        note(row, stored, "sealed")
    return stored


def _seal_hung(stored: StoredFile, row: Record) -> None:
    """Seal a file that was uploaded before anybody knew which record it would hang on."""
    if stored.is_sealed or not seals_at_once(row):
        return
    sealed = seal_file_closed(Actor(stored.uploaded_by, stored.user_id), row, stored)
    stored.name, stored.path, stored.is_sealed = sealed.name, sealed.path, sealed.is_sealed


def _seal_written(work: Work) -> None:
    """Seal the texts that this change wrote about sealed records, before it is committed."""
    for label, (names, rows) in written.items():
        keys = [n.record_id for n in work.notes if _writes(n, label, names) and n.record_id]
        for at in range(0, len(keys), _CHUNK):
            found = list(rows(work, keys[at : at + _CHUNK]))
            if found and can_lock_closed():
                for row in found:
                    seal_closed(work.actor, row, names)


def _writes(noted: Any, label: str, names: Sequence[str]) -> bool:
    if noted.record != label or noted.kind not in (Entry.Kind.CREATE, Entry.Kind.EDIT):
        return False
    if "sealing" in noted.fields:  # it was sealed, or put back in clear, with the second secret
        return False
    return any(noted.fields.get(name, [None, None])[-1] for name in names)


def start() -> None:
    """Seal what is added; before the index is told of a change, so it never holds the text."""
    if _seal_hung not in hung:
        hung.append(_seal_hung)
    if _seal_written not in closing:
        closing.insert(0, _seal_written)
