"""Where each field of survey answers shows."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huike.channels.queries import SOURCES, Source
from huike.kernel.entity.entity import Entity, Section, Verb, register
from huike.surveys.actions import make_task, wants_task
from huike.surveys.models import Answer

register(
    Entity(
        model=Answer,
        icon="mood-smile",
        columns=("at", "party", "kind", "score", "scale", "verdict", "about", "body", "task"),
        facts=("party", "at", "kind", "score", "verdict"),
        form=(
            Section(_("Answer"), ("party", "at", "kind", "score", "scale", "question", "body")),
            Section(_("What it is about"), ("about", "order", "product", "interaction")),
            Section(_("What it means"), ("verdict", "level", "task")),
        ),
        quick=("party", "kind", "score", "body"),
        search=("body", "question"),
        ordering="-at",
        verbs=(
            Verb(
                "make_task",
                _("Make a task for the owner"),
                make_task,
                icon="checkbox",
                applies=wants_task,
                in_bulk=True,
            ),
        ),
        views=(
            (_("Not satisfied"), 'filter=["verdict","in",["unhappy"]]'),
            (_("Not satisfied, nobody told yet"),
             'filter={"all":[["verdict","in",["unhappy"]],["task","empty"]]}'),
        ),
        party="party",
        menu="service",
    )
)  # fmt: skip

SOURCES.append(Source(Answer, "mood-smile", "body", 2))
