"""Figures for Prometheus: requests by route, and how the background jobs of each firm stand."""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.utils import timezone
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from huike.kernel.organisations import names, working_for

BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
SEVERAL = "PROMETHEUS_MULTIPROC_DIR"  # where the processes of one server meet
_seconds = Histogram(
    "huike_request_seconds",
    "Server time of requests",
    ("method", "route", "status"),
    buckets=BUCKETS,
)


def observe(method: str, route: str, status: int, seconds: float) -> None:
    """Count one request; routes are patterns, so that no customer's address is in the figures."""
    _seconds.labels(method, route, f"{status // 100}xx").observe(seconds)


class Jobs(Collector):
    """Reads the queue when it is asked."""

    def collect(self) -> Iterable[Metric]:
        from django.db.models import Count, Min

        from huike.kernel.jobs.models import Job, State

        count = GaugeMetricFamily("huike_jobs", "Background jobs", labels=("organisation", "state"))
        waiting = GaugeMetricFamily(
            "huike_job_waiting_seconds", "How long the oldest job is due", labels=("organisation",)
        )
        for name in names(settings.HOME):
            with working_for(name):
                for state, number in Job.objects.values_list("state").annotate(Count("pk")):
                    count.add_metric((name, str(state)), number)
                now = timezone.now()
                due = Job.objects.filter(state=State.WAITING, run_at__lte=now)
                oldest = due.aggregate(at=Min("run_at"))["at"]
                waiting.add_metric((name,), (now - oldest).total_seconds() if oldest else 0)
        return count, waiting


def show(request: HttpRequest) -> HttpResponse:
    """Give the figures to whoever brings the word of HUIKE_METRICS; without one there is no page.

    They tell how busy a firm is, so they are not for everybody who reaches the address.
    """
    word = os.environ.get("HUIKE_METRICS", "")
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not word or not hmac.compare_digest(given.encode(), word.encode()):
        return HttpResponseNotFound()
    registry = CollectorRegistry()
    if SEVERAL in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(_seconds)
    registry.register(Jobs())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
