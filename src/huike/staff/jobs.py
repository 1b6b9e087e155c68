"""Tells background jobs who works for whom: the actor of the person that asked for a job."""

from __future__ import annotations

from huike.kernel.actor import Actor
from huike.kernel.jobs import actors
from huike.staff.acting import actor_of
from huike.staff.models import User


@actors.register
def actor_for_job(user_id: int) -> Actor | None:
    """Return the actor with the rights of this moment, or None for one who may not sign in."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    return actor_of(user, via="job") if user else None
