"""One example of each record of stages, for tests and docs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from huike.customers.stages.models import StageChange, StageOverride


def make_override(**given: Any) -> StageOverride:
    until = timezone.localdate() + timedelta(days=30)
    return StageOverride(**{"stage": "stable", "remark": "刚签年度合同", "until": until, **given})


def make_change(**given: Any) -> StageChange:
    return StageChange(**{"what": "stage", "before": "formation", "after": "stable", **given})


MAKERS = {StageOverride: make_override, StageChange: make_change}
