"""Document numbers without gaps, also under concurrency."""

from __future__ import annotations

from datetime import date

from django.db import models, transaction


class Sequence(models.Model):
    """The last number given out in one series, for example SO-202611."""

    series = models.CharField(max_length=60, unique=True)
    last = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.series}{self.last}"


def next_number(prefix: str, on: date, *, digits: int = 4) -> str:
    """Return the next number of the month's series, e.g. "SO-202611-0042".

    Call it inside the transaction that saves the document: the series stays locked until that
    commits, and a rollback gives the number back, so there are no gaps and no doubles.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("next_number() belongs into the transaction that uses the number")
    series = f"{prefix}-{on:%Y%m}-"
    Sequence.objects.bulk_create([Sequence(series=series)], ignore_conflicts=True)
    row = Sequence.objects.select_for_update().get(series=series)
    row.last += 1
    row.save(update_fields=["last"])
    return f"{series}{row.last:0{digits}d}"
