"""Pages of a list by keyset: the next page begins after a row, however deep it lies."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from huike.kernel.entity.field import Field
from huike.kernel.kinds.links import Link
from huike.kernel.lists.view import ListView
from huike.kernel.records.record import Record, plain


@dataclass(frozen=True)
class Page:
    """One page of rows; `next` is the cursor of the page after it, empty at the end."""

    rows: list[Record]
    next: str = ""


def page(view: ListView, rows: QuerySet[Any], fields: Mapping[str, Field]) -> Page:
    """Return the page of `rows` that the view's cursor points at.

    Rows come sorted by the view's field and then by key, so that ties keep one order. Empty values
    come last either way. Raises ValidationError for a cursor that is not one.
    """
    rows, descending, full = _keyed(view, rows, fields)
    if view.after:
        rows = rows.filter(_after(view.after, descending, full))
    found = list(_ordered(rows, descending, full)[: view.size + 1])
    if len(found) <= view.size:
        return Page(found)
    found.pop()
    return Page(found, cursor(found[-1].sort_key, found[-1].pk))


def ordered(view: ListView, rows: QuerySet[Any], fields: Mapping[str, Field]) -> QuerySet[Any]:
    """Return all of `rows` in the view's order, for a file."""
    return _ordered(*_keyed(view, rows, fields))


def _keyed(
    view: ListView, rows: QuerySet[Any], fields: Mapping[str, Field]
) -> tuple[QuerySet[Any], bool, bool]:
    """Let each row carry what it is sorted by; tell whether that descends and is never empty."""
    name, descending = view.order(fields)
    column = view.entity.sort_by.get(name)
    if column or name not in fields:
        key = column or name
        is_added = key in rows.query.annotations
        full = not is_added and not getattr(rows.model._meta.get_field(key), "null", True)
        return rows.annotate(sort_key=F(key)), descending, full
    f = fields[name]
    if f.column is not None and isinstance(f.kind, Link) and (called := f.kind.sorting()):
        return rows.annotate(sort_key=F(f"{name}__{called}")), descending, False
    full = f.column is not None and not f.column.null
    return rows.annotate(sort_key=f.expression()), descending, full


def _ordered(rows: QuerySet[Any], descending: bool, full: bool) -> QuerySet[Any]:
    key = F("sort_key")
    if full:  # to say where empty values go keeps PostgreSQL from walking an index backwards
        return rows.order_by(*(("-sort_key", "-pk") if descending else ("sort_key", "pk")))
    if descending:
        return rows.order_by(key.desc(nulls_last=True), "-pk")
    return rows.order_by(key.asc(nulls_last=True), "pk")


def cursor(value: Any, pk: int) -> str:
    """Return the place after a row as text for an address."""
    text = json.dumps([plain(value), pk], ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _after(text: str, descending: bool, full: bool) -> Q:
    try:
        value, pk = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        pk = int(pk)
    except (ValueError, TypeError) as error:
        raise ValidationError(
            _("This page of the list is no longer there. Go back to the first.")
        ) from error
    later_pk = Q(pk__lt=pk) if descending else Q(pk__gt=pk)
    if value is None:
        return Q(sort_key__isnull=True) & later_pk
    beyond = Q(sort_key__lt=value) if descending else Q(sort_key__gt=value)
    if full:  # the first half lets an index begin at the place, which an OR does not
        return Q(**{f"sort_key__{'lte' if descending else 'gte'}": value}) & (beyond | later_pk)
    return beyond | (Q(sort_key=value) & later_pk) | Q(sort_key__isnull=True)
