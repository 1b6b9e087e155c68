"""Files that people attach: checked for type and size, kept outside the web's reach."""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path, PurePosixPath
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from huike.kernel import organisations
from huike.kernel.actor import Actor
from huike.kernel.change.work import if_it_fails
from huike.kernel.scanning import refuse_if_found

MAX_BYTES = 25 * 1024 * 1024
SEALED = ".sealed"  # what the path of an encrypted file ends in
# What may be attached, and how such a file begins; "" where any beginning will do.
TYPES: dict[str, tuple[bytes, ...]] = {
    ".pdf": (b"%PDF-",),
    ".png": (b"\x89PNG\r\n\x1a\n",),
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
    ".gif": (b"GIF87a", b"GIF89a"),
    ".webp": (b"RIFF",),
    ".docx": (b"PK\x03\x04",),
    ".xlsx": (b"PK\x03\x04",),
    ".pptx": (b"PK\x03\x04",),
    ".ods": (b"PK\x03\x04",),
    ".odt": (b"PK\x03\x04",),
    ".zip": (b"PK\x03\x04",),
    ".doc": (b"\xd0\xcf\x11\xe0",),
    ".xls": (b"\xd0\xcf\x11\xe0",),
    ".mp3": (b"ID3", b"\xff\xfb", b"\xff\xf3"),
    ".mp4": (b"",),
    ".txt": (b"",),
    ".csv": (b"",),
    ".eml": (b"",),
    ".vcf": (b"BEGIN:VCARD",),
}


class FileIsSealed(ValidationError):
    """The file is encrypted: it opens with the second secret only."""


class StoredFile(models.Model):
    """One uploaded file; who may read it is decided by the record it hangs on."""

    name = models.CharField(max_length=255)
    path = models.CharField(max_length=200, unique=True, editable=False)
    size = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField(default=timezone.now)
    uploaded_by = models.CharField(max_length=150)
    user_id = models.BigIntegerField(null=True)
    record = models.CharField(max_length=100, blank=True)
    record_id = models.BigIntegerField(null=True)
    is_sealed = models.BooleanField(default=False)  # what lies on the disk is encrypted

    class Meta:
        indexes = [models.Index(fields=["record", "record_id"], name="file_of_record")]

    def __str__(self) -> str:
        return self.name

    def open(self) -> IO[bytes]:
        """Open what lies on the disk; raise FileIsSealed where that is encrypted."""
        if self.is_sealed:
            raise FileIsSealed(_("This file is sealed: it opens with the second secret only."))
        return (root() / self.path).open("rb")


def root() -> Path:
    """Return the folder of the current organisation's files."""
    folder = Path(settings.MEDIA_ROOT) / organisations.current()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def keep(actor: Actor, upload: UploadedFile[Any]) -> StoredFile:
    """Check an uploaded file and keep it under a name that nobody can guess or choose.

    Raises ValidationError, saying what is allowed, for a wrong type, size or content.
    """
    name = checked_name(upload)
    digest = hashlib.sha256()
    path = new_path(name)
    target = root() / path
    target.parent.mkdir(parents=True, exist_ok=True)
    if_it_fails(lambda: target.unlink(missing_ok=True))
    with target.open("xb") as out:
        for chunk in upload.chunks():
            digest.update(chunk)
            out.write(chunk)
    return StoredFile.objects.create(
        name=name,
        path=path,
        size=upload.size or 0,
        digest=digest.hexdigest(),
        uploaded_by=actor.name,
        user_id=actor.user_id,
    )


def checked_name(upload: UploadedFile[Any]) -> str:
    """Return the name of an uploaded file; raise ValidationError for what can't be attached."""
    name = PurePosixPath((upload.name or "").replace("\\", "/")).name.replace("\x00", "")[-255:]
    _check(upload, name, Path(name).suffix.lower())
    return name


def new_path(name: str) -> str:
    """Return where a new file is to lie, below the organisation's folder."""
    return f"{secrets.token_hex(1)}/{secrets.token_hex(16)}{Path(name).suffix.lower()}"


def _check(upload: UploadedFile[Any], name: str, kind: str) -> None:
    if kind not in TYPES:
        allowed = " ".join(sorted(k[1:] for k in TYPES))
        raise ValidationError(
            _("“%(name)s” can't be attached. Allowed are: %(allowed)s.")
            % {"name": name, "allowed": allowed}
        )
    if not upload.size or upload.size > MAX_BYTES:
        raise ValidationError(
            _("“%(name)s” must be larger than nothing and at most %(limit)s MB.")
            % {"name": name, "limit": MAX_BYTES // 1024 // 1024}
        )
    beginning = upload.read(16)
    upload.seek(0)
    if not beginning.startswith(TYPES[kind]):
        raise ValidationError(
            _("“%(name)s” is not really a %(kind)s file. Save it again in that format.")
            % {"name": name, "kind": kind[1:]}
        )
    refuse_if_found(name, upload.chunks())
    upload.seek(0)


def forget(stored: StoredFile) -> None:
    """Delete a file's bytes and its name once the change under way is committed; its row stays."""
    place = root() / stored.path
    StoredFile.objects.filter(pk=stored.pk).update(name="-", size=0, digest="")
    transaction.on_commit(lambda: place.unlink(missing_ok=True))
