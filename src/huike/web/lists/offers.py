"""What other rooms offer to do with all that a list shows, such as saving it as a segment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from huike.kernel.actor import Actor
from huike.kernel.entity.entity import Entity, Label
from huike.kernel.lists.view import ListView


@dataclass(frozen=True)
class Offer:
    """A link of a list: `address(view)` leads on with what the list holds now."""

    label: Label
    icon: str
    address: Callable[[ListView], str]
    for_whom: Callable[[Actor], bool] = lambda actor: True


_offers: dict[str, list[Offer]] = defaultdict(list)


def add_offer(record: str, offer: Offer) -> None:
    """Add an offer to the lists of the record labelled `record`; call it from AppConfig.ready()."""
    if offer not in _offers[record]:
        _offers[record].append(offer)


def offers_of(actor: Actor, entity: Entity, view: ListView) -> list[tuple[str, str, str]]:
    """Return (label, icon, address) of what `actor` is offered."""
    return [
        (str(offer.label), offer.icon, offer.address(view))
        for offer in _offers[entity.model.label()]
        if offer.for_whom(actor)
    ]
