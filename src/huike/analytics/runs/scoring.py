"""Writes what a run found into the scores of customers: only what differs, chunk by chunk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

import pandas as pd
from django.db import models
from django.utils import timezone

from huike.analytics.models import Measured, PastScore, Score
from huike.catalog.models import Product
from huike.customers.models import Party
from huike.kernel.records.bulk import chunks

CHUNK = 2_000
EMPTY: dict[str, Any] = {"orders": 0, "amount": Decimal("0.00"), "reasons": []}
BASE = {f.name for f in Measured._meta.fields} - {"version", "extra", "created_at", "changed_at"}
SKIPPED = {"id", "party", "on", "created_by", "binned_at"}


class Transaction(Protocol):
    """Opens a transaction for one chunk, of which `done` rows of the whole were written before."""

    def __call__(self, done: int) -> AbstractContextManager[Any]: ...


def fields_of(model: type[Measured]) -> list[models.Field[Any, Any]]:
    """The fields that a run fills."""
    known = BASE | {f.name for f in model._meta.concrete_fields if f.model is model}
    skip = SKIPPED | {"version", "extra", "created_at", "changed_at"}
    return [f for f in model._meta.concrete_fields if f.name in known - skip]


def write_scores(
    frame: pd.DataFrame, on: date, left_alone: Sequence[str], open_chunk: Transaction
) -> int:
    """Bring the newest scores up to `frame`; return how many customers were written.

    Parameters:
        frame: index customer (key of a party), columns named like the fields of Score.
        left_alone: fields whose method failed: they keep their last good value.
    """
    fields = [f for f in fields_of(Score) if f.name not in left_alone]
    written = 0
    for keys in chunks(_keys(frame), CHUNK):
        with open_chunk(written):
            stored = {row.party_id: row for row in Score.everything.filter(party__in=keys)}
            known = _parties(keys)
            rows = [(k, v) for k, v in _values(frame, keys, fields, on) if k in known]
            written += _save_chunk(rows, stored)
    return written


def _save_chunk(rows: list[tuple[int, dict[str, Any]]], stored: dict[int, Score]) -> int:
    now, new, changed, names = timezone.now(), [], [], ["on", "version", "changed_at"]
    for party, values in rows:
        row = stored.get(party)
        if row is None:
            new.append(_new(Score, party, values))
        elif any(getattr(row, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(row, name, value)
            row.version += 1
            row.changed_at = now
            changed.append(row)
            names = [*dict.fromkeys([*names, *(n.removesuffix("_id") for n in values)])]
    Score.everything.all().unjournaled_create(new)
    Score.everything.all().unjournaled_save(changed, names)
    return len(new) + len(changed)


def write_past(
    frame: pd.DataFrame, on: date, left_alone: Sequence[str], open_chunk: Transaction
) -> int:
    """Store the numbers of one day; the day before it in the same month gives way to it."""
    with open_chunk(0):
        older: models.QuerySet[PastScore] = models.QuerySet(PastScore).filter(
            on__year=on.year, on__month=on.month
        )
        older.delete()
    fields = [f for f in fields_of(PastScore) if f.name not in left_alone]
    bought = frame[frame["orders"].fillna(0) + frame["first_on"].notna() > 0]
    written = 0
    for keys in chunks([int(k) for k in bought.index], CHUNK):
        with open_chunk(written):
            known = _parties(keys)
            rows = [
                _new(PastScore, key, values)
                for key, values in _values(bought, keys, fields, on)
                if key in known
            ]
            PastScore.everything.all().unjournaled_create(rows)
            written += len(rows)
    return written


def _keys(frame: pd.DataFrame) -> list[int]:
    """The customers of the frame, and those scored before who have no orders left."""
    stored = set(Score.everything.values_list("party", flat=True))
    return sorted(stored | {int(key) for key in frame.index})


def _parties(keys: Sequence[int]) -> set[int]:
    return set(Party.everything.filter(pk__in=keys).values_list("pk", flat=True))


def _new(model: type[Any], party: int, values: dict[str, Any]) -> Any:
    now = timezone.now()
    return model(party_id=party, created_at=now, changed_at=now, created_by="analytics", **values)


def _values(
    frame: pd.DataFrame, keys: Sequence[int], fields: Sequence[models.Field[Any, Any]], on: date
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield each customer with its values as the fields hold them."""
    rows = frame.reindex(index=keys, columns=[f.name for f in fields]).astype(object)
    products = _products(rows)
    for key, *values in rows.itertuples(name=None):
        told: dict[str, Any] = {"on": on}
        for f, value in zip(fields, values, strict=True):
            told[f.attname] = as_stored(f, value)
        if told.get("next_product_id") not in products:
            told["next_product_id"] = told["next_lift"] = None
        if "next_product_id" not in {f.attname for f in fields}:
            told.pop("next_product_id", None)
            told.pop("next_lift", None)
        yield int(key), told


def _products(rows: pd.DataFrame) -> set[int]:
    if "next_product" not in rows.columns:
        return set()
    wanted = {int(v) for v in rows["next_product"].dropna().unique()}
    return set(Product.objects.filter(pk__in=wanted).values_list("pk", flat=True))


def as_stored(field: models.Field[Any, Any], value: Any) -> Any:
    """Return a method's number as a field holds it: rounded, and empty where it is not known."""
    if isinstance(value, list):
        return value
    if value is None or pd.isna(value):
        return EMPTY.get(field.name, None if field.null else "")
    if isinstance(field, models.DecimalField):
        most = 10 ** (field.max_digits - field.decimal_places)
        number = Decimal(str(value))
        if abs(number) >= most:
            return None if field.null else Decimal(most - 1)
        return number.quantize(Decimal(1).scaleb(-field.decimal_places))
    if isinstance(field, models.IntegerField | models.ForeignKey):
        return round(float(value))
    if isinstance(field, models.DateField):
        return value.date() if hasattr(value, "date") else value
    return str(value)
