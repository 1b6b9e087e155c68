"""What this room gives a dossier: the file itself, ties, and where the paper originals lie."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Q
from django.utils.translation import gettext as _

from huike.customers.dossier.contents import PARTS, Ask, Chapter, add
from huike.customers.dossier.models import DossierOriginal
from huike.customers.models import Party, Tie
from huike.kernel.access.scope import visible
from huike.kernel.entity.entity import entity_of

CREDIT = ("credit_limit", "credit_days", "tax_number", "level")


def background(ask: Ask) -> list[Chapter]:
    """Return the sections of the file, each a chapter with the fields that say something."""
    entity = entity_of(Party)
    known = list(entity.fields(ask.actor).values())
    found = ask.rows(visible(ask.actor, Party).filter(pk=ask.party.pk), known)
    if not found:
        return []
    row, fields = found[0], {f.name: f for f in known}
    chapters = []
    for section in entity.form:
        if section.applies(row):
            shown = [fields[n] for n in section.fields if n in fields and n not in CREDIT]
            pairs = [(f.label, f.text(row)) for f in shown if f.raw(row) is not False]
            chapters.append(Chapter(section.title, [pair for pair in pairs if pair[1]]))
    custom = [(f.label, f.text(row)) for f in known if f.is_custom]
    return [*chapters, Chapter(_("More fields"), [pair for pair in custom if pair[1]])]


def ties(ask: Ask) -> list[Chapter]:
    if not ask.may_view(Tie):
        return []
    rows = visible(ask.actor, Tie).filter(Q(party=ask.party) | Q(other=ask.party)).order_by("pk")
    names = ("party", "kind", "other", "position", "role", "since", "remark")
    return [Chapter(_("Ties"), table=ask.table(rows, names))]


def credit(ask: Ask) -> list[Chapter]:
    fields = ask.fields(Party, CREDIT)
    rows = ask.rows(visible(ask.actor, Party).filter(pk=ask.party.pk), fields)
    pairs = [(f.label, f.text(row)) for row in rows for f in fields]
    return [Chapter(_("Credit agreed"), [pair for pair in pairs if pair[1]])]


def originals(part: int) -> Callable[[Ask], list[Chapter]]:
    """Return the source of the chapter that says where the originals of a part lie."""

    def source(ask: Ask) -> list[Chapter]:
        if not ask.may_view(DossierOriginal):
            return []
        rows = visible(ask.actor, DossierOriginal).filter(party=ask.party, part=str(part))
        rows = rows.filter(ask.within("dated") | Q(dated=None)).order_by("dated", "pk")
        names = ("number", "name", "kind", "dated", "sheets", "place")
        return [Chapter(_("Paper originals of this part"), table=ask.table(rows, names))]

    return source


def register() -> None:
    """Add the sources of this room."""
    add(1, 10, background)
    add(1, 20, ties)
    add(2, 10, credit)
    for number in PARTS:
        add(number, 90, _originals[number])


_originals = {number: originals(number) for number in PARTS}
