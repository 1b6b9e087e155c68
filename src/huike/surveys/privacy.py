"""What of a person lies in answers: the words go, the score stays and counts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huike.customers.privacy.places import Place, add_place
from huike.surveys.models import Answer

add_place(
    Place(
        Answer.label(),
        ("party",),
        ("body", "question", "extra"),
        _("figures of satisfaction count the answers"),
    )
)
