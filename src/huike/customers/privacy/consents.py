"""May this customer be reached for this purpose by this channel? Asked by whoever writes or calls.

Of all statements of a customer about a purpose that concern the channel (its own, or any channel)
the newest counts. Who never said anything may be reached unless the settings ask for consent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from huike.customers.models import Party
from huike.customers.privacy.deadlines import setting
from huike.customers.privacy.models import Channel, Consent, Purpose
from huike.kernel.access.scope import require, visible
from huike.kernel.actor import Actor, Op
from huike.kernel.change.work import change
from huike.kernel.files import StoredFile
from huike.kernel.records.verbs import store


@dataclass(frozen=True)
class Answer:
    """Whether a customer may be reached, why, and the statement that decides it."""

    is_allowed: bool
    reason: str
    statement: Consent | None = None


def may_reach(party: Party, purpose: str, channel: str = Channel.ANY) -> Answer:
    """Tell whether `party` may be reached for a purpose by a channel, with the reason."""
    newest = _concerning(purpose, channel).filter(party=party).order_by("-at", "-pk").first()
    if newest is None:
        needed = _is_needed(purpose)
        words = _("No consent was given.") if needed else _("Nothing was said against it.")
        return Answer(not needed, words)
    given = newest.state == Consent.State.GIVEN
    words = _("Consent was given.") if given else _("Consent was withdrawn.")
    return Answer(given, words, newest)


def reachable(rows: QuerySet[Party], purpose: str, channel: str = Channel.ANY) -> QuerySet[Party]:
    """Return those of `rows` who may be reached for a purpose by a channel."""
    if _is_needed(purpose):
        return rows.filter(pk__in=_deciding(purpose, channel, Consent.State.GIVEN).values("party"))
    withdrawn = _deciding(purpose, channel, Consent.State.WITHDRAWN)
    return rows.exclude(pk__in=withdrawn.values("party"))


def standing(actor: Actor, party: Party) -> list[Consent]:
    """Return the newest statement about each purpose and channel, as far as the actor may see."""
    rows = visible(actor, Consent).filter(party=party).order_by("purpose", "channel", "-at", "-pk")
    found: dict[tuple[str, str], Consent] = {}
    for row in rows.select_related("taken_by"):
        found.setdefault((row.purpose, row.channel), row)
    return list(found.values())


def state_consent(
    actor: Actor,
    party: Party,
    *,
    state: str,
    purpose: str = Purpose.MARKETING,
    channel: str = Channel.ANY,
    how: str = Consent.How.COUNTER,
    text_version: str = "",
    wording: str = "",
    proof: StoredFile | None = None,
    at: datetime | None = None,
) -> Consent:
    """Write down that a customer gave or withdrew consent; raise ValidationError for no proof.

    Consent needs a version or the wording of the text, or a file; a withdrawal needs nothing.
    """
    require(actor, Op.VIEW, party)
    if state == Consent.State.GIVEN and not (text_version or wording or proof):
        words = _("Say to which text the customer agreed, or attach the form.")
        raise ValidationError({"text_version": words})
    row = Consent(
        party=party,
        state=state,
        purpose=purpose,
        channel=channel,
        how=how,
        text_version=text_version,
        wording=wording,
        proof=proof,
        at=at or timezone.now(),
        taken_by_id=actor.user_id,
    )
    with change(actor, "customers.consent"):
        return store(actor, row)


def _is_needed(purpose: str) -> bool:
    return purpose in {Purpose.MARKETING, Purpose.SHARING} and setting().needs_consent


def _concerning(purpose: str, channel: str) -> QuerySet[Consent]:
    channels = {channel, Channel.ANY.value}
    rows: QuerySet[Consent] = Consent.objects.filter(purpose=purpose, channel__in=channels)
    return rows


def _deciding(purpose: str, channel: str, state: str) -> QuerySet[Consent]:
    """Return the statements of one state that no newer one of the same customer follows."""
    every = _concerning(purpose, channel)
    later = Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), pk__gt=OuterRef("pk"))
    newer = every.filter(later, party=OuterRef("party"))
    return every.filter(~Exists(newer), state=state)
