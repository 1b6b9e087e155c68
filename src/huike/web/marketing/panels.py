"""What the pages of segments and campaigns show beyond the generic."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import quote

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from huike.analytics.loop.power import Power, foresee
from huike.analytics.loop.result import measure
from huike.customers.models import Party
from huike.kernel.access.scope import may
from huike.kernel.actor import Op
from huike.kernel.entity.entity import entity_of
from huike.kernel.entity.reading import cover
from huike.marketing.models import Campaign, Segment
from huike.marketing.segments import members
from huike.ui.charts import said
from huike.web.marketing.results import groups_of, points, tasks_address, words_of
from huike.web.marketing.telling import tell_segment
from huike.web.records.loading import Open
from huike.web.records.panels import Panel, add_panel

FEW = 8


def segment_facts(opened: Open) -> dict[str, Any] | None:
    """Show what the segment says, how many the reader finds in it, and the first of them."""
    actor, row = opened.actor, cast(Segment, opened.row)
    if not may(actor, Party, Op.VIEW):
        return None
    told = tell_segment(actor, row)
    fields = entity_of(Party).fields(actor)
    shown = [fields[n] for n in ("name", "phone", "level", "owner") if n in fields]
    rows: list[Party] = []
    if told.size:
        found = members(actor, row).select_related("owner")
        rows = list(found.order_by("-changed_at", "-pk")[:FEW])
        cover(actor, shown, rows)
    chosen = quote(f'["segment","in",[{row.pk}]]')
    return {
        "told": told,
        "rows": rows,
        "shown": shown,
        "address": f"/customers/party/?filter={chosen}",
        "export": f"/customers/party/export/?filter={chosen}",
        "may_export": may(actor, Party, Op.EXPORT),
        "may_campaign": may(actor, Campaign, Op.ADD),
        "by_hand": row.kind == Segment.Kind.STATIC and opened.may_edit,
        "may_point": opened.may_edit,
    }


def campaign_facts(opened: Open) -> dict[str, Any] | None:
    """Show what is next: what the groups could show, then what came of them."""
    actor, row = opened.actor, cast(Campaign, opened.row)
    given: dict[str, Any] = {"groups": groups_of(actor, row), "power": None, "words": None}
    given["tasks_address"] = tasks_address(row, actor)
    if row.state == Campaign.State.DRAFT:
        try:
            power = foresee(actor, row)
            given |= {"power": power, "says": power_in_words(power)}
        except ValidationError as error:
            given["wrong"] = " ".join(error.messages)
    elif found := measure(actor, row):
        given |= {"found": found, "words": words_of(found)}
    return given


def power_in_words(power: Power) -> list[str]:
    """Say what the groups could show, before anything is done."""
    told = {
        "usual": said(power.usual, "share"),
        "smallest": points(power.smallest or 0),
        "expected": points(power.expected),
        "chance": said(power.chance, "share"),
        "needed": said(power.needed),
    }
    sources = {
        "given": _("About %(usual)s would buy anyway, as the campaign says."),
        "warning": _("About %(usual)s would buy anyway, as the churn warning has it."),
        "history": _("About %(usual)s would buy anyway: as many did in as long a time before."),
        "assumed": _("It is assumed that %(usual)s would buy anyway."),
    }
    said_so = [sources[power.source] % told]
    if power.smallest is None:
        said_so.append(_("These are too few customers to show any effect."))
    else:
        text = _("From %(smallest)s points more an effect would be seen, 8 times out of 10.")
        said_so.append(text % told)
    text = _("You expect %(expected)s points; the chance to see that is %(chance)s.")
    said_so.append(text % told)
    if not power.is_enough and power.needed is not None:
        said_so.append(_("To be fairly sure it would take %(needed)s customers.") % told)
    return said_so


def register() -> None:
    """Put the panels on the pages."""
    add_panel(Segment.label(), Panel("web/marketing/segment.html", segment_facts, "main"))
    add_panel(Campaign.label(), Panel("web/marketing/campaign.html", campaign_facts, "main"))
