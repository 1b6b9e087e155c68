"""Where each field of stages set by hand and of the history of stages shows."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from huike.customers.stages.models import StageChange, StageOverride
from huike.customers.stages.words import Relation, Stage
from huike.kernel.entity.entity import Computed, Entity, Section
from huike.kernel.entity.entity import register as register_entity
from huike.kernel.kinds.words import Text


def register() -> None:
    """Register what people set and what became of it."""
    for entity in (OVERRIDE, CHANGE):
        register_entity(entity)


def _named(change: StageChange, value: str) -> str:
    words = Relation if change.what == StageChange.What.RELATION else Stage
    return str(dict(words.choices).get(value, value))


def before_of(change: StageChange) -> str:
    """Return what it was, as people call it."""
    return _named(change, change.before)


def after_of(change: StageChange) -> str:
    """Return what it is, as people call it."""
    return _named(change, change.after)


OVERRIDE = Entity(
    model=StageOverride,
    icon="hand-click",
    columns=("party", "relation", "stage", "until", "remark", "created_by"),
    facts=("relation", "stage", "until"),
    form=(Section(_("Stage set by hand"), ("party", "relation", "stage", "until", "remark")),),
    ordering="-until",
    party="party",
    menu="customers",
    in_menu=False,
)

CHANGE = Entity(
    model=StageChange,
    icon="timeline-event",
    columns=("at", "party", "what", "was", "is_now", "by_rule", "by", "note"),
    form=(
        Section(
            _("Change of stage"),
            ("party", "at", "what", "before", "after", "by_rule", "by", "note"),
        ),
    ),
    computed={
        "was": Computed(pgettext_lazy("stage", "before"), Text(60), before_of),
        "is_now": Computed(pgettext_lazy("stage", "after"), Text(60), after_of),
    },
    ordering="-at",
    party="party",
    menu="customers",
    in_menu=False,
    can_add=False,
)
