"""Addresses that name a record's entity: <entity:entity> matches "customers/party" and the like."""

from __future__ import annotations

from django.urls import register_converter
from django.urls.converters import StringConverter

from huike.kernel.entity.entity import Entity, entity_of


class EntityConverter(StringConverter):
    """Hands the view the Entity itself; what is none is left to the next pattern."""

    regex = r"[a-z_]+/[a-z_]+"

    def to_python(self, value: str) -> Entity:  # type: ignore[override]
        try:
            return entity_of(value)
        except LookupError as error:
            raise ValueError(value) from error

    def to_url(self, value: Entity | str) -> str:
        return value.key if isinstance(value, Entity) else value.replace(".", "/")


register_converter(EntityConverter, "entity")
