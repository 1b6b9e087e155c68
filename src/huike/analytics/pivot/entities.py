"""Where each field of a saved pivot shows."""

from __future__ import annotations

from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huike.analytics.pivot.models import Mailing, Pivot, Sent
from huike.kernel import mail
from huike.kernel.entity.entity import Entity, Related, Section
from huike.kernel.entity.entity import register as register_entity


def when() -> str:
    """Return what stands above the form: that nothing goes out where no mail server is set."""
    if mail.is_set():
        return gettext("When and to whom")
    return gettext(
        "When and to whom. No mail server is set (HUIKE_MAIL): nothing is sent until it is."
    )


def register() -> None:
    """Register the saved pivot, whose place in the menu is its own page, and its mails."""
    _register_mails()
    register_entity(
        Entity(
            model=Pivot,
            icon="table-options",
            columns=("name", "definition", "about", "is_shared", "owner", "changed_at"),
            facts=("is_shared", "owner"),
            form=(
                Section(
                    _("Pivot"),
                    ("name", "about", "definition", "is_shared", "owner", "department"),
                ),
            ),
            related=(
                Related(
                    "mailings",
                    "analytics.mailing",
                    "pivot",
                    _("Goes out by mail"),
                    ("name", "rhythm", "hour", "recipients", "is_on"),
                ),
            ),
            search=("name", "about"),
            views=((_("For everybody"), 'filter=["is_shared","yes"]'),),
            match=("name",),
            menu="analytics",
            home="/pivot/",
        )
    )


def _register_mails() -> None:
    register_entity(
        Entity(
            model=Mailing,
            icon="mail-forward",
            columns=("name", "pivot", "rhythm", "hour", "recipients", "is_on", "owner"),
            facts=("pivot", "rhythm", "hour", "is_on"),
            form=(
                Section(
                    lazy(when, str)(),
                    ("name", "pivot", "recipients", "rhythm", "weekday", "day", "hour", "is_on",
                     "owner", "department"),
                ),
            ),
            related=(
                Related("sent", "analytics.sent", "mailing", _("Sent"),
                        ("due_at", "recipient", "state", "sent_at", "problem")),
            ),
            search=("name",),
            match=("name",),
            menu="analytics",
            in_menu=False,
        )
    )  # fmt: skip
    register_entity(
        Entity(
            model=Sent,
            icon="mail-check",
            columns=("mailing", "due_at", "recipient", "state", "sent_at", "problem"),
            facts=("recipient", "due_at", "state"),
            form=(
                Section(
                    _("Sent"),
                    ("mailing", "due_at", "recipient", "state", "sent_at", "problem"),
                ),
            ),
            ordering="-due_at",
            menu="analytics",
            in_menu=False,
        )
    )
