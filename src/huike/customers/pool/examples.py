"""One example of each record of the pool, for tests and docs."""

from __future__ import annotations

from typing import Any

from huike.customers.collaborators.models import Collaborator
from huike.customers.pool.models import ClaimLimit, OwnerChange, PoolParty, PoolRule
from huike.staff.models import User


def make_pooled(**given: Any) -> PoolParty:
    """Return an unsaved customer in the pool; whoever is given as owner, it has none."""
    given.pop("owner", None)
    return PoolParty(**{"name": "公海客户", **given})


def make_rule(**given: Any) -> PoolRule:
    return PoolRule(**{"name": "一个月至少联系一次", **given})


def make_limit(**given: Any) -> ClaimLimit:
    return ClaimLimit(**{"remark": "全公司", "per_day": 20, **given})


def make_collaborator(**given: Any) -> Collaborator:
    """Return an unsaved collaborator; the user is made unless given."""
    if "user" not in given:
        given["user"], _made = User.objects.get_or_create(username="helper", name="小助")
    return Collaborator(**{"remark": "一起跟进", **given})


def make_owner_change(**given: Any) -> OwnerChange:
    return OwnerChange(**{"why": OwnerChange.Why.EDITED, **given})


MAKERS = {
    PoolParty: make_pooled,
    PoolRule: make_rule,
    ClaimLimit: make_limit,
    Collaborator: make_collaborator,
    OwnerChange: make_owner_change,
}
