"""What applying, renewing or taking back a pack would do, thing by thing, before it is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huike.kernel.packs.models import AppliedPack, PackItem
from huike.kernel.packs.reading import Pack
from huike.kernel.packs.things import THINGS, Thing, Want, row_of, thing_called


class What(TextChoices):
    """What happens to one thing."""

    MAKE = "make", gettext_lazy("is made")
    ADOPT = "adopt", gettext_lazy("is there already")
    SAME = "same", gettext_lazy("stays as it is")
    CHANGE = "change", gettext_lazy("is renewed")
    KEEP = "keep", gettext_lazy("is kept")
    REMOVE = "remove", gettext_lazy("is taken back")


LABELS = {
    "field": gettext_lazy("Field"),
    "rule": gettext_lazy("Rule of a field"),
    "record": gettext_lazy("Record"),
    "layout": gettext_lazy("Layout"),
    "view": gettext_lazy("View"),
    "sample": gettext_lazy("Sample data"),
}


@dataclass(frozen=True)
class Step:
    """One thing, and what happens to it; `why` says why it is kept."""

    thing: Thing
    key: str
    label: str
    what: What
    why: str = ""
    want: Want | None = None
    row: Any = None
    item: PackItem | None = None

    @property
    def kind(self) -> str:
        return str(LABELS[self.thing.name])


def plan(pack: Pack) -> list[Step]:
    """Return the steps to apply or renew a pack, in the order in which they are done."""
    items = {(i.kind, i.key): i for i in PackItem.objects.filter(pack__name=pack.name)}
    wanted = [want for thing in THINGS for want in thing.wanted(pack)]
    steps = [_wanted(want, items.get((want.thing.name, want.key))) for want in wanted]
    keys = {(want.thing.name, want.key) for want in wanted}
    left = [i for key, i in items.items() if key not in keys and i.kind != "sample"]
    return [*steps, *_removing(left)]


def removal(applied: AppliedPack) -> list[Step]:
    """Return the steps to take a pack back: the last that was brought first."""
    return _removing([i for i in applied.items.all() if i.kind != "sample"])


def _wanted(want: Want, item: PackItem | None) -> Step:
    thing = want.thing
    if item is None:
        return _first_time(want)
    row = row_of(thing, item.key, item.row_id)
    parts = {"want": want, "item": item, "row": row}
    if row is None:
        return Step(thing, want.key, want.label, What.KEEP, _("the firm has removed it"), **parts)
    now = thing.look(row)
    if _as_wanted(now, want):
        return Step(thing, want.key, want.label, What.SAME, **parts)
    if item.brought and now == item.held:
        return Step(thing, want.key, want.label, What.CHANGE, **parts)
    return Step(thing, want.key, want.label, What.KEEP, _("the firm has changed it"), **parts)


def _first_time(want: Want) -> Step:
    try:
        found = want.thing.find(want)
    except Exception:  # what it lies below is not made yet
        found = None
    if found is None or getattr(found, "removed_at", None):
        return Step(want.thing, want.key, want.label, What.MAKE, want=want)
    return Step(want.thing, want.key, want.label, What.ADOPT, want=want, row=found)


def _as_wanted(now: dict[str, Any], want: Want) -> bool:
    return all(now[k] == v for k, v in want.values.items() if k in now)


def _removing(items: Sequence[PackItem]) -> list[Step]:
    return [one_back(item) for item in sorted(items, key=lambda i: -i.pk)]


def one_back(item: PackItem) -> Step:
    """Return what taking back one thing would do now."""
    thing = thing_called(item.kind)
    row = row_of(thing, item.key, item.row_id)
    label = getattr(row, "label", None) or str(getattr(row, "name", "") or item.key)
    if callable(label):  # of a record, which has a label of its own
        label = str(row)
    parts = {"row": row, "item": item}
    if row is None:
        return Step(thing, item.key, label, What.SAME, _("it is gone already"), **parts)
    if not item.brought:
        return Step(thing, item.key, label, What.KEEP, _("it was there before"), **parts)
    if why := thing.used(row):
        return Step(thing, item.key, label, What.KEEP, why, **parts)
    if thing.look(row) != item.held:
        return Step(thing, item.key, label, What.KEEP, _("the firm has changed it"), **parts)
    return Step(thing, item.key, label, What.REMOVE, **parts)
