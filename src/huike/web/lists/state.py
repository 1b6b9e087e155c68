"""Reads a list's address so that a wrong part of it is said in words and the rest still works."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from huike.kernel.actor import Actor
from huike.kernel.entity.entity import Entity
from huike.kernel.entity.field import Field
from huike.kernel.lists.view import ListView


@dataclass
class State:
    """One request for a list: the view as far as it can be served, and what was wrong with it."""

    view: ListView
    rows: QuerySet[Any]
    fields: Mapping[str, Field]
    asked: ListView  # as the address has it, so that chips show the wrong part too
    wrong: list[str] = field(default_factory=list)


def view_from(entity: Entity, query: str) -> ListView:
    """Return the view that a query string holds; raise ValidationError."""
    return ListView.read(entity, dict(parse_qsl(query.lstrip("?"))))


def read(actor: Actor, entity: Entity, params: Mapping[str, str]) -> State:
    """Return the state of a list; what can't be read or is not allowed is left out and told."""
    wrong: list[str] = []
    try:
        view = ListView.read(entity, params)
    except ValidationError as error:
        wrong += error.messages
        view = ListView.read(entity, {k: v for k, v in params.items() if k != "filter"})
    asked, fields = view, entity.fields(actor)
    try:
        view.order(fields)
    except ValidationError as error:
        wrong += error.messages
        view = replace(view, sort="", after="")
    try:
        rows = view.matching(actor)
    except ValidationError as error:
        wrong += error.messages
        view = replace(view, filter=None, after="")
        rows = view.matching(actor)
    return State(view, rows, fields, asked, wrong)
