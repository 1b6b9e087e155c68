"""What hangs on a party, and what can be done to it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huike.customers.actions import add_contact
from huike.customers.dossier import entities as dossier
from huike.customers.duplicates import entities as duplicates
from huike.customers.models import Party, Tie
from huike.customers.pool import entities as pool
from huike.customers.pool.claiming import release
from huike.customers.privacy import entities as privacy
from huike.customers.protection import entities as protection
from huike.customers.quality import entities as quality
from huike.kernel.actor import Op
from huike.kernel.entity.entity import Related, Verb
from huike.kernel.kinds.choices import Choice
from huike.kernel.kinds.words import Phone, Text

RELATED: tuple[Related, ...] = (
    Related("orders", "trade.order", "party", _("Orders"), ("number", "on", "total", "state")),
    Related("ties", "customers.tie", "party", _("Ties"), ("kind", "other", "position", "role")),
    Related(
        "ties_from",
        "customers.tie",
        "other",
        _("Tied to it"),
        ("party", "kind", "position", "role"),
    ),
    Related("tasks", "office.task", "party", _("Tasks"), ("title", "due_on", "owner", "state")),
    Related(
        "interactions",
        "channels.interaction",
        "party",
        _("Interactions"),
        ("at", "kind", "subject", "author"),
    ),
    Related("score", "analytics.score", "party", _("Score"), ("on", "rfm_class", "clv")),
    Related(
        "past_scores",
        "analytics.pastscore",
        "party",
        _("Past scores"),
        ("on", "rfm_class", "stage", "clv"),
    ),
    Related(
        "anniversaries",
        "customers.anniversary",
        "party",
        _("Anniversaries"),
        ("kind", "on", "is_lunar"),
    ),
    Related(
        "occasions",
        "customers.occasion",
        "party",
        _("Occasions"),
        ("kind", "on", "greeted_on"),
    ),
    Related(
        "owner_changes",
        "customers.ownerchange",
        "party",
        _("Changes of owner"),
        ("at", "before", "after", "why"),
    ),
    Related(
        "stage_overrides",
        "customers.stageoverride",
        "party",
        _("Stages set by hand"),
        ("relation", "stage", "until"),
    ),
    Related(
        "stage_changes",
        "customers.stagechange",
        "party",
        _("Changes of stage"),
        ("at", "was", "is_now"),
    ),
    *pool.RELATED,
    *privacy.RELATED,
    *dossier.RELATED,
    *quality.RELATED,
    Related(
        "answers",
        "surveys.answer",
        "party",
        _("Survey answers"),
        ("at", "kind", "score", "verdict", "body"),
    ),
    Related(
        "memberships",
        "marketing.campaignmember",
        "party",
        _("Campaigns"),
        ("campaign", "is_treated", "drawn_at"),
    ),
)

VERBS: tuple[Verb, ...] = (
    *protection.VERBS,
    *dossier.PARTY_VERBS,
    *quality.PARTY_VERBS,
    *duplicates.PARTY_VERBS,
    *pool.PARTY_VERBS,
    Verb(
        "add_contact",
        _("Add contact"),
        add_contact,
        icon="user-plus",
        asks={
            "name": Text(200),
            "phone": Phone(30),
            "position": Text(100),
            "role": Choice(dict(Tie.Role.choices)),
        },
        labels={
            "name": _("Name"),
            "phone": _("Mobile phone"),
            "position": _("Job title"),
            "role": _("Role in decisions"),
        },
        needs=Op.ADD,
        in_front=True,
        applies=lambda party: party.kind == Party.Kind.ORGANISATION,
    ),
    Verb(
        "release",
        _("Give back to the pool"),
        release,
        icon="recycle",
        asks={"note": Text(300)},
        labels={"note": _("Why")},
        applies=lambda party: party.is_customer and party.owner_id is not None,
        in_bulk=True,
    ),
)
