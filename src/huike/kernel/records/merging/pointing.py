"""Finds whatever points at a record, in any table, and lets it point elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction

from huike.kernel.change.work import current_work
from huike.kernel.entity.custom import CustomField
from huike.kernel.records.bulk import edit_all, save_all
from huike.kernel.records.merging.footprint import stays
from huike.kernel.records.record import Record


def links_to(model: type[models.Model]) -> Iterator[models.ForeignKey[Any, Any]]:
    """Yield the columns of all tables that point at `model`, except those that stay.

    Its own many-to-many fields are not among them: they are values of the record.
    """
    own = {getattr(f, "remote_field").through for f in model._meta.many_to_many}  # noqa: B009
    for link in model._meta.get_fields(include_hidden=True):
        if not isinstance(link, models.ManyToOneRel) or getattr(link, "parent_link", False):
            continue
        table = link.related_model
        if isinstance(table, str) or table in own or table._meta.label_lower in stays:
            continue
        yield link.field


def pointing() -> Iterator[type[models.Model]]:
    """Yield the tables that point at any kind of record, by `record` and `record_id`."""
    for model in apps.get_models():
        names = {f.name for f in model._meta.concrete_fields}
        if {"record", "record_id"} <= names and model._meta.label_lower not in stays:
            yield model


def custom_links(label: str) -> Iterator[tuple[type[Record], str]]:
    """Yield (model, name) of custom fields that link to records of this kind."""
    for custom in CustomField.everything.filter(kind=CustomField.Kind.LINK):
        if custom.target.lower().replace("/", ".") != label:
            continue
        model = apps.get_model(custom.record)
        if issubclass(model, Record):
            yield model, custom.name


def rows_of(model: type[models.Model]) -> Any:
    """Return all rows, those in the bin too."""
    return getattr(model, "everything", model._default_manager).all()


def point(column: models.ForeignKey[Any, Any], keys: list[int], to: int) -> list[int]:
    """Let rows point elsewhere; return those that did. What a constraint forbids stays."""
    if not keys:
        return []
    try:
        with Tentative():
            _write(column, keys, to)
        return keys
    except IntegrityError:
        if len(keys) == 1:
            return []
    moved = []
    for key in keys:
        moved += point(column, [key], to)
    return moved


def _write(column: models.ForeignKey[Any, Any], keys: list[int], to: int) -> None:
    rows = rows_of(column.model).filter(pk__in=keys)
    model = column.model
    if issubclass(model, Record) and not model.read_only:
        edit_all(rows, {column.name: to})
    elif issubclass(model, Record):
        rows.unjournaled_update(**{column.name: to})
    else:
        rows.update(**{column.name: to})


def repoint(rows: models.QuerySet[Any], to: Record) -> list[int]:
    """Let rows with a `record_id` point elsewhere, one by one where a constraint forbids some."""
    keys = sorted(rows.values_list("pk", flat=True))
    done = []
    for key in keys:
        try:
            with Tentative():
                one = rows_of(rows.model).filter(pk=key)
                if issubclass(rows.model, Record):
                    edit_all(one, {"record_id": to.pk})
                else:
                    one.update(record_id=to.pk)
            done.append(key)
        except IntegrityError:
            continue
    return done


def relink(rows: models.QuerySet[Any], name: str, to: int) -> list[int]:
    found = list(rows.select_for_update().order_by("pk"))
    for row in found:
        row.extra = {**row.extra, name: to}
    save_all(found)
    return [row.pk for row in found]


class Tentative:
    """A savepoint that takes back the journal's notes too, when an error leaves it."""

    def __enter__(self) -> None:
        self.before = len(current_work().notes)
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if error is not None:
            del current_work().notes[self.before :]
        self.savepoint.__exit__(kind, error, trace)
