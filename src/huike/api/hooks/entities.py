"""Where hooks and their messages show."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huike.api.hooks.actions import renew_secret, replay
from huike.api.hooks.models import Delivery, Hook
from huike.kernel.entity.entity import Entity, Related, Section, Verb, register
from huike.kernel.kinds.times import Moment

register(
    Entity(
        model=Hook,
        icon="webhook",
        columns=("name", "address", "records", "is_active", "owner"),
        facts=("address", "is_active", "owner"),
        form=(
            Section(_("Web-hook"), ("name", "address", "is_active", "owner", "department")),
            Section(_("What it is told"), ("records", "on_create", "on_edit", "on_bin")),
        ),
        quick=("name", "address", "records"),
        search=("name", "address"),
        related=(
            Related(
                "deliveries",
                "hooks.delivery",
                "hook",
                _("Deliveries"),
                ("at", "size", "state", "attempts", "status"),
            ),
        ),
        verbs=(
            Verb("renew_secret", _("New signing secret"), renew_secret, icon="key"),
            Verb(
                "replay",
                _("Send again"),
                replay,
                icon="refresh",
                asks={"since": Moment()},
                labels={"since": _("All since (empty: what was given up)")},
            ),
        ),
        match=("name",),
        menu="settings",
    )
)

register(
    Entity(
        model=Delivery,
        icon="send",
        columns=("hook", "at", "who", "size", "state", "attempts", "status", "answer"),
        facts=("hook", "state", "attempts", "status"),
        form=(
            Section(_("Message"), ("hook", "at", "who", "change", "size")),
            Section(_("How it went"), ("state", "attempts", "status", "answer", "sent_at")),
        ),
        ordering="-id",
        in_menu=False,
    )
)
