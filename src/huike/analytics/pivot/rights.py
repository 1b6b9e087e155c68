"""What an actor may ask of the star: which facts, measures, levels, and which rows count.

A level or a measure is open to who may read in full the fields that it is made of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from huike.analytics.models import Score
from huike.analytics.runs import loading
from huike.customers.models import Party
from huike.kernel.access.scope import may, visible, within
from huike.kernel.actor import Actor, Op, Reach
from huike.kernel.entity.entity import entity_of
from huike.kernel.entity.titles import is_open
from huike.kernel.records.record import Record

if TYPE_CHECKING:
    from huike.warehouse.star.declaring import Dimension, Fact, Measure, Star

ORDER, PRODUCT, PARTY = "trade.order", "catalog.product", "customers.party"
SCORE, DEPARTMENT = "analytics.score", "staff.department"
Needs = tuple[tuple[str, str], ...]  # (record, field); an empty field asks for the record alone

_AMOUNT: Needs = ((ORDER, "total"),)
_COST: Needs = ((ORDER, "cost"), (PRODUCT, "cost"))
_VERDICT: Needs = (("surveys.answer", "kind"), ("surveys.answer", "verdict"))
_STATE: Needs = (("office.task", "state"), ("office.task", "done_at"))
MEASURES: Mapping[str, Mapping[str, Needs]] = {
    "sale": {
        **dict.fromkeys(("revenue", "sold", "returns", "average_order", "revenue_share"), _AMOUNT),
        "cost": _COST,
        "margin": _AMOUNT + _COST,
        "margin_rate": _AMOUNT + _COST,
        "discount": _AMOUNT,
        "lines": ((ORDER, "lines_count"),),
        "customers": ((ORDER, "party"),),
    },
    "interaction": {
        "minutes": (("channels.interaction", "minutes"),),
        "customers": (("channels.interaction", "party"),),
        "per_customer": (("channels.interaction", "party"),),
    },
    "task": {
        "done": _STATE,
        "on_time": _STATE,
        "on_time_rate": _STATE,
        "customers": (("office.task", "party"),),
    },
    "customer_event": {
        "new_customers": ((ORDER, "on"),),
        "upgraded": ((PARTY, "level"),),
        "downgraded": ((PARTY, "level"),),
        "moved": ((PARTY, "owner"), (PARTY, "department")),
    },
    "survey_answer": {
        "csat": _VERDICT,
        "net_promoters": _VERDICT,
        "unhappy": _VERDICT,
        "customers": (("surveys.answer", "party"),),
    },
    "campaign_member": {
        "treated_members": (("marketing.campaignmember", "is_treated"),),
        "outcomes": (("marketing.campaignmember", "task"),),
    },
}
"""What measures are made of, by fact; those that only count rows need no more than the rows."""

FIELDS: Mapping[str, Mapping[str, str]] = {
    "customer": {"customer": "name", "age": "birthday",
                 **{f"category_{n}": "category" for n in range(1, 6)}},
    "product": {"product": "name", **{f"group_{n}": "group" for n in range(1, 6)}},
}  # fmt: skip
RECORDS: Mapping[str, str] = {"customer": PARTY, "product": PRODUCT, "score": SCORE}
DAYS = {
    "sale": "on",
    "interaction": "at",
    "task": "due_on",
    "campaign_member": "drawn_at",
    "survey_answer": "at",
}
PLAIN = {"order_kind": "kind", "order_state": "state", "task_state": "state", "channel": "kind",
         "treated": "is_treated", "segment": "campaign", "outcome": "task",
         "answer_kind": "kind", "verdict": "verdict", "answer_about": "about"}  # fmt: skip
NAMED = {"campaign": "marketing.campaign", "segment": "marketing.segment"}
MARGIN = timedelta(hours=1)  # a load reads before it publishes
LEFT_OUT = frozenset({"owner"})  # of the customer: a number that nobody knows


def record_of(fact: Fact) -> type[Record]:
    """Return the record that a fact's documents are."""
    return entity_of(fact.record).model


def facts(actor: Actor, star: Star) -> list[Fact]:
    """Return the facts that the actor may ask."""
    return [one for one in star.facts.values() if may(actor, record_of(one), Op.VIEW)]


def measures(actor: Actor, fact: Fact) -> list[Measure]:
    """Return the measures of a fact that the actor may see."""
    return [one for one in fact.measures if not closed_measure(actor, fact, one.name)]


def closed_measure(actor: Actor, fact: Fact, name: str) -> str:
    """Return what of a measure the actor may not read, or ""."""
    return _closed(actor, MEASURES.get(fact.name, {}).get(name, ()))


