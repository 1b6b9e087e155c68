"""The quality of the customer files: how good, since when, what is wrong; rules and weights."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huike.customers.models import Party
from huike.customers.quality import completeness, profile
from huike.customers.quality.models import FieldWeight, Finding, QualityDay, QualityRule
from huike.kernel.access.scope import may, require_any, visible
from huike.kernel.actor import Actor, Op
from huike.kernel.change.work import change
from huike.kernel.entity.entity import entity_of
from huike.kernel.jobs.queue import enqueue
from huike.kernel.lists.filters import condition, parse_filter
from huike.kernel.lists.view import ListView
from huike.kernel.lists.words import chips
from huike.ui.charts import Chart, Row, Series, Table, said, trend
from huike.ui.menu import Page, add_page
from huike.web.customers.panels import party
from huike.web.lists.offers import Offer, add_offer
from huike.web.records.loading import Open
from huike.web.records.panels import Panel, add_panel
from huike.web.rendering import actor_of, go, render, tell

HERE = "/customers/quality/"


def may_look(actor: Actor) -> bool:
    return may(actor, Party, Op.VIEW) and may(actor, QualityRule, Op.VIEW)


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Show how good the files are that the reader sees, of persons or organisations."""
    actor = actor_of(request)
    require_any(actor, QualityRule, Op.VIEW)
    require_any(actor, Party, Op.VIEW)
    kind = _kind(request)
    return render(
        request,
        "web/customers/quality.html",
        kind=kind,
        kinds=Party.Kind.choices,
        whole=profile.whole(actor, kind),
        lines=profile.lines(actor, kind),
        broken=[(one, _address(_all(kind, ["findings__rule", "is", one.rule.pk])))
                for one in profile.broken(actor, kind)],
        poor=_address(_all(kind, ["completeness", "lt", 60])) + "&sort=completeness",
        wrong=_address(_all(kind, ["findings__rule", "filled"])),
        history=_history(actor),
        may_weigh=may(actor, FieldWeight, Op.EDIT),
        may_rule=may(actor, QualityRule, Op.ADD),
        address=_address,
        leaf=lambda name: _all(kind, [name, "empty"]),
    )  # fmt: skip


def _kind(request: HttpRequest) -> str:
    given = request.GET.get("kind", "")
    return given if given in Party.Kind.values else Party.Kind.PERSON


def _all(kind: str, *leaves: list[Any]) -> Any:
    return {"all": [["is_customer", "yes"], ["kind", "is", kind], *leaves]}


def _address(tree: Any) -> str:
    return "/customers/party/?" + urlencode({"filter": json.dumps(tree, ensure_ascii=False)})


def _history(actor: Actor) -> Chart | None:
    """Return completeness and findings of the firm, or of the reader's department, by week."""
    if not may(actor, QualityDay, Op.VIEW):
        return None
    days = profile.history(actor, None if actor.is_unlimited else _department(actor))
    if len(days) < 2:
        return None
    labels = [f"{d.on:%m-%d}" for d in days]
    grown = profile.change_since(days)
    says = _("Completeness went from %(was)s to %(now)s per cent in %(n)s weeks, findings from %(f)s to %(g)s.") % {  # noqa: E501
        "was": said(days[0].completeness, "number"), "now": said(days[-1].completeness, "number"),
        "n": len(days), "f": days[0].findings, "g": days[-1].findings}  # fmt: skip
    rows = [Row((f"{d.on}", said(d.completeness, "number"), said(d.findings), said(d.files)))
            for d in reversed(days)]  # fmt: skip
    table = Table((_("Week"), _("Completeness (%)"), _("Findings"), _("Customer files")), rows)
    tone = "good" if grown is not None and grown >= 0 else "bad"
    series = [Series(_("Completeness (%)"), [d.completeness for d in days], tone=tone, area=True)]
    return Chart(_("Before and after"), trend(labels, series, "number"), table, says, size="low")


def _department(actor: Actor) -> int | None:
    """Return the department whose history is shown: none for who sees all customers."""
    return None if "all" in actor.reaches(Party.label(), Op.VIEW) else actor.department_id


@require_POST
def check_now(request: HttpRequest) -> HttpResponse:
    """Ask for a check of all files in the background."""
    actor = actor_of(request)
    require_any(actor, QualityRule, Op.EDIT)
    enqueue(actor, "customers.quality", key="asked")
    tell(request, _("All files are being checked; look again in a minute."))
    return go(request, HERE)


