"""What of a person lies in campaigns: that somebody was drawn stays, it tells nothing of whom."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huike.customers.privacy.places import Place, add_place
from huike.marketing.models import CampaignMember

add_place(
    Place(
        CampaignMember.label(),
        ("party",),
        ("extra",),
        _("the result of a campaign counts its members"),
    )
)
