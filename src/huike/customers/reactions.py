"""What this room makes of every change: the trail of owners, occasions, and the stage by hand."""

from __future__ import annotations

from huike.customers.collaborators import actions as collaborating
from huike.customers.days import occasions
from huike.customers.pool import trail
from huike.customers.protection import filing
from huike.customers.stages import following

trail.register()
collaborating.register()
occasions.register()
following.register()
filing.register()
