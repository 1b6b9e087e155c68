"""Where each field of volumes, paper originals and loans shows."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huike.customers.dossier import closing, own
from huike.customers.dossier.lending import give_back, lend, prolong
from huike.customers.dossier.models import DossierOriginal, Loan, Volume
from huike.customers.dossier.printing import write_joined, write_zip
from huike.customers.models import Party
from huike.kernel.actor import Op
from huike.kernel.entity.entity import Entity, Related, Section, Verb
from huike.kernel.entity.entity import register as register_entity
from huike.kernel.kinds.links import Link
from huike.kernel.kinds.numbers import Whole
from huike.kernel.kinds.times import Day
from huike.kernel.kinds.words import Text
from huike.kernel.lists.exporting import Output, add_output

RELATED = (
    Related("volumes", "customers.volume", "party", _("Yearly volumes"), ("year", "closed_at")),
    Related(
        "originals", "customers.dossieroriginal", "party", _("Paper originals"), ("name", "place")
    ),
)
PARTY_VERBS = (
    Verb(
        "close_volume",
        _("Close the volume of a year"),
        closing.close_volume,
        icon="archive",
        asks={"year": Whole()},
        labels={"year": _("Year")},
        needs=Op.EXPORT,
        in_bulk=True,
        is_slow=True,
        check=closing.check_year,
    ),
)
OUTPUTS = (
    Output("dossier", _("Dossiers (PDF each)"), "zip", "application/zip", write_zip),
    Output("dossier_joined", _("Dossiers (one PDF)"), "pdf", "application/pdf", write_joined),
)


def register() -> None:
    """Register the records of the dossier, and what this room gives to it."""
    own.register()
    for output in OUTPUTS:
        add_output(Party.label(), output)
    for entity in (VOLUME, ORIGINAL, LOAN):
        register_entity(entity)


VOLUME = Entity(
    model=Volume,
    icon="archive",
    columns=("party", "year", "pages", "closed_at", "closed_by"),
    facts=("party", "year", "pages", "closed_at", "closed_by"),
    form=(
        Section(_("Yearly volume"), ("party", "year", "pages", "closed_at", "closed_by", "digest")),
    ),
    ordering="-year",
    party="party",
    menu="customers",
    in_menu=False,
    can_add=False,
)

ORIGINAL = Entity(
    model=DossierOriginal,
    icon="certificate",
    columns=("name", "number", "party", "kind", "part", "place", "dated"),
    facts=("party", "kind", "place", "dated"),
    form=(
        Section(
            _("Paper original"),
            ("party", "name", "number", "kind", "part", "dated", "sheets"),
        ),
        Section(_("Where it lies"), ("place", "scan", "remark")),
    ),
    quick=("party", "name", "number", "kind", "part", "place"),
    search=("name", "number", "place"),
    related=(
        Related(
            "loans", "customers.loan", "original", _("Loans"),
            ("borrower", "lent_on", "due_on", "returned_on"),
        ),
    ),
    verbs=(
        Verb(
            "lend",
            _("Lend"),
            lend,
            icon="hand-click",
            asks={
                "borrower": Link("staff.User"),
                "outside": Text(100),
                "due_on": Day(),
                "purpose": Text(200),
            },
            labels={
                "borrower": _("Lent to"),
                "outside": _("Or somebody outside"),
                "due_on": _("Due on"),
                "purpose": _("What for"),
            },
            needs=Op.VIEW,
        ),
    ),
    match=("number",),
    party="party",
    menu="customers",
    views=((_("Lent now"), 'filter=["loans__returned_on","empty"]'),),
)  # fmt: skip

LOAN = Entity(
    model=Loan,
    icon="transfer",
    columns=("original", "borrower", "outside", "lent_on", "due_on", "returned_on", "purpose"),
    facts=("original", "borrower", "due_on", "returned_on"),
    form=(
        Section(
            _("Loan"),
            (
                "original",
                "borrower",
                "outside",
                "purpose",
                "lent_on",
                "due_on",
                "returned_on",
                "condition",
                "remark",
            ),
        ),
    ),
    ordering="due_on",
    party="original__party",
    verbs=(
        Verb(
            "give_back",
            _("It is back"),
            give_back,
            icon="arrow-back-up",
            asks={"condition": Text(200)},
            labels={"condition": _("Condition on return")},
            applies=lambda loan: loan.returned_on is None,
            in_bulk=True,
        ),
        Verb(
            "prolong",
            _("Give more time"),
            prolong,
            icon="calendar-plus",
            asks={"due_on": Day()},
            labels={"due_on": _("Due on")},
            applies=lambda loan: loan.returned_on is None,
            in_bulk=True,
        ),
    ),
    views=(
        (_("Out now"), 'filter=["returned_on","empty"]&sort=due_on'),
        (_("Due"), 'filter={"all":[["returned_on","empty"],["due_on","last",3650]]}&sort=due_on'),
    ),
    menu="customers",
)
