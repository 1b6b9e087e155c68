"""The files that are brought in: kept out of the web's reach until their import is done."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from huike.kernel import files
from huike.kernel.actor import Actor
from huike.kernel.exchange.importing.models import ImportRun

MAX_BYTES = 300 * 1024 * 1024
CHUNK = 1024 * 1024


def folder() -> Path:
    """Return where the files of imports lie."""
    path = files.root() / "imports"
    path.mkdir(parents=True, exist_ok=True)
    return path


def path_of(run: ImportRun) -> Path:
    """Return where the file of an import lies; raise ValidationError where it is gone."""
    path = folder() / PurePosixPath(run.path).name
    if not run.path or not path.is_file():
        raise ValidationError(_("The file is not kept any more. Choose it again."))
    return path


def scratch_of(run: ImportRun) -> Path:
    return folder() / f"{run.pk}.scratch"


def keep(actor: Actor, name: str, chunks: Iterable[bytes]) -> ImportRun:
    """Keep an uploaded file and begin an import with it; raise ValidationError if too large."""
    digest, size = hashlib.sha256(), 0
    path = folder() / secrets.token_hex(16)
    try:
        with path.open("xb") as out:
            for chunk in chunks:
                size += len(chunk)
                if size > MAX_BYTES:
                    raise ValidationError(
                        _("The file is larger than %(limit)s MB. Divide it, or pack it as .gz.")
                        % {"limit": MAX_BYTES // 1024 // 1024}
                    )
                digest.update(chunk)
                out.write(chunk)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return ImportRun.objects.create(
        file_name=plain_name(name),
        path=path.name,
        digest=digest.hexdigest(),
        size=size,
        user_id=actor.user_id,
        actor=actor.name,
    )


def keep_path(actor: Actor, source: Path) -> ImportRun:
    """Keep a copy of a file on this machine and begin an import with it."""
    with source.open("rb") as stream:
        return keep(actor, source.name, iter(lambda: stream.read(CHUNK), b""))


def plain_name(name: str) -> str:
    """Return the name of a file without folders and without signs that no name has."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return "".join(sign for sign in last if sign.isprintable())[-255:] or "file"


def drop(run: ImportRun) -> None:
    """Delete the file of an import."""
    if run.path:
        (folder() / PurePosixPath(run.path).name).unlink(missing_ok=True)
    scratch_of(run).unlink(missing_ok=True)
    ImportRun.objects.filter(pk=run.pk).update(path="")
    run.path = ""


def own_run(actor: Actor, pk: int) -> ImportRun:
    """Return an import of the actor's own (an administrator: any); raise PermissionDenied."""
    run = own_runs(actor).filter(pk=pk).first()
    if run is None:
        raise PermissionDenied(_("This import is not yours."))
    return run


def own_runs(actor: Actor) -> QuerySet[ImportRun]:
    """Return the imports that `actor` may see."""
    runs = ImportRun.objects.all()
    return runs if actor.is_unlimited else runs.filter(user_id=actor.user_id or -1)
