"""Refuses to start when a declaration names something that does not exist."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error
from django.core.exceptions import FieldDoesNotExist

from huike.kernel.entity.columns import kind_of
from huike.kernel.entity.entity import Entity, entities


def check_entities(**kwargs: Any) -> list[CheckMessage]:
    """Return an error for every name in a declaration that is not a field, a record or a link."""
    return [error for entity in entities() for error in _errors(entity)]


def _errors(entity: Entity) -> Iterator[CheckMessage]:
    named = {
        "columns": entity.columns,
        "form": entity.form_names,
        "facts": entity.facts,
        "quick": entity.quick,
        "search": entity.search,
        "match": entity.match,
        "ordering": [entity.ordering.lstrip("-")],
        "sort_by": [*entity.sort_by, *entity.sort_by.values()],
        "synonyms": list(entity.synonyms),
    }
    for option, names in named.items():
        for name in names:
            if name not in entity.computed and (words := _wrong(entity, name)):
                yield _error(entity, f"{option} of {entity.key} names '{name}', {words}.")
    for related in entity.related:
        yield from _related(entity, related.record, related.link)


def _wrong(entity: Entity, name: str) -> str:
    try:
        kind_of(entity.model._meta.get_field(name))
    except FieldDoesNotExist:
        return "which is not a field"
    except TypeError as error:
        return f"but there is {error}"
    return ""


def _related(entity: Entity, record: str, link: str) -> Iterator[CheckMessage]:
    try:
        apps.get_model(record)._meta.get_field(link)
    except (LookupError, FieldDoesNotExist) as error:
        yield _error(entity, f"a related list of {entity.key} can't be found: {error}.")


def _error(entity: Entity, text: str) -> CheckMessage:
    return Error(text, obj=entity.model, id="huike.E001")
