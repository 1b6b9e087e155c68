"""Packs applied, renewed and taken back: each one change, with a history of who did it."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from huike.kernel.access.administrator import require_administrator
from huike.kernel.actor import Actor
from huike.kernel.change.work import change
from huike.kernel.packs import samples
from huike.kernel.packs.models import AppliedPack, PackEvent, PackItem
from huike.kernel.packs.planning import Step, What, one_back, plan
from huike.kernel.packs.reading import Pack
from huike.kernel.packs.things import row_of


@dataclass
class Told:
    """What was done: the group of the change, how many things, and what was kept and why."""

    group: uuid.UUID
    counts: Counter[str] = field(default_factory=Counter)
    kept: list[str] = field(default_factory=list)

    def add(self, step: Step) -> None:
        self.counts[step.what.value] += 1
        if step.what is What.KEEP:
            self.kept.append(f"{step.kind} “{step.label}”: {step.why}")


def apply(actor: Actor, pack: Pack, *, with_sample: bool = False) -> Told:
    """Apply a pack, or renew it to the version at hand; what the firm has changed stays.

    Doing it twice changes nothing the second time. Raises PermissionDenied, or ValidationError for
    a thing that can't be made.
    """
    require_administrator(actor)
    told = Told(uuid.uuid4())
    before = AppliedPack.objects.filter(name=pack.name).first()
    with change(actor, "packs.apply", group=told.group):
        applied = _applied(actor, pack, before, with_sample)
        for step in plan(pack):
            _do(actor, applied, step)
            told.add(step)
        _remember(actor, pack, before, told)
    if with_sample:
        told.counts["sample"] += samples.bring(actor, applied, pack)
    return told


def remove(actor: Actor, applied: AppliedPack) -> Told:
    """Take back what a pack brought and nobody uses or has changed; tell what is kept, and why."""
    require_administrator(actor)
    told = Told(uuid.uuid4())
    with change(actor, "packs.remove", group=told.group):
        gone, kept = samples.take_back(actor, applied)
        told.counts["sample"] += gone
        told.kept += kept
        for item in applied.items.exclude(kind="sample").order_by("-pk"):
            step = one_back(item)  # asked anew: what lay in it may be gone by now
            if step.what is What.REMOVE:
                _take_back(actor, step)
            told.add(step)
        _event(actor, applied.name, PackEvent.What.REMOVED, applied.version, told)
        applied.delete()
    return told


def _applied(
    actor: Actor, pack: Pack, before: AppliedPack | None, with_sample: bool
) -> AppliedPack:
    if before is not None and before.version > pack.version:
        raise ValidationError(_("A newer version of this pack is in use already."))
    applied = before or AppliedPack(name=pack.name)
    applied.version, applied.applied_by = pack.version, actor.name
    applied.applied_at = timezone.now()
    applied.with_sample = applied.with_sample or with_sample
    applied.save()
    return applied


def _do(actor: Actor, applied: AppliedPack, step: Step) -> None:
    row = step.row
    if step.what is What.REMOVE:
        _take_back(actor, step)
        return
    if step.want is None or step.what is What.KEEP:
        return
    try:
        if step.what is What.MAKE:
            row = step.thing.make(actor, step.want)
        elif step.what is What.CHANGE:
            step.thing.change(actor, row, step.want)
            row = row_of(step.thing, step.key, row.pk)
    except ValidationError as error:
        words = f"{step.kind} “{step.label}”: {' '.join(error.messages)}"
        raise ValidationError(words) from error
    if step.what in {What.MAKE, What.CHANGE, What.ADOPT}:
        _keep_item(applied, step, row)


def _keep_item(applied: AppliedPack, step: Step, row: object) -> None:
    brought = step.what is not What.ADOPT
    PackItem.objects.update_or_create(
        pack=applied,
        kind=step.thing.name,
        key=step.key,
        defaults={
            "row_id": row.pk,  # type: ignore[attr-defined]
            "brought": brought,
            "held": step.thing.look(row),
        },
    )


def _take_back(actor: Actor, step: Step) -> None:
    step.thing.remove(actor, step.row)
    if step.item is not None:
        step.item.delete()


def _remember(actor: Actor, pack: Pack, before: AppliedPack | None, told: Told) -> None:
    changed = told.counts.keys() - {What.SAME.value, What.KEEP.value}
    if before is None or changed:
        what = PackEvent.What.APPLIED if before is None else PackEvent.What.RENEWED
        _event(actor, pack.name, what, pack.version, told)


def _event(actor: Actor, name: str, what: PackEvent.What, version: int, told: Told) -> None:
    PackEvent.objects.create(
        name=name,
        what=what,
        version=version,
        who=actor.name,
        group=told.group,
        told={**told.counts, "kept": told.kept[:100]},
    )
