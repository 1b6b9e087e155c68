"""What marketing gives the warehouse: whom campaigns reached or held out, and what came of it."""

from __future__ import annotations

from django.db.models import Case, CharField, Value, When

from huike.kernel.feeds import Feed, Given, register
from huike.marketing.models import CampaignMember
from huike.office.models import Task

# What is known of a member without waiting for purchases: how far the task came.
OUTCOME = Case(
    When(is_treated=False, then=Value(None)),
    When(task=None, then=Value(None)),
    When(task__state=Task.State.DONE, then=Value("done")),
    default=Value("open"),
    output_field=CharField(null=True),
)

register(
    Feed(
        "campaign_member",
        CampaignMember.everything.all,
        "member",
        {
            "member": Given("pk", "integer"),
            "customer": Given("party_id", "integer"),
            "campaign": Given("campaign__name"),
            "segment": Given("campaign__segment__name"),
            "is_treated": Given("is_treated", "flag"),
            "acted_at": Given("drawn_at", "time"),
            "outcome": Given(OUTCOME),
            "changed_at": Given("changed_at", "time"),
            "binned_at": Given("campaign__binned_at", "time"),
        },
    )
)
