"""Says which kind of value a model's column holds."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.apps import apps
from django.db import models

from huike.kernel.entity.custom import CustomField
from huike.kernel.files import StoredFile
from huike.kernel.kinds.choices import Choice, Choices, YesNo
from huike.kernel.kinds.kind import Kind
from huike.kernel.kinds.links import File, Links
from huike.kernel.kinds.numbers import Money, Number, Share, Whole
from huike.kernel.kinds.times import Day, Moment
from huike.kernel.kinds.trees import link_to
from huike.kernel.kinds.words import LongText, Mail, Phone, Text, Web


class PhoneField(models.CharField):  # type: ignore[type-arg]
    """A column that holds a phone number."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 30)
        super().__init__(*args, **kwargs)


class MoneyField(models.DecimalField):  # type: ignore[type-arg]
    """A column that holds an amount of money: 14 digits, 2 of them after the point."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 14)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(*args, **kwargs)


class ShareField(models.DecimalField):  # type: ignore[type-arg]
    """A column that holds a share of one, such as a probability: shown as a percentage."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 7)
        kwargs.setdefault("decimal_places", 6)
        super().__init__(*args, **kwargs)


@cache
def kind_of(column: models.Field[Any, Any]) -> Kind:
    """Return the kind of a model's column; raise TypeError for one that no kind serves."""
    if isinstance(kind := getattr(column, "value_kind", None), Kind):  # a room's own column
        return kind
    if column.choices:
        if not isinstance(column, models.CharField):  # "" must fit, and the API says text
            raise TypeError(f"{column}: choices are kept as text")
        return Choice({str(value): label for value, label in column.flatchoices})
    if isinstance(column, models.ManyToManyField):
        return Links(_target(column)._meta.label)
    if isinstance(column, models.ForeignKey):
        return File() if column.related_model is StoredFile else link_to(_target(column))
    if isinstance(column, models.CharField):
        return _words(column)
    for column_class, kind in _BY_CLASS:
        if isinstance(column, column_class):
            return kind
    if isinstance(column, models.DecimalField):
        return Number(column.decimal_places)
    raise TypeError(f"no kind of value for {column}")


def _target(column: models.Field[Any, Any]) -> type[models.Model]:
    model = column.related_model
    assert isinstance(model, type)
    assert issubclass(model, models.Model)
    return model


def _words(column: models.CharField[Any, Any]) -> Kind:
    for column_class, kind in (
        (PhoneField, Phone),
        (models.EmailField, Mail),
        (models.URLField, Web),
    ):
        if isinstance(column, column_class):
            return kind(column.max_length)
    return Text(column.max_length)


_BY_CLASS: tuple[tuple[type[Any], Kind], ...] = (
    (models.TextField, LongText()),
    (models.BooleanField, YesNo()),
    (models.DateTimeField, Moment()),
    (models.DateField, Day()),
    (MoneyField, Money()),
    (ShareField, Share(6)),
    (models.IntegerField, Whole()),
)


def kind_of_custom(custom: CustomField) -> Kind:
    """Return the kind of a custom field."""
    options = {str(choice): str(choice) for choice in custom.choices}
    if custom.kind == "link":
        return link_to(apps.get_model(custom.target))
    if custom.is_worked_out:
        return Text()  # until kernel/formulas says what it gives
    made: dict[str, Kind] = {
        "text": Text(2000),
        "number": Number(),
        "money": Money(),
        "date": Day(),
        "choice": Choice(options),
        "choices": Choices(options),
        "yes_no": YesNo(),
        "file": File(),
    }
    return made[custom.kind]
