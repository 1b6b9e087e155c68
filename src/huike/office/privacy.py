"""What of a person lies in tasks: their words go, that there was work stays."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huike.customers.privacy.places import Place, add_place
from huike.office.models import Task

add_place(
    Place(
        Task.label(),
        ("party",),
        ("title", "body", "extra"),
        _("figures count how much work was done"),
    )
)
