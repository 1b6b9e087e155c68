"""The net of a party's ties as a picture two steps deep, with the same in a table beside it."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huike.customers.models import Party, Tie
from huike.customers.network import Net, net_of
from huike.kernel.access.scope import may, require_any
from huike.kernel.actor import Actor, Op
from huike.kernel.entity.entity import entity_of
from huike.kernel.entity.titles import text_of, title
from huike.ui.charts import Chart, Row, Table
from huike.ui.net import Knot, Strand, net
from huike.web.records.loading import context_of, open_row
from huike.web.records.pages import is_pinned
from huike.web.records.panels import panels_of
from huike.web.rendering import render


@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the net on a page of its own, or as the picture that the panel asks for."""
    opened = open_row(request, entity_of(Party), pk)
    require_any(opened.actor, Tie, Op.VIEW)
    found = net_of(opened.actor, cast(Party, opened.row))
    return render(
        request,
        "web/customers/net_page.html",
        part="web/customers/net.html",
        **context_of(opened),
        pinned=is_pinned(opened),
        panels=panels_of(opened, "head"),
        chart_of=chart_of(opened.actor, found),
        may_add=may(opened.actor, Tie, Op.ADD),
        tab="ties",
    )


def chart_of(actor: Actor, found: Net) -> Chart:
    """Return the net as a picture and as a table, each party named as its reader may."""
    names = {party.pk: title(actor, party) for party in found.parties}
    kinds = _kinds(actor, found)
    groups = sorted(set(kinds.values()))
    knots = [
        Knot(str(p.pk), names[p.pk], groups.index(kinds[p.pk]), step, _address(p.pk))
        for p, step in found.parties.items()
    ]
    strands = [
        Strand(str(t.party_id), str(t.other_id), _word(actor, t), f"/customers/tie/{t.pk}/")
        for t in found.ties
    ]
    note = "" if found.is_whole else _("Only the nearest %s are shown.") % len(knots)
    says = _("%(parties)s customers and %(ties)s ties, two steps from here.") % {
        "parties": len(knots) - 1,
        "ties": len(strands),
    }
    table = Table((_("Who"), _("Tie"), _("To whom"), _("More")), _rows(actor, found, names),
                  frozenset({0, 1, 2, 3}))  # fmt: skip
    return Chart(_("Ties"), net(groups, knots, strands), table, says, note).wide()


def _kinds(actor: Actor, found: Net) -> dict[int, str]:
    """Return what each party is, for its colour, as far as the reader may know."""
    return {party.pk: text_of(actor, party, "kind") for party in found.parties}


def _rows(actor: Actor, found: Net, names: dict[int, str]) -> list[Row]:
    steps = {party.pk: step for party, step in found.parties.items()}
    near = sorted(found.ties, key=lambda t: (min(steps[t.party_id], steps[t.other_id]), t.pk))
    return [
        Row(
            (names[t.party_id], _word(actor, t), names[t.other_id], _more(actor, t)),
            _address(t.party_id),
        )
        for t in near
    ]


def _word(actor: Actor, tie: Tie) -> str:
    return text_of(actor, tie, "kind")


def _more(actor: Actor, tie: Tie) -> str:
    told = (text_of(actor, tie, name) for name in ("position", "role"))
    return " · ".join(text for text in told if text)


def _address(key: int) -> str:
    return f"/customers/party/{key}/"
