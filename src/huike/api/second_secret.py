"""The second secret as it comes with a request: in a header, checked, and kept nowhere."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from rest_framework.request import Request

from huike.api.problems import invalid
from huike.kernel.actor import Actor
from huike.kernel.sealing.opening import Opened, open_with

HEADER = "Huike-Second-Secret"


def opened_with(actor: Actor, request: Request) -> Opened:
    """Open with the secret of the header; raise a problem for a wrong or a missing one."""
    try:
        return open_with(actor, request.headers.get(HEADER, ""))
    except ValidationError as error:
        raise invalid({HEADER: error.messages}) from error
