"""schemathesis calls every operation with what the description allows, and with what it doesn't."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from rest_framework.throttling import SimpleRateThrottle
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi import checks

from huike.api.access.tokens import issue_token
from huike.api.openapi.document import description
from huike.kernel.entity.entity import entities
from huike.staff.models import User
from tests.breadth import WIDE, stands
from tests.cast import SYSTEM, Cast, Make

Headers = dict[str, str]
SEEN: Counter[tuple[str, int]] = Counter()
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
]
EXAMPLES = 2 if WIDE else 1  # positive ones go to a record that is there, negative ones anywhere
FEW = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def kept_open() -> Iterator[None]:
    """Keep the test's own transaction: WSGI would close its connection after each request."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("kept_open")
def test_every_operation_keeps_what_the_description_says(
    cast: Cast, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every call is made by Dora, who may do something, and by Root, who may do all."""
    monkeypatch.setattr(
        SimpleRateThrottle, "THROTTLE_RATES", {"caller": "9999999/min", "stranger": "9999999/min"}
    )
    keys = {entity.key: make(entity.model, cast.alice).pk for entity in entities()}
    schema = schemathesis.openapi.from_dict(description("en"), config=SchemathesisConfig())
    schema.app = get_wsgi_application()
    callers = [bearer(cast.dora), bearer(cast.root)]
    problems: list[str] = []
    for found in schema.get_all_operations():
        operation = found.ok()
        of = "/".join(operation.path.split("/")[3:5])
        key = keys.get(of)
        if of in keys and not stands(of):
            continue
        for mode in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE):
            _try(operation, mode, key, callers, problems)
    print(sorted(SEEN.items()))
    assert not problems, "\n\n".join(problems[:20])


def bearer(user: User) -> Headers:
    """Return what a caller with a token of that person sends."""
    _token, secret = issue_token(SYSTEM, user, "schemathesis", ["*:write"])
    return {"Authorization": f"Bearer {secret}"}


def _try(
    operation: Any, mode: Any, key: int | None, callers: list[Headers], problems: list[str]
) -> None:
    positive = mode is schemathesis.GenerationMode.POSITIVE

    @FEW
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case: Any) -> None:
        if "{id}" in operation.path and key and positive and operation.method != "delete":
            case.path_parameters["id"] = key
        for headers in callers:
            answer = case.call_and_validate(headers=headers, checks=CHECKS)
            SEEN[mode.name, answer.status_code] += 1

    try:
        run()
    except Exception as error:
        if "Unsatisfiable" not in type(error).__name__:
            problems.append(f"{operation.label} {mode.name}: {str(error)[:1500]}")
