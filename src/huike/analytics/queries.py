"""Named questions about runs, settings and scores."""

from __future__ import annotations

from typing import Any

from huike.analytics.models import Run, Setting
from huike.analytics.settings import KNOWN

NEWEST = ("-started_at", "-pk")


def values() -> dict[str, Any]:
    """Return every setting as Python has it, the default where none was made."""
    stored = dict(Setting.objects.filter(code__in=list(KNOWN)).values_list("code", "value"))
    return {code: known.value(stored.get(code, known.default)) for code, known in KNOWN.items()}


def last_good_run() -> Run | None:
    """Return the newest run whose scores stand, or None before the first."""
    run: Run | None = Run.objects.filter(state=Run.State.DONE).order_by(*NEWEST).first()
    return run


def newest_run() -> Run | None:
    """Return the newest run, however it went."""
    run: Run | None = Run.objects.order_by(*NEWEST).first()
    return run
