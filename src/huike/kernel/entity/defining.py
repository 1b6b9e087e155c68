"""Custom fields made, changed, ordered and removed by an administrator."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from huike.kernel.access.administrator import require_administrator
from huike.kernel.actor import Actor
from huike.kernel.change.setup import save_setup
from huike.kernel.change.work import change
from huike.kernel.entity.columns import kind_of_custom
from huike.kernel.entity.custom import CustomField
from huike.kernel.entity.entity import entities, entity_of
from huike.kernel.kinds.kind import EMPTY
from huike.kernel.records.record import Record

WITH_CHOICES = frozenset({CustomField.Kind.CHOICE, CustomField.Kind.CHOICES})
ASKED = (
    "label", "kind", "choices", "target", "required", "unique", "default", "help", "formula",
    "result", "rollup",
)  # fmt: skip
# what only a higher package can check of a field: a formula, a sum (kernel/formulas)
checking: dict[str, Callable[[Actor, CustomField], None]] = {}


def suggested_name(label: str, taken: Collection[str] = ()) -> str:
    """Return a name for files and API made of the label's pinyin: 车牌 gives che_pai."""
    from pypinyin import lazy_pinyin  # here: its dictionary takes half a second to load

    words = "_".join(lazy_pinyin(label)).lower()
    name = re.sub(r"[^a-z0-9]+", "_", words).strip("_")[:40].strip("_")
    if not name or not name[0].isalpha():
        name = f"field_{name}".rstrip("_")
    number, free = 2, name
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free


def free_name(record: str, label: str) -> str:
    """Return the suggested name that no field of this record has, removed ones included."""
    taken = CustomField.everything.filter(record=record).values_list("name", flat=True)
    return suggested_name(label, set(taken))


def add_field(actor: Actor, record: str, given: dict[str, Any]) -> CustomField:
    """Add a field to a kind of record; raise ValidationError by field for what is wrong."""
    require_administrator(actor)
    label = entity_of(record).model.label()
    last = CustomField.everything.filter(record=label).aggregate(last=Max("position"))["last"]
    name = given.get("name") or free_name(label, given.get("label", ""))
    field = CustomField(record=label, name=name, position=(last or 0) + 1)
    return _save(actor, field, given, "fields.add")


def edit_field(actor: Actor, field: CustomField, given: dict[str, Any]) -> CustomField:
    """Change a field; its kind and what it links to stay once records hold values."""
    require_administrator(actor)
    for name in ("kind", "target"):
        if name in given and given[name] != getattr(field, name) and holding(field):
            raise ValidationError({name: _("Records hold values already, so this stays.")})
    if given.get("unique") and not field.unique and (double := _double(field)):
        text = _("Several records hold “%(value)s”. Make them differ first.")
        raise ValidationError({"unique": text % {"value": double}})
    return _save(actor, field, given, "fields.edit")


def _save(actor: Actor, field: CustomField, given: dict[str, Any], action: str) -> CustomField:
    for name in ASKED:
        if name in given:
            setattr(field, name, given[name])
    if field.kind not in WITH_CHOICES:
        field.choices = []
    if field.kind != CustomField.Kind.LINK:
        field.target = ""
    _only_its_own(field)
    _check(field)
    if check := checking.get(field.kind):
        check(actor, field)
    return save_setup(actor, field, action)


def _only_its_own(field: CustomField) -> None:
    """Empty what belongs to fields of other kinds."""
    if field.kind != CustomField.Kind.COMPUTED:
        field.formula = ""
    if field.kind != CustomField.Kind.ROLLUP:
        field.rollup = {}
    if not field.is_worked_out:
        field.result = ""
    else:
        field.required = field.unique = False
        field.default = ""


def _check(field: CustomField) -> None:
    field.clean_fields()
    field.clean()
    if len(set(field.choices)) < len(field.choices):
        raise ValidationError({"choices": _("Two choices are the same.")})
    several = field.kind == CustomField.Kind.CHOICES
    if several and any(re.search(r'[,，;；、|"]', choice) for choice in field.choices):
        raise ValidationError({"choices": _("A choice can't hold a comma or a quotation mark.")})
    if field.target and field.target not in {t for t, _label in link_targets()}:
        raise ValidationError({"target": _("Nothing can be linked to that.")})
    if field.unique and field.kind in {*WITH_CHOICES, CustomField.Kind.YES_NO}:
        raise ValidationError({"unique": _("Of choices there are too few for no two to be alike.")})
    if field.default:
        try:
            kind_of_custom(field).parse(field.default)
        except ValidationError as error:
            raise ValidationError({"default": error.messages}) from error


def link_targets() -> list[tuple[str, str]]:
    """Return what a field may link to: (label, name in words)."""
    known = [(e.model.label(), e.one) for e in entities()]
    return sorted([*known, ("staff.user", _("Employee"))], key=lambda pair: pair[1])


def choices_of(text: str) -> list[str]:
    """Return the choices written one per line."""
    return [line.strip()[:100] for line in text.splitlines() if line.strip()]


def order_fields(actor: Actor, record: str, keys: Sequence[int]) -> None:
    """Put the fields of a record in the order of `keys`; those not named come last."""
    require_administrator(actor)
    fields = {f.pk: f for f in CustomField.objects.filter(record=record)}
    order = [k for k in dict.fromkeys(keys) if k in fields]
    order += [k for k in fields if k not in order]
    with change(actor, "fields.order"):
        for position, key in enumerate(order, 1):
            fields[key].position = position
            save_setup(actor, fields[key], "fields.order")


def remove_field(actor: Actor, field: CustomField) -> None:
    """Take a field off every surface; the records keep their values until it comes back."""
    require_administrator(actor)
    field.removed_at = timezone.now()
    save_setup(actor, field, "fields.remove")


def restore_field(actor: Actor, field: CustomField) -> None:
    """Bring a removed field back, with all values that the records held."""
    require_administrator(actor)
    field.removed_at = None
    save_setup(actor, field, "fields.restore")


def holding(field: CustomField) -> int:
    """Return how many records, also in the bin, hold a value of the field."""
    if field.pk is None:
        return 0
    return int(_rows(field).filter(extra__has_key=field.name).count())


def _rows(field: CustomField) -> Any:
    model: type[Record] = entity_of(field.record).model
    return model.everything.all()


def _double(field: CustomField) -> str:
    """Return a value that two records hold, or "" where there is none."""
    seen: set[str] = set()
    held = _rows(field).filter(extra__has_key=field.name)
    for value in held.values_list(f"extra__{field.name}", flat=True).iterator(2000):
        if value in EMPTY:
            continue
        if str(value) in seen:
            return str(value)
        seen.add(str(value))
    return ""
