"""Views that people keep: who sees which, and how they are saved, shared, pinned and ordered."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from huike.kernel.actor import Actor
from huike.kernel.entity.entity import Entity
from huike.kernel.lists.models import SavedView
from huike.kernel.lists.view import ListView

MOST = 100


@dataclass(frozen=True)
class Tab:
    """One view as a tab above the list."""

    label: str
    query: str
    is_open: bool
    saved: SavedView | None = None
    is_mine: bool = False


def visible_views(actor: Actor, entity: Entity) -> QuerySet[SavedView]:
    """Return the saved views of a list that `actor` may open."""
    shared = Q(sharing=SavedView.Sharing.ALL)
    if actor.user_id is not None:
        shared |= Q(user=actor.user_id)
    if actor.department_id is not None:
        shared |= Q(sharing=SavedView.Sharing.DEPARTMENT, department_id=actor.department_id)
    return SavedView.objects.filter(shared, entity=entity.key)


def tabs(actor: Actor, entity: Entity, view: ListView) -> list[Tab]:
    """Return the views of a list: those of the product first, then saved ones, pinned first."""
    now = _look(view)
    made = [Tab(str(label), query, _same(entity, query, now)) for label, query in entity.views]
    if not any(tab.query == "" for tab in made):
        made.insert(0, Tab(_("All"), "", now == ""))
    for saved in visible_views(actor, entity)[:MOST]:
        mine = may_change(actor, saved)
        made.append(Tab(saved.name, saved.query, _same(entity, saved.query, now), saved, mine))
    return made


def may_change(actor: Actor, saved: SavedView) -> bool:
    """Tell whether a view is the actor's own to alter; an administrator's are all."""
    if actor.user_id is not None and saved.user_id == actor.user_id:
        return True
    return actor.is_administrator and saved.sharing == SavedView.Sharing.ALL


def save_view(
    actor: Actor, view: ListView, name: str, sharing: str = "private", pinned: bool = False
) -> SavedView:
    """Keep a view under a name; one of the same name of the actor's own is replaced."""
    name = _checked_name(name)
    own = SavedView.objects.filter(entity=view.entity.key, user=actor.user_id)
    if own.count() >= MOST:
        raise ValidationError(_("You have %s views of this list; delete one first.") % MOST)
    last = own.aggregate(last=Max("position"))["last"] or 0
    saved = own.filter(name=name).first()
    if saved is None:
        saved = SavedView(entity=view.entity.key, user_id=actor.user_id, name=name)
        saved.position = last + 1
    saved.query = view.query(after="")
    saved.is_pinned = pinned
    return _share(actor, saved, sharing)


def alter_view(
    actor: Actor, saved: SavedView, *, name: str | None, sharing: str | None, pinned: bool | None
) -> SavedView:
    """Rename, share or pin a view; what is None stays as it is."""
    _require(actor, saved)
    if name is not None:
        saved.name = _checked_name(name)
    if pinned is not None:
        saved.is_pinned = pinned
    return _share(actor, saved, saved.sharing if sharing is None else sharing)


def shift_view(actor: Actor, saved: SavedView, by: int) -> None:
    """Move a view one place up (-1) or down (1) among the actor's own."""
    _require(actor, saved)
    own = list(SavedView.objects.filter(entity=saved.entity, user=saved.user_id))
    place = next(n for n, one in enumerate(own) if one.pk == saved.pk)
    own.insert(min(max(place + by, 0), len(own) - 1), own.pop(place))
    for n, one in enumerate(own):
        SavedView.objects.filter(pk=one.pk).update(position=n)


def delete_view(actor: Actor, saved: SavedView) -> None:
    _require(actor, saved)
    saved.delete()


def _require(actor: Actor, saved: SavedView) -> None:
    if not may_change(actor, saved):
        raise PermissionDenied(_("This view is not yours. Save it under a name of your own."))


def _share(actor: Actor, saved: SavedView, sharing: str) -> SavedView:
    if sharing not in SavedView.Sharing.values:
        raise ValidationError(_("Choose who is to see this view."))
    if sharing == SavedView.Sharing.DEPARTMENT and actor.department_id is None:
        raise ValidationError(_("You belong to no department to share this view with."))
    saved.sharing = sharing
    saved.department_id = actor.department_id
    saved.save()
    return saved


def _checked_name(name: str) -> str:
    name = name.strip()[:100]
    if not name:
        raise ValidationError(_("Give the view a name."))
    return name


def _same(entity: Entity, query: str, now: str) -> bool:
    """Tell whether two queries are the same view, however they are written."""
    try:
        return _look(ListView.read(entity, dict(parse_qsl(query)))) == now
    except ValidationError:
        return False


def _look(view: ListView) -> str:
    """Return what makes a view this one: not the page, the month or the widths of columns."""
    return view.query(after="", month="", widths=(), size=50)
