"""Which operation of the description each address has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from huike.api.openapi.answers import Operation
from huike.api.openapi.house.setup import SETUP
from huike.api.openapi.record_operations import RECORDS
from huike.api.openapi.service_operations import SERVICES
from huike.kernel.entity.entity import Entity

MAKERS: dict[tuple[str, str], Callable[[Any], Operation]] = {**RECORDS, **SERVICES, **SETUP}


def operation_of(view: Any, method: str) -> Operation | None:
    """Return the operation of a view for one HTTP method; None where it is not described."""
    made = MAKERS.get((view.operation, method))
    entity = getattr(view, "entity", None)
    if made is None or (entity is not None and not _offers(entity, view.operation, method)):
        return None
    return made(view)


def _offers(entity: Entity, operation: str, method: str) -> bool:
    """Tell whether records of this kind can be written in this way."""
    if entity.model.read_only:
        return method == "GET" or operation in {"verb", "verb_on_many"}
    return entity.can_add or (operation, method) != ("rows", "POST")