def levels(actor: Actor, star: Star, fact: Fact) -> dict[str, list[str]]:
    """Return the levels that the actor may see by, by role."""
    found: dict[str, list[str]] = {}
    for path in star.levels(fact.name):
        role, _dot, level = path.partition(".")
        hidden = level in LEFT_OUT and fact.links[role].dimension == "customer"
        if not hidden and not closed_level(actor, star, fact, path):
            found.setdefault(role, []).append(path)
    return found


def closed_level(actor: Actor, star: Star, fact: Fact, path: str) -> str:
    """Return what of a level the actor may not read, or ""."""
    role, _dot, level = path.partition(".")
    dimension = star.dimensions[fact.links[role].dimension]
    return _closed(actor, _needs(fact, role, dimension, level))


def _needs(fact: Fact, role: str, dimension: Dimension, level: str) -> Needs:
    own = fact.record
    if dimension.name in RECORDS:
        record = RECORDS[dimension.name]
        field = FIELDS.get(dimension.name, {}).get(level, level)
        found: Needs = ((record, ""), (record, field))
        of_customer = dimension.name != "product" and own not in {PARTY, record}
        found += ((own, "party"),) if of_customer else ()
        stands_for = dimension.level(level).record
        return found + (((stands_for, ""),) if stands_for not in {"", record} else ())
    if dimension.name == "time":
        return ((own, DAYS[fact.name]),) if fact.name in DAYS else ()
    if dimension.name == "department":
        return ((DEPARTMENT, ""), (own, "department"))
    if dimension.name == "staff":
        in_department = ((DEPARTMENT, ""),) if level.startswith("department") else ()
        return ((own, role), *in_department)
    if dimension.name == "event":
        return ()
    named = ((NAMED[dimension.name], ""),) if dimension.name in NAMED else ()
    return ((own, PLAIN.get(dimension.name, dimension.name)), *named)


def _closed(actor: Actor, needs: Needs) -> str:
    for record, field in needs:
        model = entity_of(record).model
        if not may(actor, model, Op.VIEW):
            return str(model._meta.verbose_name_plural)
        if field and not is_open(actor, model, field):
            column: Any = model._meta.get_field(field)
            return str(column.verbose_name)
    return ""


def counted(
    actor: Actor, star: Star, fact: Fact, paths: Iterable[str], op: Op = Op.VIEW
) -> dict[str, list[int]] | None:
    """Return the ids of what may be counted, by column of the fact; None for everything.

    Documents are those that the actor sees on their list. Where customers are told apart, only
    rows of customers within the actor's reach count, or their names would show.
    """
    found: dict[str, list[int]] = {}
    model = record_of(fact)
    if fact.document == "customer":
        paths = ["customer.customer"]  # the bin belongs to them: leaving is one of the events
    elif not _is_whole(actor, model, op):
        found[fact.document] = list(visible(actor, model, op).values_list("pk", flat=True))
    dimensions = {fact.links[path.partition(".")[0]].dimension for path in paths}
    if people := _customers(actor, dimensions, op):
        found["customer"] = sorted(set.intersection(*people))
    return found or None


def _customers(actor: Actor, dimensions: set[str], op: Op) -> list[set[int]]:
    found = []
    if dimensions & {"customer", "score"} and not _reaches_all(actor, Party, op):
        found.append(set(_within(actor, Party, op, "pk")))
    if "score" in dimensions and not _reaches_all(actor, Score, Op.VIEW):
        found.append(set(_within(actor, Score, Op.VIEW, "party")))
    return found


def _within(actor: Actor, model: type[Record], op: Op, column: str) -> Iterable[int]:
    rows = model.everything.filter(within(actor, model, op))
    return rows.values_list(column, flat=True)


def _reaches_all(actor: Actor, model: type[Record], op: Op) -> bool:
    return Reach.ALL in actor.reaches(model.label(), op)


def _is_whole(actor: Actor, model: type[Record], op: Op) -> bool:
    """Tell whether the actor sees all that the warehouse counts, so that no ids are needed.

    The warehouse leaves out what lay in the bin when it was loaded; what went there since, or lies
    below a customer in the bin, has to be left out by its id.
    """
    if not _reaches_all(actor, model, op):
        return False
    since = loading.published_at()
    binned = model.everything.exclude(binned_at=None)
    if since is None or binned.filter(binned_at__gte=since - MARGIN).exists():
        return False
    parent = model.scope.parent
    return not (parent and model.objects.exclude(**{f"{parent}__binned_at": None}).exists())
