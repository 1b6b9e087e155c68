"""Which of many new customers, such as those of a file, may be there already: a few queries for
all of them, and nothing told of customers whom the asker may not see but that they are there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import Q
from django.utils.translation import gettext as _

from huike.customers.duplicates.checking import covered
from huike.customers.duplicates.matching import quick
from huike.customers.duplicates.matching.keys import READ, Plain, normalised
from huike.customers.duplicates.wording import sentence
from huike.customers.models import Party
from huike.customers.names import sort_key
from huike.kernel.access.scope import visible
from huike.kernel.actor import Actor
from huike.kernel.entity.entity import entity_of
from huike.kernel.entity.titles import title

KEYS = 400  # SQLite takes a thousand values in one question


def doubles(actor: Actor, rows: Sequence[Party]) -> dict[int, str]:
    """Return {id() of a new row: who it may be, and why} for strong likenesses only."""
    known = _known(rows)
    if not known:
        return {}
    open_names = _open_names(actor)
    by_key: dict[str, list[Party]] = defaultdict(list)
    told = {row.pk: _plain(row, open_names) for row in known}
    for row in known:
        for key in _keys(told[row.pk]):
            by_key[key].append(row)
    seen = set(visible(actor, Party).filter(pk__in=list(told)).values_list("pk", flat=True))
    found = {}
    for row in rows:
        plain = _plain(row, open_names)
        for other in dict.fromkeys(o for key in _keys(plain) for o in by_key[key]):
            alike = quick.likeness(plain, told[other.pk])
            if other.kind == row.kind and quick.is_strong(alike):
                found[id(row)] = _words(actor, other, alike, sees=other.pk in seen)
                break
    return found


def _known(rows: Sequence[Party]) -> list[Party]:
    """Return the stored customers that share a phone, a mail address or a name with new ones."""
    wanted: dict[int, Party] = {}
    for at in range(0, len(rows), KEYS):
        some = rows[at : at + KEYS]
        for name, values in (
            ("phone", {row.phone for row in some}),
            ("email", {row.email for row in some}),
            ("name_key", {sort_key(row.name) for row in some}),
        ):
            found = Party.objects.filter(Q(**{f"{name}__in": sorted(values - {"", None})}))
            wanted |= {row.pk: row for row in found.select_related("owner")}
    return list(wanted.values())


def _open_names(actor: Actor) -> set[str]:
    fields = entity_of(Party).fields(actor)
    return {name for name in READ if name in fields and fields[name].is_comparable} | {"kind"}


def _plain(row: Party, names: Iterable[str]) -> Plain:
    return normalised({name: getattr(row, name) for name in names})


def _keys(plain: Plain) -> list[str]:
    found = [f"{c}:{plain[c]}" for c in ("phone", "email", "number_id", "sound") if plain[c]]
    return [*found, f"core:{plain['core']}"] if plain["core"] else found


def _words(actor: Actor, row: Party, alike: dict[str, str], *, sees: bool) -> str:
    if not sees:
        return _("exists already, owner %(who)s") % {"who": covered(str(row.owner or "")) or "—"}
    who = f"{title(actor, row)} ({sentence(alike)})"
    return _("may be in the file already: %(who)s") % {"who": who}
