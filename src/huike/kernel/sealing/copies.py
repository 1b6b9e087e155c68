"""Forgets copies of sealed and erased text in tables that keep what was typed for a while."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet
from django.db.models.functions import Cast

from huike.kernel.exchange.importing.models import BadRow
from huike.kernel.jobs.models import LIVE, Job
from huike.kernel.sealing import contents


def holding(rows: QuerySet[Any], column: str, texts: Sequence[str]) -> QuerySet[Any]:
    """Return rows whose JSON column holds one of the texts, escaped or not."""
    wanted = Q(pk__in=[])
    for text in texts:
        for written in {text, *(json.dumps(text, ensure_ascii=a)[1:-1] for a in (True, False))}:
            wanted |= Q(_written__contains=written)
    found: QuerySet[Any] = rows.annotate(_written=Cast(column, models.TextField()))
    return found.filter(wanted)


def _forget_in_jobs(texts: Sequence[str]) -> None:
    """Empty what finished jobs were asked; those that wait or run are left alone."""
    ended = Job.objects.exclude(state__in=LIVE)
    for column in ("arguments", "saved", "result"):
        keys = list(holding(ended, column, texts).values_list("pk", flat=True))
        Job.objects.filter(pk__in=keys).update(**{column: {}})


def _forget_in_bad_rows(texts: Sequence[str]) -> None:
    """Drop rows of a file that could not be taken and hold the text."""
    keys = list(holding(BadRow.objects.all(), "cells", texts).values_list("pk", flat=True))
    BadRow.objects.filter(pk__in=keys).delete()


def start() -> None:
    """Let sealing and erasing forget these copies."""
    for forget in (_forget_in_jobs, _forget_in_bad_rows):
        if forget not in contents.copies:
            contents.copies.append(forget)
