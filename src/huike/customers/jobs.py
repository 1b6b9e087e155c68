"""The background work of this room, declared in the packages that do it."""

from __future__ import annotations

from huike.customers.days import occasions  # noqa: F401
from huike.customers.duplicates import sweeping  # noqa: F401
from huike.customers.pool import recycling  # noqa: F401
from huike.customers.stages import following  # noqa: F401
