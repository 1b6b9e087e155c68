"""How often one caller may ask: a sliding minute per token, per session and per strange address."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from huike.api.models import Token
from huike.kernel import organisations


class PerCaller(SimpleRateThrottle):
    """Counts in the cache of the process; with several processes each counts for itself."""

    scope = "caller"

    def get_rate(self) -> str | None:
        rates = self.THROTTLE_RATES
        found: str | None = rates.get(self.scope)
        return found

    def get_cache_key(self, request: Request, view: Any) -> str:
        here = organisations.current()
        if isinstance(request.auth, Token):
            return f"api:{here}:token:{request.auth.pk}"
        return f"api:{here}:user:{getattr(request.user, 'pk', None)}"


class PerAddress(SimpleRateThrottle):
    """Counts those who come without a token or with one that does not fit."""

    scope = "stranger"

    def get_cache_key(self, request: Request, view: Any) -> str:
        return f"api:stranger:{self.get_ident(request)}"
