"""Seals attached files: what lies on the disk is encrypted, and their names are sealed with them.

Each file has a key of its own. That key, the name and the digest of the clear text lie sealed by
the data key as any other content, so re-keying and the deletion of old keys cover files without
writing them anew.
"""

from __future__ import annotations

import hashlib
import json
import os
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from huike.kernel.access.scope import require
from huike.kernel.actor import Actor, Op
from huike.kernel.change.models import Entry
from huike.kernel.change.work import Noted, change, current_work, if_it_fails
from huike.kernel.entity.attachments import may_read
from huike.kernel.files import SEALED, StoredFile, root
from huike.kernel.records.record import Record
from huike.kernel.sealing import cipher
from huike.kernel.sealing.contents import drop, forget_copies
from huike.kernel.sealing.files.streams import lock_stream, unlock_stream
from huike.kernel.sealing.locking import clear_of, lock_into
from huike.kernel.sealing.models import Sealed
from huike.kernel.sealing.opening import Opened
from huike.kernel.sealing.scrubbing import ask_to_scrub

LABEL = StoredFile._meta.label_lower


Files = Callable[[Actor, Any], list[StoredFile]]
# Which files are sealed with a record, by its label, where more are than those that hang on it.
belonging: dict[str, Files] = {}


def files_with(actor: Actor, row: Record) -> list[StoredFile]:
    """Return the files that are sealed with a record, those that the actor may read."""
    if (known := belonging.get(row.label())) is not None:
        return known(actor, row)
    own = StoredFile.objects.filter(record=row.label(), record_id=row.pk).exclude(size=0)
    return [f for f in own.order_by("-pk") if may_read(actor, f)]


@dataclass(frozen=True)
class Told:
    """What is sealed about a file: its real name, and what opens it."""

    name: str
    digest: str  # SHA-256 of the clear text
    key: bytes


def seal_file(actor: Actor, opened: Opened, row: Record, stored: StoredFile) -> StoredFile:
    """Seal a file of a record: its bytes on the disk, its name and its digest.

    The caller has checked that the actor may read the file; who may not change `row` gets
    PermissionDenied. A file that is sealed already stays as it is.
    """
    require(actor, Op.EDIT, row)
    return seal_file_closed(actor, row, stored, opened)


def seal_file_closed(
    actor: Actor, row: Record, stored: StoredFile, opened: Opened | None = None
) -> StoredFile:
    """Seal a file that the actor has just added, also with nothing open."""
    with change(actor, "sealing.seal_file"):
        stored = StoredFile.objects.select_for_update().get(pk=stored.pk)
        if stored.is_sealed:
            return stored
        name, clear = stored.name, root() / stored.path
        told = Told(name, stored.digest, cipher.new_key())
        keep_told(actor, opened, stored, told)
        stored.path += SEALED
        try:
            with clear.open("rb") as source:
                stored.digest = encrypt(stored, source, told.key)
        except FileNotFoundError:
            raise ValidationError(_("The file is missing.")) from None
        stored.name, stored.is_sealed = f"sealed-{stored.pk}{PurePosixPath(name).suffix}", True
        stored.save()
        note(row, stored, "sealed")
        forget_copies([name])
        transaction.on_commit(lambda: wipe(clear))
        ask_to_scrub(actor)
    return stored


def keep_told(actor: Actor, opened: Opened | None, stored: StoredFile, told: Told) -> None:
    """Keep, sealed, what is sealed about a file."""
    made = Sealed(record=LABEL, record_id=stored.pk, sealed_by=actor.name)
    content = {"name": told.name, "digest": told.digest, "key": b64encode(told.key).decode()}
    lock_into(made, json.dumps(content, ensure_ascii=False).encode(), opened)
    made.save()


