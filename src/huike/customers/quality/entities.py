"""Where each field of weights, quality rules, findings and the history shows."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huike.customers.quality import checking
from huike.customers.quality.cleaning import make_task
from huike.customers.quality.models import FieldWeight, Finding, QualityDay, QualityRule
from huike.kernel.actor import Op
from huike.kernel.entity.entity import Entity, Related, Section, Verb
from huike.kernel.entity.entity import register as register_entity
from huike.kernel.kinds.times import Day
from huike.kernel.kinds.words import Text

RELATED = (
    Related("findings", "customers.finding", "party", _("Findings in the file"), ("rule", "since")),
)
PARTY_VERBS = (
    Verb(
        "cleaning_task",
        _("Task: complete the file"),
        make_task,
        icon="clipboard-check",
        asks={"due_on": Day(), "note": Text(300)},
        labels={"due_on": _("Due on"), "note": _("Note")},
        needs=Op.VIEW,
        in_bulk=True,
        applies=lambda party: party.is_customer and party.completeness != 100,
    ),
)


def register() -> None:
    """Register the records of quality, and look at customers whenever they change."""
    for entity in (WEIGHT, RULE, FINDING, DAY):
        register_entity(entity)
    checking.register()


WEIGHT = Entity(
    model=FieldWeight,
    icon="scale",
    columns=("kind", "field", "weight"),
    form=(Section(_("Weight of a field"), ("kind", "field", "weight", "remark")),),
    search=("field",),
    ordering="kind",
    menu="customers",
    in_menu=False,
)

RULE = Entity(
    model=QualityRule,
    icon="checklist",
    columns=("name", "check_kind", "field", "is_active", "remark"),
    facts=("check_kind", "field", "is_active"),
    form=(
        Section(
            _("Quality rule"),
            ("name", "check_kind", "field", "pattern", "is_active", "remark"),
        ),
    ),
    search=("name",),
    ordering="name",
    related=(Related("findings", "customers.finding", "rule", _("Findings"), ("party", "since")),),
    match=("name",),
    menu="customers",
    in_menu=False,
)

FINDING = Entity(
    model=Finding,
    icon="alert-circle",
    columns=("party", "rule", "since"),
    facts=("rule", "since"),
    form=(Section(_("Finding"), ("party", "rule", "since")),),
    ordering="-since",
    party="party",
    menu="customers",
    in_menu=False,
    can_add=False,
)

DAY = Entity(
    model=QualityDay,
    icon="chart-line",
    columns=("on", "department", "files", "completeness", "findings"),
    form=(
        Section(_("Quality of files"), ("on", "department", "files", "completeness", "findings")),
    ),
    ordering="-on",
    menu="customers",
    in_menu=False,
    can_add=False,
)
