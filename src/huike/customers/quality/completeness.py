"""How complete a customer file is: the share of the weights whose fields are filled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from huike.customers.models import Party
from huike.customers.quality.models import FieldWeight
from huike.kernel.access.scope import require_any
from huike.kernel.actor import Actor, Op
from huike.kernel.change.work import change
from huike.kernel.entity.custom import CustomField
from huike.kernel.entity.entity import entity_of
from huike.kernel.entity.field import EXTRA
from huike.kernel.records.bulk import create_all
from huike.kernel.records.sealing import sealed_names

MOST = 100
# until a firm has set its own
USUAL: Mapping[str, Mapping[str, int]] = {
    "person": {
        "name": 10, "phone": 10, "sex": 3, "birthday": 5, "city": 4, "address": 3, "job": 2,
        "email": 2, "wechat": 3, "level": 3, "category": 4, "source": 3, "owner": 5,
    },
    "organisation": {
        "name": 10, "telephone": 6, "industry": 5, "size": 3, "city": 4, "address": 4,
        "tax_number": 4, "website": 1, "level": 3, "category": 4, "source": 3, "owner": 5,
        "credit_limit": 2,
    },
}  # fmt: skip
Weights = Mapping[str, Mapping[str, int]]


def weights() -> Weights:
    """Return the weight of each field by person and organisation (one query)."""
    found: dict[str, dict[str, int]] = {}
    for kind, name, weight in FieldWeight.objects.values_list("kind", "field", "weight"):
        found.setdefault(kind, {})[name] = weight
    return {kind: found.get(kind) or USUAL[kind] for kind in Party.Kind.values}


def weighable() -> list[str]:
    """Return the names of the fields that can have a weight: those that a person fills in."""
    entity = entity_of(Party)
    columns = {f.name: f for f in Party._meta.get_fields()}
    fixed = [
        n for n in entity.form_names if n in columns and getattr(columns[n], "editable", False)
    ]
    plain = [n for n in fixed if not n.startswith("is_") and n not in {"kind", "tags"}]
    customs = CustomField.objects.filter(record=Party.label())
    return plain + [EXTRA + c.name for c in customs if not c.is_worked_out]


def set_weights(actor: Actor, kind: str, given: Mapping[str, int]) -> None:
    """Set the weights of one kind of party anew; those of 0 don't count.

    Raises ValidationError where none is left, or one is out of 0 to 100.
    """
    require_any(actor, FieldWeight, Op.EDIT)
    known = set(weighable())
    wanted = {name: weight for name, weight in given.items() if weight and name in known}
    if not wanted or not all(0 < w <= MOST for w in wanted.values()):
        words = _("Give at least one field a weight, each from 0 to %s.")
        raise ValidationError(words % MOST)
    with change(actor, "customers.set_weights"):
        rows = {r.field: r for r in FieldWeight.everything.select_for_update().filter(kind=kind)}
        for name, row in rows.items():
            _renew(row, wanted.get(name, 0))
        new = [
            FieldWeight(kind=kind, field=n, weight=w) for n, w in wanted.items() if n not in rows
        ]
        create_all(new)


def _renew(row: FieldWeight, weight: int) -> None:
    if weight != (row.weight if row.binned_at is None else 0):
        row.weight, row.binned_at = weight, None
        row.save()


def missing(row: Party, weighed: Mapping[str, int]) -> list[str]:
    """Return the fields that count and are empty, the heaviest first; sealed ones are filled."""
    sealed = set(sealed_names(row))
    bare = [n for n in weighed if weighed[n] and n not in sealed and not is_filled(row, n)]
    return sorted(bare, key=lambda n: -weighed[n])


def score(row: Party, weighed: Mapping[str, int]) -> int:
    """Return the share of the weights that is filled, in per cent from 0 to 100."""
    whole = sum(weighed.values())
    lacking = sum(weighed[name] for name in missing(row, weighed))
    return round(100 * (whole - lacking) / whole) if whole else 100


def is_filled(row: Party, name: str) -> bool:
    """Tell whether a field holds anything; a zero is something."""
    return value_of(row, name) not in (None, "", [], {})


def value_of(row: Party, name: str) -> Any:
    """Return what a field holds, for the product's own work: nothing of it is shown."""
    if name.startswith(EXTRA):
        return row.extra.get(name.removeprefix(EXTRA))
    return getattr(row, Party._meta.get_field(name).attname)  # type: ignore[union-attr]


def renew(keys: Iterable[int], weighed: Weights | None = None) -> int:
    """Work out the completeness of these customers again; return how many changed."""
    weighed = weighed or weights()
    changed = []
    for row in Party.everything.filter(pk__in=list(keys)):
        now = score(row, weighed[row.kind])
        if now != row.completeness:
            row.completeness = now
            changed.append(row)
    Party.everything.all().unjournaled_save(changed, ["completeness"])
    return len(changed)
