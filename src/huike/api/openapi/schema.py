"""Lets every view of the API tell drf-spectacular its own operation."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema

from huike.api.openapi.operations import operation_of


class EntitySchema(AutoSchema):  # type: ignore[misc]
    """Lets each view tell its own operation."""

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: Any
    ) -> dict[str, Any] | None:
        return operation_of(self.view, method.upper())
