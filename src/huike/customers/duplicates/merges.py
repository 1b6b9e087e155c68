"""Merges one party into another, one by one or for a whole pair, and undoes merges in any order."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huike.customers.duplicates.models import DuplicatePair, Merge
from huike.customers.duplicates.suggesting import suggested
from huike.customers.models import Party
from huike.kernel.access.scope import require, visible, within
from huike.kernel.actor import Actor, Op
from huike.kernel.change.work import change
from huike.kernel.entity.entity import entity_of
from huike.kernel.entity.titles import title
from huike.kernel.records import undo as undoing
from huike.kernel.records.locking import refuse_if_locked
from huike.kernel.records.merging.back import take_back
from huike.kernel.records.merging.footprint import Footprint, TakenBack, successors
from huike.kernel.records.merging.merge import merge_into, move
from huike.kernel.records.record import Record


def merge(
    actor: Actor, winner: Party, loser: Party, take: Iterable[str] | None = None, why: str = ""
) -> Merge:
    """Merge `loser` into `winner`, as far as `actor` may edit both and bin the loser.

    `take` names the fields whose values come from the loser; without it those that are suggested.
    Raises ValidationError where somebody else was faster, or one of them is locked or sealed.
    """
    if winner.pk == loser.pk:
        raise ValidationError(_("A customer can't be merged with itself."))
    with change(actor, "customers.merge") as work:
        winner, loser = _locked(actor, winner.pk, loser.pk)
        wanted = suggested(actor, winner, loser) if take is None else _takeable(actor, take)
        footprint = merge_into(winner, loser, wanted)
        require(actor, Op.EDIT, winner)
        made = Merge(
            winner=winner,
            loser=loser,
            why=why.strip()[:200],
            rows=footprint.count,
            group=work.group,
            footprint=footprint.as_json(),
        )
        made.save()
        _judge_pairs(actor, winner, loser)
    return made


def undo_merge(actor: Actor, made: Merge) -> Merge:
    """Take a merge back: what nobody changed since goes back, the rest stays and is told.

    Raises ValidationError where it was undone already, or a later merge must be undone first.
    """
    with change(actor, "customers.undo_merge"):
        made = Merge.objects.select_for_update().select_related("winner", "loser").get(pk=made.pk)
        if made.state == Merge.State.UNDONE:
            who = {"who": made.undone_by}
            raise ValidationError(_("%(who)s has undone this merge already.") % who)
        if not made.footprint:
            raise ValidationError(
                _("One of the two was erased, and what this merge had changed with it.")
            )
        winner, loser = _locked_for_undo(actor, made)
        footprint = Footprint.from_json(made.footprint)
        _hand_on(made, winner, footprint)
        told = take_back(winner, loser, footprint)
        made.state, made.undone_at, made.undone_by = "undone", timezone.now(), actor.name
        made.stayed = "\n".join(_told(actor, told))
        made.save()
        _reopen_pairs(winner, loser)
        for later in _merges_into(winner):
            gather(later)
    return made


def gather(made: Merge) -> int:
    """Move to the winner what has come to point at the loser since; returns how many rows.

    A form that was open during the merge may have saved a row for the loser, and an undo may have
    made room for a row that the winner had twice.
    """
    footprint = Footprint.from_json(made.footprint)
    before = footprint.count
    move(made.winner, made.loser, footprint)
    if footprint.as_json() != made.footprint:
        made.footprint, made.rows = footprint.as_json(), footprint.count
        made.save()
    return footprint.count - before


def merged_into(pk: int) -> int | None:
    """Return the party that a merged one lives on in now, or None."""
    seen = {pk}
    at: int | None = pk
    while at is not None:
        step = Merge.objects.filter(
            loser=at, state=Merge.State.MERGED, loser__binned_at__isnull=False
        )
        found: int | None = step.order_by("-pk").values_list("winner", flat=True).first()
        if found is None or found in seen:
            break
        seen.add(found)
        at = found
    return at if at != pk else None


def undo_group(actor: Actor, group: uuid.UUID) -> undoing.Undone | None:
    """Undo all merges of a group that are not undone yet, newest first; None where it has none."""
    made = list(Merge.objects.filter(group=group).order_by("-pk"))
    if not made:
        return None
    undone = undoing.Undone(uuid.uuid4())
    with change(actor, "undo", group=undone.group, undoes=group):
        for one in (m for m in made if m.state == Merge.State.MERGED):
            try:
                done = undo_merge(actor, one)
            except ValidationError as error:
                undone.left.append(" ".join(error.messages))
                continue
            undone.count += 1
            undone.left += done.stayed.splitlines()
    return undone


undoing.instead.append(undo_group)
successors[Party.label()] = merged_into


def _locked(actor: Actor, winner: int, loser: int) -> tuple[Party, Party]:
    """Read both rows for writing, in one order for everybody, and check that they may be merged."""
    rows = Party.everything.select_for_update().order_by("pk")
    found = {row.pk: row for row in rows.filter(pk__in=[winner, loser])}
    for pk in (winner, loser):
        if (row := found.get(pk)) is None:
            raise ValidationError(_("There is no such record. It may have been deleted for good."))
        if row.binned_at is not None:
            raise ValidationError(_gone(actor, row))
    for row in found.values():
        require(actor, Op.EDIT, row)
        refuse_if_sealed(row)
    require(actor, Op.DELETE, found[loser])
    for row in found.values():
        refuse_if_locked(row)
    return found[winner], found[loser]


def refuse_if_sealed(row: Party) -> None:
    """Raise ValidationError where fields are sealed: they are bound to their own record."""
    if row.sealed:
        raise ValidationError(_("Sealed fields can't be merged. Take off the seal first."))


def _gone(actor: Actor, row: Party) -> str:
    newest = Merge.objects.filter(loser=row.pk, state=Merge.State.MERGED).order_by("-pk").first()
    if newest is None:
        return str(_("One of the two lies in the bin."))
    words = _("%(who)s has merged one of the two already. Nothing was changed.")
    return str(words % {"who": newest.created_by})


def _locked_for_undo(actor: Actor, made: Merge) -> tuple[Party, Party]:
    rows = Party.everything.select_for_update().order_by("pk")
    found = {row.pk: row for row in rows.filter(pk__in=[made.winner_id, made.loser_id])}
    winner, loser = found[made.winner_id], found[made.loser_id]
    later = Merge.objects.filter(loser=winner.pk, state=Merge.State.MERGED).order_by("-pk").first()
    if winner.binned_at is not None and later is not None:
        what = {"winner": title(actor, later.winner)}
        raise ValidationError(
            _("It was itself merged into “%(winner)s” afterwards. Undo that merge first.") % what
        )
    if winner.binned_at is not None:
        raise ValidationError(
            _("The customer it was merged into lies in the bin. Restore it first.")
        )
    require(actor, Op.EDIT, winner)
    if not Party.everything.filter(within(actor, Party, Op.DELETE), pk=loser.pk).exists():
        require(actor, Op.DELETE, loser)
    return winner, loser


def _hand_on(made: Merge, winner: Party, footprint: Footprint) -> None:
    """Where a later merge changed the same value, it now goes back to what was before this one."""
    stored = winner.snapshot()
    names = {_column(name): name for name in footprint.fields}
    for column, name in names.items():
        before, after = footprint.fields[name]
        if stored.get(column) == after:
            continue
        for later in _merges_into(winner):
            kept = later.footprint["fields"].get(name)
            if later.pk > made.pk and kept and kept[0] == after:
                kept[0] = before
                later.save()
                Merge.everything.filter(pk=later.pk).unjournaled_update(footprint=later.footprint)
                del footprint.fields[name]
                break


def _column(name: str) -> str:
    if name.startswith("extra."):
        return name
    return Party._meta.get_field(name).attname  # type: ignore[union-attr]


def _merges_into(winner: Party) -> list[Merge]:
    rows = Merge.objects.filter(winner=winner, state=Merge.State.MERGED).exclude(footprint={})
    return list(rows.select_related("winner", "loser").order_by("pk"))


def _takeable(actor: Actor, take: Iterable[str]) -> list[str]:
    """Return those of the fields that `actor` may write; raise ValidationError for others."""
    fields = entity_of(Party).fields(actor)
    names = list(dict.fromkeys(take))
    for name in names:
        if name not in fields or not fields[name].is_writable:
            raise ValidationError(_("You may not change “%(field)s”.") % {"field": name})
    return names


def _judge_pairs(actor: Actor, winner: Party, loser: Party) -> None:
    one, other = sorted((winner.pk, loser.pk))
    for pair in DuplicatePair.objects.filter(one=one, other=other):
        pair.state, pair.judged_by = DuplicatePair.State.MERGED, actor.name
        pair.judged_at = timezone.now()
        pair.save()


def _reopen_pairs(winner: Party, loser: Party) -> None:
    one, other = sorted((winner.pk, loser.pk))
    for pair in DuplicatePair.objects.filter(one=one, other=other, state="merged"):
        pair.state, pair.judged_by, pair.judged_at = DuplicatePair.State.OPEN, "", None
        pair.save()


def _told(actor: Actor, told: TakenBack) -> list[str]:
    """Say what an undo left with the winner."""
    found = []
    for label, _column_name, keys in told.stayed:
        what = apps.get_model(label)._meta
        name = what.verbose_name if len(keys) == 1 else what.verbose_name_plural
        text = ngettext(
            "%(n)s %(what)s was changed since and stays as it is.",
            "%(n)s %(what)s were changed since and stay as they are.",
            len(keys),
        )
        found.append(str(text % {"n": len(keys), "what": name}))
    fields = entity_of(Party).fields(actor)
    for name in told.fields:
        label = fields[name].label if name in fields else name
        found.append(str(_("“%s” has been changed since and stays.") % label))
    return found


def merges_of(actor: Actor, party: Record) -> Sequence[Merge]:
    """Return the merges into a party, newest first, undone ones too."""
    rows = visible(actor, Merge).filter(Q(winner=party.pk))
    return list(rows.select_related("winner", "loser").order_by("-pk")[:20])
