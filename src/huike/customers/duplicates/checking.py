"""Whether somebody who is about to be added is in the file already, also where the asker can't
look: then only that it is so, and the owner's surname, is told (已存在,负责人 王**)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q

from huike.customers.duplicates.matching import quick
from huike.customers.duplicates.matching.chinese import core
from huike.customers.duplicates.matching.keys import FIRM, READ, normalised
from huike.customers.duplicates.wording import sentence
from huike.customers.models import Party
from huike.customers.names import sort_key
from huike.kernel.access.scope import visible
from huike.kernel.actor import Actor
from huike.kernel.entity.entity import entity_of
from huike.kernel.entity.field import Field
from huike.kernel.entity.titles import title
from huike.kernel.kinds.kind import EMPTY
from huike.kernel.search.find import find

SHOWN = 5
LOOKED_AT = 60
NAMED = 20  # found by the search engine, which knows wrong and missing characters
BY_CONTACT = ("phone", "telephone", "email", "wechat", "id_number", "tax_number")


@dataclass(frozen=True)
class Possible:
    """Somebody who may be the one that is about to be added; without `id`, out of sight."""

    id: int | None
    title: str
    owner: str
    why: str
    is_strong: bool


def possible_duplicates(
    actor: Actor, given: Mapping[str, Any], but: int | None = None
) -> list[Possible]:
    """Return who may be meant by the values typed so far ({field: text}), the likeliest first.

    Only fields that `actor` may read in full are compared, so that nobody finds out by trying what
    is masked. Customers out of the actor's sight are told of only for a strong likeness.
    """
    values = _read(actor, given)
    if not values.get("name") and not any(values.get(n) for n in BY_CONTACT):
        return []
    asked = normalised(values)
    found = []
    for row in _candidates(actor, values).exclude(pk=but).select_related("owner")[:LOOKED_AT]:
        alike = quick.likeness(asked, normalised({n: getattr(row, n) for n in values}))
        if quick.is_strong(alike) or quick.is_weak(alike):
            found.append((quick.weight(alike), row, alike))
    found.sort(key=lambda hit: (-hit[0], hit[1].pk))
    keys = [row.pk for _weight, row, _alike in found]
    seen = set(visible(actor, Party).filter(pk__in=keys).values_list("pk", flat=True))
    told = [
        _told(actor, row, alike, sees=row.pk in seen)
        for _weight, row, alike in found
        if row.pk in seen or quick.is_strong(alike)
    ]
    return told[:SHOWN]


def _read(actor: Actor, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the typed values of the fields that are compared, as they would be stored."""
    fields = entity_of(Party).fields(actor)
    values: dict[str, Any] = {}
    for name in READ:
        f = fields.get(name)
        if f is not None and f.is_comparable and given.get(name) not in EMPTY:
            values[name] = _parsed(f, given[name])
    values.setdefault("kind", "person")
    return values


def _parsed(f: Field, text: Any) -> Any:
    try:
        return f.kind.parse(text)
    except ValidationError:  # half typed
        return None


def _candidates(actor: Actor, values: Mapping[str, Any]) -> Any:
    """Return the rows worth looking at, whoever's they are."""
    wanted = Q(pk__in=[])
    for name in BY_CONTACT:
        if value := values.get(name):
            wanted |= Q(**{name: value})
    if phone := values.get("phone") or values.get("telephone"):
        wanted |= Q(phone=phone) | Q(telephone=phone)
    if words := values.get("name"):
        wanted |= Q(name_key=sort_key(words)) | Q(pk__in=_by_search(values, words))
    return Party.objects.filter(wanted, kind=values["kind"]).order_by("pk")


def _by_search(values: Mapping[str, Any], name: str) -> list[int]:
    words = core(name) if values["kind"] == FIRM else name
    if len(words) < 2:
        return []
    everywhere = Actor.system("duplicates")
    return [hit.id for hit in find(everywhere, words, [entity_of(Party)], NAMED)]


def _told(actor: Actor, row: Party, alike: dict[str, str], *, sees: bool) -> Possible:
    strong = quick.is_strong(alike)
    if not sees:
        return Possible(None, "", covered(str(row.owner or "")), "", strong)
    return Possible(row.pk, title(actor, row), str(row.owner or ""), sentence(alike), strong)


def covered(name: str) -> str:
    """Return a person's name as others may know it: 王** for 王小明."""
    return f"{name[:1]}**" if name else ""
