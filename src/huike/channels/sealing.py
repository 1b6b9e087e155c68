"""Sealed notes on a customer's timeline: those there are, new ones, and sealing all at once."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from huike.channels.models import Interaction
from huike.customers.models import Party
from huike.kernel.access.scope import require, require_any, visible
from huike.kernel.actor import Actor, Op
from huike.kernel.change.work import Work, change
from huike.kernel.sealing import arriving, contents
from huike.kernel.sealing.opening import Opened

TEXTS = ("subject", "body")
BY_PRODUCT = frozenset({"channels.hand_over", "channels.greeting"})
MOST = 200  # notes sealed in one go


def sealed_notes(actor: Actor, party: Party) -> list[Interaction]:
    """Return the sealed notes about a customer that the actor may see, newest first."""
    rows = visible(actor, Interaction).filter(party=party).exclude(sealed=[])
    return list(rows.order_by("-at", "-pk")[:MOST])


def clear_notes(actor: Actor, party: Party) -> list[Interaction]:
    """Return the notes about a customer that are in clear and that the actor may change."""
    rows = visible(actor, Interaction, Op.EDIT).filter(party=party, sealed=[])
    return list(rows.filter(kind=Interaction.Kind.NOTE).order_by("-at", "-pk")[:MOST])


def written_about_sealed(work: Work, keys: Sequence[int]) -> list[Interaction]:
    """Return those notes of a change that people wrote about sealed customers.

    What the product puts on a timeline itself (a hand-over, a greeting) holds nothing secret.
    """
    if work.action in BY_PRODUCT:
        return []
    rows = Interaction.objects.filter(pk__in=keys, kind=Interaction.Kind.NOTE, sealed=[])
    return list(rows.exclude(party=None).exclude(party__sealed=[]))


def register() -> None:
    """Seal such notes at once."""
    arriving.written[Interaction.label()] = (TEXTS, written_about_sealed)


def seal_notes(actor: Actor, opened: Opened, notes: Sequence[Interaction]) -> int:
    """Seal subject and text of notes; return of how many there was something to seal."""
    with change(actor, "sealing.seal"):
        full = [n for n in notes if n.subject or n.body]
        for note in full:
            contents.seal(actor, opened, note, TEXTS)
    return len(full)


def write_sealed_note(actor: Actor, opened: Opened, party: Party, text: str) -> Interaction:
    """Write a note that is sealed from its first moment: its text is never in clear."""
    require_any(actor, Interaction, Op.ADD)
    if not text.strip():
        raise ValidationError({"body": _("Write what happened, or attach a file.")})
    with change(actor, "sealing.write_note"):
        row = Interaction(party=party, kind=Interaction.Kind.NOTE, author_id=actor.user_id)
        row.save()
        require(actor, Op.VIEW, row)
        sealed: Interaction = contents.seal(actor, opened, row, (), {"body": text.strip()})
    return sealed
