"""What the timeline gives a customer's dossier: visit reports in full, other contacts as a list."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from huike.channels.models import Interaction
from huike.channels.queries import contacts
from huike.customers.dossier.contents import Ask, Chapter, Report, add

VISITS = (Interaction.Kind.VISIT, Interaction.Kind.MEETING)
HEAD = ("at", "kind", "author", "place", "minutes")


def visits(ask: Ask) -> list[Chapter]:
    """Return the reports of visits and meetings, and the other contacts as a table."""
    if not ask.may_view(Interaction):
        return []
    rows = (
        contacts(ask.actor, ask.party).filter(ask.within("at", moment=True)).order_by("-at", "-pk")
    )
    others = ("at", "kind", "direction", "subject", "body", "author")
    return [
        Chapter(_("Visit reports"), reports=_reports(ask, rows.filter(kind__in=VISITS))),
        Chapter(_("Other contacts"), table=ask.table(rows.exclude(kind__in=VISITS), others)),
    ]


def _reports(ask: Ask, rows: QuerySet[Interaction]) -> list[Report]:
    fields = ask.fields(Interaction, (*HEAD, "subject", "body"))
    found = ask.rows(rows, fields)
    return [
        Report(
            " · ".join(t for f in fields if f.name in HEAD and (t := f.text(row))),
            "\n".join(t for f in fields if f.name not in HEAD and (t := f.text(row))),
        )
        for row in found
    ]


def register() -> None:
    """Add the source of this room."""
    add(1, 30, visits)
