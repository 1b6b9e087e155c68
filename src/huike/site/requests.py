"""Gives every request a number that its answer, its log lines and its metrics share."""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

from huike.site import metrics

NUMBER: ContextVar[str] = ContextVar("request number", default="")
GIVEN = re.compile(r"[\w.-]{1,64}")  # what a proxy in front may have called it
SLOW = 1.0  # seconds after which a request is worth a line of its own
log = logging.getLogger("huike.requests")


class RequestMiddleware:
    """Numbers and times requests; the slow and the broken are logged, without what they carried."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        number = given if GIVEN.fullmatch(given) else secrets.token_hex(8)
        token, started = NUMBER.set(number), time.perf_counter()
        try:
            response = self.get_response(request)
            self._tell(request, response, time.perf_counter() - started)
        finally:
            NUMBER.reset(token)
        response.headers["X-Request-ID"] = number
        return response

    def _tell(self, request: HttpRequest, response: HttpResponse, seconds: float) -> None:
        route = request.resolver_match.route if request.resolver_match else "none"
        metrics.observe(request.method or "", route, response.status_code, seconds)
        level = (
            logging.ERROR
            if response.status_code >= 500
            else logging.WARNING
            if seconds > SLOW and not response.streaming
            else logging.DEBUG
        )
        log.log(
            level,
            "%s %s %d in %.0f ms",
            request.method,
            request.path,
            response.status_code,
            seconds * 1000,
            extra={"route": route, "status": response.status_code, "seconds": round(seconds, 4)},
        )
