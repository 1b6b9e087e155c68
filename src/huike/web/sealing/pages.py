"""The sealed part of one record: closed it asks for the second secret, open it shows and seals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from huike.channels import sealing as notes
from huike.channels.models import Interaction
from huike.customers.models import Party
from huike.kernel.access.scope import may
from huike.kernel.actor import Op
from huike.kernel.change.work import change
from huike.kernel.entity.entity import Entity, entity_of
from huike.kernel.files import StoredFile
from huike.kernel.kinds.kind import EMPTY
from huike.kernel.records.sealing import sealed_names
from huike.kernel.sealing import contents
from huike.kernel.sealing.fields import REMARK, can_be_sealed, label_of, readable_names, sealable
from huike.kernel.sealing.files.filing import files_with, seal_file, unseal_file
from huike.kernel.sealing.opening import Opened, is_admitted, reader_of
from huike.web.records.loading import Open, context_of, open_row
from huike.web.rendering import go, render, tell
from huike.web.sealing.cookie import opened_of, require_opened
from huike.web.sealing.files import chosen, files_told


@dataclass(frozen=True)
class Shown:
    """One sealed value as its reader sees it."""

    name: str
    label: str
    text: str
    is_writable: bool


@require_GET
def show(request: HttpRequest, entity: Entity, pk: int) -> HttpResponse:
    """Show what is sealed on a record, or ask for the second secret."""
    found = _open(request, entity, pk)
    reader = reader_of(found.actor)
    key = opened_of(request) if is_admitted(reader) else None
    more: dict[str, Any] = {}
    if key is not None:
        with change(found.actor, "sealing.view"):
            more = {"shown": _shown(found, key), "notes": _notes(found, key)}
    files = files_with(found.actor, found.row)
    answer = render(
        request,
        "web/sealing/record.html",
        **context_of(found),
        **more,
        reader=reader,
        admitted=is_admitted(reader),
        key=key,
        here=f"{found.address}sealed/",
        free=_free(found),
        clear=_clear_notes(found),
        clear_files=[f for f in files if not f.is_sealed] if found.may_edit else [],
        **files_told(files, key),
        may_note=isinstance(found.row, Party) and may(found.actor, Interaction, Op.ADD),
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _open(request: HttpRequest, entity: Entity, pk: int) -> Open:
    if not can_be_sealed(entity):
        raise Http404(_("Records of this kind are not sealed."))
    return open_row(request, entity, pk)


def _shown(found: Open, key: Opened) -> list[Shown]:
    names = readable_names(found.row, sealed_names(found.row), found.fields)
    values = contents.read(found.actor, key, found.row, names)
    return [
        Shown(n, label_of(n, found.fields), str(v), n == REMARK or found.fields[n].is_writable)
        for n, v in values.items()
    ]


def _notes(found: Open, key: Opened) -> list[tuple[Interaction, dict[str, Any]]]:
    if not isinstance(found.row, Party) or not may(found.actor, Interaction, Op.VIEW):
        return []
    fields = entity_of(Interaction).fields(found.actor)
    rows = notes.sealed_notes(found.actor, found.row)
    return [
        (n, contents.read(found.actor, key, n, readable_names(n, sealed_names(n), fields)))
        for n in rows
    ]


def _free(found: Open) -> list[Any]:
    """Return the fields that hold something in clear and may be sealed."""
    if not found.may_edit:
        return []
    known = sealable(found.entity, found.fields)
    held = sealed_names(found.row)
    return [f for n, f in known.items() if n not in held and f.raw(found.row) not in EMPTY]


def _clear_notes(found: Open) -> int:
    row = found.row
    return len(notes.clear_notes(found.actor, row)) if isinstance(row, Party) else 0


def _do(
    request: HttpRequest, entity: Entity, pk: int, act: Callable[[Open, Opened], str]
) -> HttpResponse:
    """Do something to what is sealed of a record that is open, and go back to it."""
    found = _open(request, entity, pk)
    try:
        tell(request, act(found, require_opened(request)))
    except ValidationError as error:
        tell(request, " ".join(error.messages), kind="wrong")
    return go(request, f"{found.address}sealed/")


@require_POST
def seal(request: HttpRequest, entity: Entity, pk: int) -> HttpResponse:
    """Seal the chosen fields, a remark that was never in clear, and the notes if asked."""

    def act(found: Open, key: Opened) -> str:
        known = sealable(found.entity, found.fields)
        names = [n for n in request.POST.getlist("field") if n in known]
        files = [f for f in files_with(found.actor, found.row) if chosen(request, f)]
        remark = request.POST.get("remark", "").strip()
        with change(found.actor, "sealing.seal"):
            if names or remark:
                given = {REMARK: remark}
                contents.seal(found.actor, key, found.row, names, given)
            count = 0
            if "notes" in request.POST and isinstance(found.row, Party):
                clear = notes.clear_notes(found.actor, found.row)
                count = notes.seal_notes(found.actor, key, clear)
            for stored in files:
                seal_file(found.actor, key, found.row, stored)
        if not (names or remark or count or files):
            raise ValidationError(_("Choose what to seal."))
        said = _("Sealed. It opens only with a second secret now.")
        told = ngettext("%(n)s note was sealed.", "%(n)s notes were sealed.", count)
        also = ngettext("%(n)s file was sealed.", "%(n)s files were sealed.", len(files))
        parts = [said, told % {"n": count} if count else "", also % {"n": len(files)}]
        return " ".join(parts if files else parts[:2]).strip()

    return _do(request, entity, pk, act)


@require_POST
def rewrite(request: HttpRequest, entity: Entity, pk: int) -> HttpResponse:
    """Change sealed values."""

    def act(found: Open, key: Opened) -> str:
        held = readable_names(found.row, sealed_names(found.row), found.fields)
        may_write = [n for n in held if n == REMARK or found.fields[n].is_writable]
        given = {n: request.POST[n].strip() for n in may_write if n in request.POST}
        contents.rewrite(found.actor, key, found.row, given)
        return _("Saved, and still sealed.")

    return _do(request, entity, pk, act)


@require_POST
def note(request: HttpRequest, entity: Entity, pk: int) -> HttpResponse:
    """Write a note that is sealed from its first moment."""

    def act(found: Open, key: Opened) -> str:
        if not isinstance(found.row, Party):
            raise Http404
        notes.write_sealed_note(found.actor, key, found.row, request.POST.get("text", ""))
        return _("The sealed note was added to the timeline.")

    return _do(request, entity, pk, act)


@require_POST
def unseal(request: HttpRequest, entity: Entity, pk: int) -> HttpResponse:
    """Put everything back in clear."""

    def act(found: Open, key: Opened) -> str:
        contents.unseal(found.actor, key, found.row)
        return _("It is in clear again: whoever sees the record can read it.")

    return _do(request, entity, pk, act)


@require_POST
def unseal_one(request: HttpRequest, entity: Entity, pk: int, file: int) -> HttpResponse:
    """Put one file back in clear."""

    def act(found: Open, key: Opened) -> str:
        mine = {f.pk: f for f in files_with(found.actor, found.row)}
        if file not in mine:
            raise Http404(_("There is no such file, or you may not see the record it belongs to."))
        unseal_file(found.actor, key, found.row, mine[file])
        return _("The file is in clear again: whoever sees the record can read it.")

    return _do(request, entity, pk, act)


def protection(opened: Open) -> dict[str, Any] | None:
    """Show on a record's page that it is locked, what is sealed, and the way to it."""
    row = opened.row
    names = [n for n in sealed_names(row) if n == REMARK or n in opened.fields]
    return {
        "locked": bool(getattr(row, "is_locked", False)),
        "reason": getattr(row, "lock_reason", ""),
        "names": [label_of(n, opened.fields) for n in names],
        "files": _sealed_count(opened),
        "may": bool(names) or opened.may_edit,
    }


def _sealed_count(opened: Open) -> int:
    """Count the sealed files that hang on the record itself; one query."""
    row = opened.row
    found = StoredFile.objects.filter(record=row.label(), record_id=row.pk, is_sealed=True)
    return found.count()
