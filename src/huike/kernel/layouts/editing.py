"""Layouts made, changed, copied and taken away: by administrators, and by everybody their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from huike.kernel.actor import Actor
from huike.kernel.change.setup import save_setup
from huike.kernel.entity.entity import Entity, entity_of
from huike.kernel.entity.field import Field
from huike.kernel.layouts.holding import check
from huike.kernel.layouts.models import Layout
from huike.kernel.layouts.shape import Part, Shape, built_in, known, read_parts, shape_of

MOST_SECTIONS = 40


def add_layout(actor: Actor, record: str, given: Mapping[str, Any]) -> Layout:
    """Make a layout, a copy of what the product has where no sections are given."""
    entity = entity_of(record)
    label = entity.model.label()
    layout = Layout(record=label, sections=[])
    last = Layout.objects.filter(record=label).aggregate(last=Max("position"))["last"]
    layout.position = (last or 0) + 1
    if "sections" not in given:
        shape = built_in(entity, entity.fields(actor))
        given = {**given, "sections": [part.as_json() for part in shape.parts]}
    return _save(actor, entity, layout, given, "layouts.add")


def edit_layout(actor: Actor, layout: Layout, given: Mapping[str, Any]) -> Layout:
    """Change a layout; raise ValidationError, by part, for what is wrong."""
    require_own(actor, layout)
    return _save(actor, entity_of(layout.record), layout, given, "layouts.edit")


def reset_layout(actor: Actor, layout: Layout) -> Layout:
    """Give a layout the sections again that the product has."""
    require_own(actor, layout)
    entity = entity_of(layout.record)
    shape = built_in(entity, entity.fields(actor))
    layout.sections, layout.hidden = [part.as_json() for part in shape.parts], []
    return save_setup(actor, layout, "layouts.reset")


def remove_layout(actor: Actor, layout: Layout) -> None:
    """Take a layout off every page; no value is touched."""
    require_own(actor, layout)
    layout.removed_at = timezone.now()
    save_setup(actor, layout, "layouts.remove")


def may_edit(actor: Actor, layout: Layout) -> bool:
    """Tell whether a layout is the actor's to change."""
    if layout.audience == Layout.Audience.PERSONAL:
        return actor.is_system or (actor.user_id is not None and layout.user_id == actor.user_id)
    return actor.is_unlimited


def require_own(actor: Actor, layout: Layout) -> None:
    """Raise PermissionDenied unless the actor may change the layout."""
    if not may_edit(actor, layout):
        raise PermissionDenied(_("This layout is not yours. Make one of your own."))


def _save(
    actor: Actor, entity: Entity, layout: Layout, given: Mapping[str, Any], action: str
) -> Layout:
    for name in ("name", "audience", "role_id", "when", "position"):
        if name in given:
            setattr(layout, name, given[name])
    if layout.audience != Layout.Audience.ROLE:
        layout.role_id = None
    mine = layout.audience == Layout.Audience.PERSONAL
    layout.user_id = (layout.user_id or actor.user_id) if mine else None
    require_own(actor, layout)
    fields = entity.fields(actor)
    if "sections" in given:
        _place(entity, fields, layout, read_parts(given["sections"]), given.get("hidden"))
    _check_when(fields, layout.when, "when")
    layout.when = layout.when or None
    return save_setup(actor, layout, action)


def _place(
    entity: Entity,
    fields: Mapping[str, Field],
    layout: Layout,
    parts: Sequence[Part],
    hidden: Sequence[str] | None,
) -> None:
    """Check and keep sections: no field twice, no required one left out, none that is unknown.

    Fields that this editor may not see stay where they were.
    """
    if len(parts) > MOST_SECTIONS:
        raise ValidationError({"sections": _("At most %s sections.") % MOST_SECTIONS})
    able = set(known(entity, fields))
    placed = [name for part in parts for name in part.fields]
    if len(set(placed)) < len(placed):
        raise ValidationError({"sections": _("A field stands twice.")})
    everything = set(known(entity, entity.fields(Actor.system("layouts"))))
    if unknown := [name for name in placed if name not in everything]:
        raise ValidationError({"sections": _("There is no field “%s”.") % unknown[0][:60]})
    if any(not part.title for part in parts):
        raise ValidationError({"sections": _("Give every section a title.")})
    for part in parts:
        _check_when(fields, part.when, "sections")
    left = [n for n in known(entity, fields) if n not in placed]
    out = left if hidden is None else [n for n in hidden if n in left]
    for name in out:
        if fields[name].required and fields[name].is_writable:
            told = _("“%s” must always be filled, so it can't be left out.")
            raise ValidationError({"sections": told % fields[name].label})
    unseen = [n for n in layout.hidden if n not in able and n in everything and n not in placed]
    layout.sections = [part.as_json() for part in parts]
    layout.hidden = [*out, *unseen] if hidden is not None else []


def _check_when(fields: Mapping[str, Field], tree: Any, part: str) -> None:
    try:
        check(fields, tree)
    except ValidationError as error:
        raise ValidationError({part: error.messages}) from error


def shape_for_editing(actor: Actor, layout: Layout) -> Shape:
    """Return a layout's sections as its editor shows them."""
    entity = entity_of(layout.record)
    return shape_of(layout, entity, entity.fields(actor))
