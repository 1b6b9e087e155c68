"""Whether this process lives, and whether it is fit to be sent people: for what stands in front."""

from __future__ import annotations

import logging

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

from huike.kernel.organisations import names, working_for

log = logging.getLogger(__name__)


def alive(request: HttpRequest) -> JsonResponse:
    """Answer at all; asks nothing of the database."""
    return JsonResponse({"status": "alive"})


def ready(request: HttpRequest) -> JsonResponse:
    """Answer 200 when every firm's database can be read with up-to-date tables, else 503."""
    problem = ""
    for name in names(settings.HOME):
        try:
            with working_for(name):
                problem = problem or _problem(name)
        except DatabaseError:
            log.exception("database of %s", name)
            problem = "a database can't be reached"
    if problem:
        return JsonResponse({"status": "not ready", "problem": problem}, status=503)
    return JsonResponse({"status": "ready"})


def _problem(name: str) -> str:
    from django.db.migrations.executor import MigrationExecutor

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    if name in _current:
        return ""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return "the tables are of an older Huike"
    _current.add(name)
    return ""


_current: set[str] = set()  # organisations whose tables were found up to date
