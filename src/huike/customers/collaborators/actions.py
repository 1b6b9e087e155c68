"""Makes people collaborators on customers and ends it, and follows what else happens to either."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from huike.customers.collaborators.models import Collaborator
from huike.customers.models import Party
from huike.kernel.access.scope import require, visible
from huike.kernel.actor import Actor, Op, Reach
from huike.kernel.change.models import Entry
from huike.kernel.change.work import Noted, Work, change, closing
from huike.kernel.records.action import action
from huike.kernel.records.verbs import store
from huike.staff.models import User

LABEL = "customers.collaborator"


@action("customers.share", needs=Op.EDIT)
def share(
    actor: Actor,
    party: Party,
    user: int | None,
    may_edit: bool = False,
    until: date | None = None,
    note: str = "",
) -> Collaborator:
    """Let somebody see a customer beside its owner, or change it too; again changes what was said.

    Raises ValidationError for nobody, for the owner, and for an end that is over.
    """
    person = User.objects.filter(pk=user or 0, is_active=True).first()
    if person is None:
        raise ValidationError({"user": _("Choose who is to help.")})
    if person.pk == party.owner_id:
        raise ValidationError({"user": _("%s owns this customer already.") % person})
    if until is not None and until < timezone.localdate():
        raise ValidationError({"until": _("This day is over.")})
    row = Collaborator.objects.filter(party=party, user=person).first()
    row = row or Collaborator(party=party, user=person)
    row.may_edit, row.until, row.remark = bool(may_edit), until, note.strip()[:200]
    return store(actor, row, "customers.share")


@action("customers.unshare", needs=Op.EDIT)
def unshare(actor: Actor, party: Party, user: int | None) -> None:
    """End that somebody helps with a customer; raise ValidationError for who doesn't."""
    row = Collaborator.objects.filter(party=party, user=user or 0).first()
    if row is None:
        raise ValidationError({"user": _("This person does not help with the customer.")})
    require(actor, Op.EDIT, row)
    with change(actor, "customers.unshare"):
        row.binned_at = timezone.now()
        row.save()


def collaborators_of(actor: Actor, party: Party) -> list[Collaborator]:
    """Return who helps with a customer today, as far as the actor may see that."""
    today = timezone.localdate()
    rows = visible(actor, Collaborator).filter(Q(until=None) | Q(until__gte=today), party=party)
    return list(rows.select_related("user").order_by("pk"))


def follow(work: Work) -> None:
    """Keep who helps in step with a change that is about to be committed."""
    made = _noted(work, LABEL, (Entry.Kind.CREATE, Entry.Kind.EDIT, Entry.Kind.RESTORE))
    if made:
        users = Collaborator.objects.filter(pk__in=made).values("user")
        User.objects.filter(pk__in=users, helps=False).update(helps=True)
    moved = {
        n.record_id: n.fields["owner_id"]
        for n in work.notes
        if n.record == Party.label() and n.kind == Entry.Kind.EDIT and "owner_id" in n.fields
    }
    if moved:
        _refuse_taking(work, {k: before for k, (before, _after) in moved.items() if before})
        _end(work, [k for k, (_before, after) in moved.items() if after is None])


def _noted(work: Work, label: str, kinds: tuple[str, ...]) -> list[int]:
    notes = (n for n in work.notes if n.record == label and n.kind in kinds)
    return [n.record_id for n in notes if n.record_id is not None]


def _refuse_taking(work: Work, held: dict[int | None, int]) -> None:
    """Refuse that who only helps with a customer gives it to somebody, above all to oneself."""
    actor = work.actor
    if not actor.helps or actor.is_unlimited:
        return
    mine = Collaborator.objects.filter(user=actor.user_id, party__in=list(held))
    for row in mine.select_related("party"):
        before = held[row.party_id]
        if before != actor.user_id and not _leads(actor, row.party, work):
            raise PermissionDenied(_("Who helps with a customer can't change who owns it."))


def _leads(actor: Actor, party: Party, work: Work) -> bool:
    """Tell whether an actor reached a customer by its department before this change."""
    reaches = actor.reaches(Party.label(), Op.EDIT)
    held = [n.fields["department_id"][0] for n in work.notes if _moves(n, party)]
    department = held[0] if held else party.department_id
    if Reach.ALL in reaches:
        return True
    if Reach.BELOW in reaches:
        return department in actor.departments_below
    return Reach.DEPARTMENT in reaches and department == actor.department_id


def _moves(note: Noted, party: Party) -> bool:
    is_it = note.record == Party.label() and note.record_id == party.pk
    return is_it and "department_id" in note.fields


def _end(work: Work, parties: list[int | None]) -> None:
    """End all help with customers that fell into the pool: nobody is to see them on the side."""
    rows = Collaborator.objects.filter(party__in=parties)
    found = list(rows.values_list("pk", "version"))
    now = timezone.now()
    keys = [pk for pk, _version in found]
    Collaborator.everything.filter(pk__in=keys).unjournaled_update(binned_at=now)
    for pk, version in found:
        fields = {"binned_at": [None, now.isoformat()]}
        work.note(Noted(LABEL, pk, Entry.Kind.BIN, version, fields))


def register() -> None:
    """Let every change be followed; called once, when the room is loaded."""
    if follow not in closing:
        closing.append(follow)
