"""Where each field of the pool, its rules, limits and trail shows."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huike.customers.collaborators.actions import share, unshare
from huike.customers.collaborators.models import Collaborator
from huike.customers.pool.claiming import assign, claim, may_assign, may_claim
from huike.customers.pool.models import ClaimLimit, OwnerChange, PoolParty, PoolRule
from huike.kernel.actor import Op
from huike.kernel.entity.entity import Entity, Related, Section, Verb
from huike.kernel.entity.entity import register as register_entity
from huike.kernel.kinds.choices import YesNo
from huike.kernel.kinds.links import Link
from huike.kernel.kinds.times import Day
from huike.kernel.kinds.words import Text

PARTY_VERBS = (
    Verb(
        "share",
        _("Add a collaborator"),
        share,
        icon="users-plus",
        asks={"user": Link("staff.User"), "may_edit": YesNo(), "until": Day(), "note": Text(200)},
        labels={
            "user": _("Who helps"),
            "may_edit": _("May change it"),
            "until": _("Until"),
            "note": _("What for"),
        },
        applies=lambda party: party.owner_id is not None,
        in_bulk=True,
        in_front=True,
    ),
    Verb(
        "unshare",
        _("End a collaboration"),
        unshare,
        icon="user-minus",
        asks={"user": Link("staff.User")},
        labels={"user": _("Who helped")},
        applies=lambda party: party.owner_id is not None,
        in_bulk=True,
    ),
)
RELATED = (
    Related(
        "collaborators",
        "customers.collaborator",
        "party",
        _("Collaborators"),
        ("user", "may_edit", "until"),
    ),
)


def register() -> None:
    """Register the records of the pool."""
    for entity in (POOL, RULE, LIMIT, CHANGE, COLLABORATOR):
        register_entity(entity)


POOL = Entity(
    model=PoolParty,
    icon="recycle",
    columns=(
        "name", "phone", "level", "category", "city", "last_contact_on", "pooled_since", "relation",
    ),
    facts=("level", "phone", "city", "last_contact_on", "pooled_since"),
    form=(
        Section(
            _("Basics"),
            ("kind", "name", "level", "category", "tags", "source", "relation", "stage"),
        ),
        Section(_("Contact"), ("phone", "province", "city", "district", "last_contact_on")),
        Section(_("About the company"), ("industry", "size"), {"kind": "organisation"}),
    ),
    ordering="-pooled_since",
    search=("name",),
    sort_by={"name": "name_key"},
    verbs=(
        Verb(
            "claim",
            _("Claim"),
            claim,
            icon="hand-click",
            needs=Op.VIEW,
            in_bulk=True,
            for_whom=may_claim,
        ),
        Verb(
            "assign",
            _("Assign"),
            assign,
            icon="user-share",
            asks={"owner": Link("staff.User"), "note": Text(300)},
            labels={"owner": _("To whom"), "note": _("Note")},
            needs=Op.VIEW,
            in_bulk=True,
            for_whom=may_assign,
        ),
    ),
    views=(
        (_("Companies"), 'filter=["kind","is","organisation"]'),
        (_("Fallen in this week"), 'filter=["pooled_since","this","week"]'),
        (_("Key and major"), 'filter=["level","in",["vip","major"]]'),
    ),
    menu="customers",
    home="/pool/",
    can_add=False,
)  # fmt: skip

RULE = Entity(
    model=PoolRule,
    icon="ruler",
    columns=(
        "position", "name", "is_active", "level", "category", "days", "order_days", "warn_days",
        "spares_tasks", "is_exempt",
    ),
    facts=("is_active", "days", "warn_days"),
    form=(
        Section(_("For whom"), ("name", "position", "is_active", "level", "category")),
        Section(
            _("How long"),
            ("days", "order_days", "warn_days", "spares_tasks", "is_exempt", "remark"),
        ),
    ),
    ordering="position",
    match=("name",),
    menu="customers",
    in_menu=False,
)  # fmt: skip

LIMIT = Entity(
    model=ClaimLimit,
    icon="gauge",
    columns=("department", "per_day", "most_held", "lock_days", "remark"),
    form=(
        Section(_("Claim limit"), ("department", "per_day", "most_held", "lock_days", "remark")),
    ),
    menu="customers",
    in_menu=False,
)

CHANGE = Entity(
    model=OwnerChange,
    icon="transfer",
    columns=("at", "party", "before", "after", "why", "rule", "days", "note", "by"),
    form=(
        Section(
            _("Change of owner"),
            ("party", "at", "before", "after", "why", "rule", "days", "note", "by"),
        ),
    ),
    ordering="-at",
    party="party",
    menu="customers",
    in_menu=False,
    can_add=False,
)

COLLABORATOR = Entity(
    model=Collaborator,
    icon="users-group",
    columns=("party", "user", "may_edit", "until", "remark", "created_at"),
    form=(Section(_("Collaborator"), ("party", "user", "may_edit", "until", "remark")),),
    party="party",
    menu="customers",
    in_menu=False,
)