@require_http_methods(["GET", "POST"])
def weights(request: HttpRequest) -> HttpResponse:
    """Show and set how much each field counts, for persons and organisations."""
    actor = actor_of(request)
    require_any(actor, FieldWeight, Op.EDIT if request.method == "POST" else Op.VIEW)
    kind, errors = _kind(request), list[str]()
    if request.method == "POST":
        given = {n.removeprefix("w-"): str(v) for n, v in request.POST.items() if n[:2] == "w-"}
        numbers = {n: int(v) for n, v in given.items() if v.isdigit() and len(v) < 4}
        try:
            completeness.set_weights(actor, kind, numbers)
        except ValidationError as error:
            errors = error.messages
        else:
            enqueue(actor, "customers.quality", key="asked")
            tell(request, _("Saved. All files are being scored anew."))
            return go(request, f"{HERE}weights/?kind={kind}")
    return _weights(request, actor, kind, errors)


def _weights(request: HttpRequest, actor: Actor, kind: str, errors: list[str]) -> HttpResponse:
    known, now = entity_of(Party).fields(actor), completeness.weights()[kind]
    entity = entity_of(Party)
    other = {n for s in entity.form if s.when.get("kind", kind) != kind for n in s.fields}
    shown = [known[n] for n in completeness.weighable() if n in known and n not in other]
    return render(
        request,
        "web/customers/quality_weights.html",
        status=422 if errors else 200,
        kind=kind,
        kinds=Party.Kind.choices,
        shown=[(f, now.get(f.name, 0)) for f in shown],
        whole=sum(now.values()),
        errors=errors,
        may_edit=may(actor, FieldWeight, Op.EDIT),
    )


@require_http_methods(["GET", "POST"])
def rule(request: HttpRequest) -> HttpResponse:
    """Make a rule, for all customers or for those of a list's filter."""
    actor = actor_of(request)
    require_any(actor, QualityRule, Op.ADD)
    given = request.POST if request.method == "POST" else request.GET
    typed, errors = given.dict(), list[str]()
    tree = None
    try:
        tree = parse_filter(given.get("filter", ""))
        condition(actor, entity_of(Party), tree)
        if request.method == "POST":
            row = _made(actor, given.dict(), tree)
            tell(request, _("The rule holds from now on; all files are being checked."))
            return go(request, f"/customers/qualityrule/{row.pk}/")
    except ValidationError as error:
        errors = error.messages
    fields = [f for f in entity_of(Party).fields(actor).values() if f.compute is None]
    return render(
        request,
        "web/customers/quality_rule.html",
        status=422 if errors else 200,
        typed=typed,
        errors=errors,
        fields=fields,
        checks=QualityRule.Check.choices,
        chips=chips(actor, entity_of(Party), tree) if tree and not errors else [],
    )


def _made(actor: Actor, given: dict[str, str], tree: Any) -> QualityRule:
    row = QualityRule(
        name=given.get("name", "").strip(),
        check_kind=given.get("check_kind", ""),
        field=given.get("field", ""),
        pattern=given.get("pattern", ""),
        remark=given.get("remark", ""),
        only=tree,
    )
    with change(actor, "customers.add_quality_rule"):
        row.save()
        enqueue(actor, "customers.quality", key="asked")
    return row


def quality_facts(opened: Open) -> dict[str, Any] | None:
    """Show how complete this file is, what is missing, and which rules it breaks."""
    row = party(opened)
    if not row.is_customer or not may(opened.actor, QualityRule, Op.VIEW):
        return None
    weighed = completeness.weights()[row.kind]
    bare = completeness.missing(row, weighed)
    known = opened.fields
    found = visible(opened.actor, Finding).filter(party=row).select_related("rule")
    return {
        "score": completeness.score(row, weighed),
        "missing": [known[n] for n in bare if n in known],
        "hidden": len([n for n in bare if n not in known]),
        "findings": [(f.rule, known.get(f.rule.field)) for f in found],
    }


def _from_list(view: ListView) -> str:
    return f"{HERE}rule/?{urlencode({'filter': json.dumps(view.filter, ensure_ascii=False)})}"


def register() -> None:
    """Add the page to the menu, the panel to customers, and the offer to their list."""
    side = Panel(
        "web/customers/quality_panel.html", quality_facts, replaces=("findings",), late=True
    )
    add_panel(Party.label(), side)
    add_page(
        Page(
            "customers", gettext_lazy("Quality of files"), "checklist", "quality", for_whom=may_look
        )
    )
    offer = Offer(gettext_lazy("Make a quality rule of this"), "checklist", _from_list,
                  lambda actor: may(actor, QualityRule, Op.ADD))  # fmt: skip
    add_offer(Party.label(), offer)
