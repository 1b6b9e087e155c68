"""Finds the records that cells name, many names with one query."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from huike.kernel.access.scope import visible
from huike.kernel.actor import Actor
from huike.kernel.entity.entity import has_entity
from huike.kernel.entity.field import Field
from huike.kernel.kinds.links import Link, Links
from huike.kernel.records.record import Record

NAMES = ("code", "number", "username", "name")
KEPT = 50_000
PARTS = re.compile(r"[,，;；、|]")


class Linker:
    """Turns the names in one link column into keys; only records that the actor sees exist."""

    def __init__(self, actor: Actor, field: Field) -> None:
        assert isinstance(field.kind, Link)
        self.actor = actor
        self.many = isinstance(field.kind, Links)
        self.model = field.kind.model
        columns = {f.name for f in self.model._meta.concrete_fields}
        self.names = [name for name in NAMES if name in columns]
        self.found: dict[str, list[int]] = {}

    def prepare(self, texts: Iterable[str]) -> None:
        """Look up all names that are not known yet."""
        wanted = {part for text in texts for part in self.parts(text)} - self.found.keys()
        if not wanted:
            return
        if len(self.found) > KEPT:
            self.found.clear()
        self.found.update((text, []) for text in wanted)
        for name in self.names:
            missing = [text for text in wanted if not self.found[text]]
            if missing:
                self._look_up(name, missing)

    def key(self, text: str) -> Any:
        """Return the key that `text` names, or the keys; raise ValidationError."""
        keys = [self._one(part) for part in self.parts(text)]
        return sorted(set(keys)) if self.many else keys[0]

    def parts(self, text: str) -> list[str]:
        if not self.many:
            return [text]
        return [part.strip() for part in PARTS.split(text) if part.strip()]

    def _look_up(self, name: str, texts: list[str]) -> None:
        for at in range(0, len(texts), 900):
            rows = self._rows().filter(Q(**{f"{name}__in": texts[at : at + 900]}))
            for key, text in rows.values_list("pk", name):
                self.found.setdefault(text, []).append(key)

    def _rows(self) -> Any:
        if has_entity(self.model) and issubclass(self.model, Record):
            return visible(self.actor, self.model)
        return self.model._default_manager.all()

    def _one(self, text: str) -> int:
        keys = self.found.get(text, [])
        if len(keys) == 1:
            return keys[0]
        message = (
            _("There are several %(what)s called “%(text)s”. Write the number or code instead.")
            if keys
            else _("There is no %(what)s “%(text)s”, or you may not see it.")
        )
        what = self.model._meta.verbose_name
        raise ValidationError(message % {"what": what, "text": text[:60]})