def encrypt(stored: StoredFile, source: IO[bytes], key: bytes) -> str:
    """Write `source`, encrypted, where the file is to lie and return what is there's digest."""
    target = root() / stored.path
    target.parent.mkdir(parents=True, exist_ok=True)
    if_it_fails(lambda: target.unlink(missing_ok=True))
    with target.open("wb") as out:
        lock_stream(key, source, out, _about_file(stored))
        _settle(out.fileno())
    with target.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _settle(number: int) -> None:
    """Have the disk hold it before the only other copy is wiped."""
    os.fsync(number)


def _about_file(stored: StoredFile) -> str:
    return f"file {stored.pk}"


def told_of(opened: Opened, files: list[StoredFile]) -> dict[int, Told]:
    """Return what is sealed about those of the files that are sealed, by their keys."""
    found = Sealed.objects.filter(record=LABEL, record_id__in=[f.pk for f in files if f.is_sealed])
    told = {}
    for one in found:
        held = json.loads(clear_of(opened, one))
        told[one.record_id] = Told(held["name"], held["digest"], b64decode(held["key"]))
    return told


def read_file(
    actor: Actor, opened: Opened, stored: StoredFile, row: Record | None = None
) -> tuple[str, Iterator[bytes]]:
    """Return the real name and the clear bytes of a sealed file; the journal tells of it.

    The caller has checked that the actor may read it; `row` is the record whose history tells.
    """
    told = told_of(opened, [stored]).get(stored.pk)
    if told is None:
        raise cipher.WrongKey
    with change(actor, "sealing.view") as work:
        fields = {"sealing": [None, [f"file {stored.pk}"]]}
        label, key, version = _on(row, stored)
        work.note(Noted(label, key, Entry.Kind.VIEW, version, fields))
    return told.name, _decrypt(stored, told.key)


def _decrypt(stored: StoredFile, key: bytes) -> Iterator[bytes]:
    with (root() / stored.path).open("rb") as source:
        yield from unlock_stream(key, source, _about_file(stored))


def unseal_file(actor: Actor, opened: Opened, row: Record, stored: StoredFile) -> StoredFile:
    """Put a sealed file back in clear under its real name."""
    require(actor, Op.EDIT, row)
    with change(actor, "sealing.unseal_file"):
        stored = StoredFile.objects.select_for_update().get(pk=stored.pk)
        told = told_of(opened, [stored]).get(stored.pk)
        if told is None:
            return stored
        locked = root() / stored.path
        target = root() / stored.path.removesuffix(SEALED)
        if_it_fails(lambda: wipe(target))
        with target.open("wb") as out:
            out.writelines(_decrypt(stored, told.key))
            _settle(out.fileno())
        stored.path = stored.path.removesuffix(SEALED)
        stored.name, stored.digest, stored.is_sealed = told.name, told.digest, False
        stored.save()
        drop(LABEL, [stored.pk])
        note(row, stored, "in clear")
        transaction.on_commit(lambda: locked.unlink(missing_ok=True))
    return stored


def _on(row: Record | None, stored: StoredFile) -> tuple[str, int, int]:
    return (LABEL, stored.pk, 0) if row is None else (row.label(), row.pk, row.version)


def note(row: Record, stored: StoredFile, what: str) -> None:
    """Tell it in the record's history, by the file's number: its name is sealed."""
    fields = {"sealing": [None, [f"file {stored.pk}: {what}"]]}
    current_work().note(Noted(row.label(), row.pk, Entry.Kind.EDIT, row.version, fields))


def wipe(path: Path) -> None:
    """Overwrite a file once and delete it; what the disk itself still holds is out of reach."""
    try:
        with path.open("r+b") as file:
            file.write(bytes(path.stat().st_size))
            _settle(file.fileno())
    except FileNotFoundError:
        return
    path.unlink(missing_ok=True)


def wipe_leftovers() -> int:
    """Wipe the clear twin of every sealed file: one is left where a process died in between."""
    paths = StoredFile.objects.filter(is_sealed=True).values_list("path", flat=True)
    twins = [root() / path.removesuffix(SEALED) for path in paths]
    left = [twin for twin in twins if twin.exists()]
    for twin in left:
        wipe(twin)
    return len(left)
