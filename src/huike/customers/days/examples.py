"""One example of each record of days that matter, for tests and docs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from huike.customers.days.models import Anniversary, Occasion


def make_anniversary(**given: Any) -> Anniversary:
    on = timezone.localdate() - timedelta(days=400)
    return Anniversary(**{"kind": "delivery", "on": on, **given})


def make_occasion(**given: Any) -> Occasion:
    on = timezone.localdate() + timedelta(days=3)
    return Occasion(**{"kind": "birthday", "on": on, "remind_on": on, **given})


MAKERS = {Anniversary: make_anniversary, Occasion: make_occasion}
