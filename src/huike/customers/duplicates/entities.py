"""Where each field of pairs and merges shows, and what can be done with them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huike.customers.duplicates.judging import dismiss, foretold, merge_by_hand, merge_pair, reopen
from huike.customers.duplicates.merges import undo_merge
from huike.customers.duplicates.models import DuplicatePair, Merge
from huike.customers.duplicates.wording import sentence
from huike.kernel.actor import Op
from huike.kernel.entity.entity import Computed, Entity, Section, Verb
from huike.kernel.entity.entity import register as register_entity
from huike.kernel.kinds.links import Link
from huike.kernel.kinds.words import Text

# for the declaration of a party: on the screen the merge page answers it, made by hand
PARTY_VERBS = (
    Verb(
        "merge",
        _("Merge with another"),
        merge_by_hand,
        icon="git-merge",
        asks={"loser": Link("customers.Party"), "take": Text(2000), "why": Text(200)},
        labels={
            "loser": _("Which one is merged into it"),
            "take": _("Fields to take from it, with commas (empty: those suggested)"),
            "why": _("Why"),
        },
    ),
)

PAIRS = Entity(
    model=DuplicatePair,
    icon="users-group",
    columns=("one", "other", "probability", "why", "state", "judged_by"),
    facts=("probability", "state", "judged_by", "judged_at"),
    form=(
        Section(
            _("Possible duplicate"),
            ("one", "other", "probability", "state", "judged_by", "judged_at"),
        ),
    ),
    computed={"why": Computed(_("why"), Text(500), lambda pair: sentence(pair.likeness))},
    ordering="-probability",
    views=(
        (_("To be judged"), 'filter=["state","is","open"]&sort=-probability'),
        (_("Not the same"), 'filter=["state","is","different"]&sort=-judged_at'),
        (_("Merged"), 'filter=["state","is","merged"]&sort=-judged_at'),
    ),
    verbs=(
        Verb(
            "merge",
            _("Merge with the suggested values"),
            merge_pair,
            icon="git-merge",
            foretells=foretold,
            needs=Op.VIEW,
            applies=lambda pair: pair.state == DuplicatePair.State.OPEN,
            in_bulk=True,
        ),
        Verb(
            "dismiss",
            _("Not the same"),
            dismiss,
            icon="users-minus",
            needs=Op.VIEW,
            applies=lambda pair: pair.state == DuplicatePair.State.OPEN,
            in_bulk=True,
        ),
        Verb(
            "reopen",
            _("Judge again"),
            reopen,
            icon="refresh",
            needs=Op.VIEW,
            applies=lambda pair: pair.state == DuplicatePair.State.DIFFERENT,
            in_bulk=True,
        ),
    ),
    menu="customers",
    home="/customers/duplicates/",
    can_add=False,
)

MERGES = Entity(
    model=Merge,
    icon="git-merge",
    columns=("loser", "winner", "state", "rows", "created_by", "created_at", "stayed"),
    facts=("state", "rows", "created_by", "created_at", "undone_by", "undone_at"),
    form=(
        Section(
            _("Merge"),
            ("loser", "winner", "state", "rows", "why", "undone_at", "undone_by", "stayed"),
        ),
    ),
    ordering="-created_at",
    verbs=(
        Verb(
            "undo",
            _("Undo the merge"),
            undo_merge,
            icon="arrow-back-up",
            needs=Op.VIEW,
            applies=lambda made: made.state == Merge.State.MERGED and bool(made.footprint),
            in_bulk=True,
        ),
    ),
    menu="customers",
    in_menu=False,
    can_add=False,
)


def register() -> None:
    """Register what this package declares."""
    for entity in (PAIRS, MERGES):
        register_entity(entity)
