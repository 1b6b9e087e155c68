"""Prints dossiers on A4: one customer or many, as one PDF each or all in one (WeasyPrint)."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, BinaryIO

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from huike.customers.dossier.contents import Ask, Part, parts_of
from huike.customers.models import Party
from huike.kernel.access.scope import require
from huike.kernel.actor import Actor, Op
from huike.kernel.change.journal import note_export
from huike.kernel.entity.entity import Entity
from huike.kernel.entity.titles import title

UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f]')
Progress = Callable[[int], None] | None


@dataclass(frozen=True)
class Printed:
    """A dossier as PDF, with what its maker read for it."""

    content: bytes
    pages: int
    ask: Ask


def page_of(ask: Ask, parts: list[Part] | None = None) -> str:
    """Return the dossier as an HTML page that needs nothing else."""
    given = {
        "parts": parts_of(ask) if parts is None else parts,
        "name": title(ask.actor, ask.party),
        "year": ask.year,
        "maker": ask.actor.name,
        "at": timezone.localtime(),
    }
    return render_to_string("customers/dossier.html", given)


def printed(actor: Actor, party: Party, year: int | None = None) -> Printed:
    """Return the dossier of a customer as PDF; raises PermissionDenied where export is not allowed.

    It is not journaled here: callers do, once for all that goes out together.
    """
    require(actor, Op.EXPORT, party)
    ask = Ask(actor, party, year)
    document = _laid_out(page_of(ask))
    return Printed(document.write_pdf(), len(document.pages), ask)


def _laid_out(page: str) -> Any:
    from weasyprint import HTML  # takes a second to load: only who prints waits for it

    return HTML(string=page, url_fetcher=_nothing).render(font_config=_fonts())


@cache
def _fonts() -> Any:
    from weasyprint.text.fonts import FontConfiguration

    return FontConfiguration()


def _nothing(address: str, *_more: Any, **_others: Any) -> dict[str, Any]:
    """Refuse every address: what a customer wrote must not fetch files or pages."""
    raise ValueError(f"a dossier fetches nothing: {address}")


def write_zip(
    actor: Actor, entity: Entity, rows: QuerySet[Any], out: BinaryIO, progress: Progress = None
) -> int:
    """Write one PDF for each customer into a ZIP, journal it, and return how many there are."""
    names: set[str] = set()
    read: set[str] = set()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as package:
        for number, party in enumerate(_each(rows), 1):
            made = printed(actor, party)
            package.writestr(_named(actor, party, names), made.content)
            read |= _fields(made.ask)
            if progress:
                progress(number)
    return _journaled(actor, entity, len(names), read, "dossier")


def write_joined(
    actor: Actor, entity: Entity, rows: QuerySet[Any], out: BinaryIO, progress: Progress = None
) -> int:
    """Write the dossiers of all customers as one PDF, for one print run; else like `write_zip`."""
    documents: list[Any] = []
    read: set[str] = set()
    for number, party in enumerate(_each(rows), 1):
        require(actor, Op.EXPORT, party)
        ask = Ask(actor, party)
        documents.append(_laid_out(page_of(ask)))
        read |= _fields(ask)
        if progress:
            progress(number)
    if documents:
        pages = [page for document in documents for page in document.pages]
        documents[0].copy(pages).write_pdf(out)
    return _journaled(actor, entity, len(documents), read, "dossier_joined")


def _each(rows: QuerySet[Any]) -> Iterator[Party]:
    yield from rows.iterator(100)


def _fields(ask: Ask) -> set[str]:
    return {f"{label}.{name}" for label, names in ask.read.fields.items() for name in names}


def _journaled(actor: Actor, entity: Entity, count: int, read: set[str], kind: str) -> int:
    label = entity.model.label()
    note_export(actor, label, rows=count, fields=sorted(read), kind=kind)
    return count


def _named(actor: Actor, party: Party, names: set[str]) -> str:
    """Return a name for the file that no other has and every system takes."""
    called = UNSAFE.sub("_", title(actor, party)).strip(" .")[:80] or _("Dossier")
    name = f"{called}.pdf" if f"{called}.pdf" not in names else f"{called}-{party.pk}.pdf"
    names.add(name)
    return name
