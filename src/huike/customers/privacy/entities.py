"""Where consents, requests and retention rules show."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huike.customers.privacy import carrying, retention, views  # noqa: F401  (their jobs)
from huike.customers.privacy.models import Consent, PrivacyRequest, RetentionRule
from huike.kernel.entity.entity import Entity, Related, Section, Verb, register
from huike.kernel.kinds.words import LongText, Text

RELATED = (
    Related(
        "consents",
        Consent.label(),
        "party",
        _("Consents"),
        ("purpose", "channel", "state", "at"),
    ),
    Related(
        "privacy_requests",
        PrivacyRequest.label(),
        "party",
        _("Privacy requests"),
        ("number", "kind", "state", "due_on"),
    ),
)


def consent() -> Entity:
    return Entity(
        model=Consent,
        icon="signature",
        columns=("party", "purpose", "channel", "state", "at", "how", "text_version", "taken_by"),
        facts=("state", "purpose", "channel", "at", "how"),
        form=(
            Section(_("Consent"), ("party", "purpose", "channel", "state", "at")),
            Section(_("Proof"), ("how", "taken_by", "text_version", "wording", "proof", "remark")),
        ),
        quick=("party", "purpose", "channel", "state", "how", "text_version", "proof"),
        ordering="-at",
        views=(
            (_("All"), ""),
            (_("Withdrawn"), 'filter=["state","in",["withdrawn"]]'),
        ),
        party="party",
        menu="customers",
    )


def request() -> Entity:
    return Entity(
        model=PrivacyRequest,
        icon="user-shield",
        columns=("number", "party", "kind", "state", "received_on", "due_on", "owner"),
        facts=("party", "kind", "state", "received_on", "due_on", "owner"),
        form=(
            Section(
                _("Privacy request"),
                (
                    "number",
                    "party",
                    "kind",
                    "state",
                    "received_on",
                    "due_on",
                    "identity_checked",
                    "text",
                    "owner",
                    "department",
                ),
            ),
            Section(_("Answer"), ("outcome", "done_on", "package", "certificate")),
        ),
        quick=("party", "kind", "received_on", "identity_checked", "text"),
        search=("number",),
        ordering="due_on",
        numbered=("number", "DS"),
        verbs=(
            Verb(
                "begin",
                _("Take into work"),
                carrying.begin,
                icon="player-play",
                applies=lambda row: row.state == PrivacyRequest.State.OPEN,
                in_bulk=True,
            ),
            Verb(
                "make_package",
                _("Make the package"),
                carrying.make_package,
                icon="package-export",
                applies=carrying.wants_package,
            ),
            Verb(
                "carry_out",
                _("Erase and certify"),
                carrying.carry_out,
                icon="trash-x",
                applies=carrying.wants_erasure,
            ),
            Verb(
                "answer",
                _("Answer"),
                carrying.answer,
                icon="check",
                asks={"outcome": LongText()},
                labels={"outcome": _("Answer")},
                applies=carrying.is_live,
                in_bulk=True,
            ),
            Verb(
                "refuse",
                _("Refuse"),
                carrying.refuse,
                icon="x",
                asks={"reason": Text(300)},
                labels={"reason": _("Why")},
                applies=carrying.is_live,
            ),
        ),
        match=("number",),
        views=(
            (_("Open requests"), 'filter=["state","in",["open","work"]]&sort=due_on'),
            (_("All"), ""),
        ),
        party="party",
        menu="customers",
    )


def rule() -> Entity:
    return Entity(
        model=RetentionRule,
        icon="calendar-x",
        columns=("name", "kind", "months", "act", "is_active"),
        facts=("kind", "months", "act", "is_active"),
        form=(
            Section(_("Retention rule"), ("name", "kind", "months", "act", "is_active", "remark")),
        ),
        ordering="name",
        match=("name",),
        menu="settings",
    )


def register_all() -> None:
    """Register the entities of this package."""
    for entity in (consent(), request(), rule()):
        register(entity)
