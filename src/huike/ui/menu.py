"""The side menu, built from the entities that the actor may open."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from huike.kernel.access.scope import may
from huike.kernel.actor import Actor, Op
from huike.kernel.entity.entity import entities, entity_of

GROUPS: Mapping[str, str | Promise] = {
    "customers": _("Customers"),
    "sales": _("Sales"),
    "trade": _("Trade"),
    "marketing": _("Marketing"),
    "service": _("Service"),
    "office": _("Office"),
    "analytics": _("Analysis"),
    "settings": _("Settings"),
}


@dataclass(frozen=True)
class Item:
    """One line of the menu."""

    label: str
    icon: str
    address: str
    key: str = ""  # of the entity, where it is one


@dataclass
class Group:
    """A titled group of the menu."""

    name: str
    label: str
    items: list[Item] = field(default_factory=list)


@dataclass(frozen=True)
class Page:
    """A page of its own that a room adds to the menu with `add_page`."""

    group: str
    label: str | Promise
    icon: str
    address: str  # the name of its URL
    only_administrators: bool = False
    for_whom: Callable[[Actor], bool] = lambda actor: True


_pages: list[Page] = []


def add_page(page: Page) -> None:
    """Put a page that is not a list of records into the menu; call it from AppConfig.ready()."""
    if page not in _pages:
        _pages.append(page)


def menu(actor: Actor) -> Sequence[Group]:
    """Return the groups that hold something for `actor`."""
    groups = {name: Group(name, str(label)) for name, label in GROUPS.items()}
    for entity in entities():
        if entity.in_menu and may(actor, entity.model, Op.VIEW):
            group = groups.setdefault(entity.menu or "office", Group(entity.menu, entity.menu))
            group.items.append(
                Item(entity.label, entity.icon, entity.home or f"/{entity.key}/", entity.key)
            )
    for page in _pages:
        if page.only_administrators and not actor.is_unlimited:
            continue
        if not page.for_whom(actor):
            continue
        try:
            address = reverse(page.address)
        except NoReverseMatch:
            continue
        groups[page.group].items.append(Item(str(page.label), page.icon, address))
    return [group for group in groups.values() if group.items]


def link_to(record: Any) -> str:
    """Return the address of a record's page, or "" for what has none."""
    try:
        entity = entity_of(type(record))
    except LookupError:
        return ""
    return f"/{entity.key}/{record.pk}/"


def creatable(actor: Actor) -> list[Item]:
    """Return what the "+" of the top bar offers to `actor`."""
    return [
        Item(entity.one, entity.icon, f"/{entity.key}/quick/", entity.key)
        for entity in entities()
        if entity.in_menu and entity.can_add and may(actor, entity.model, Op.ADD)
    ]
