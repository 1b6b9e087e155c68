"""Links to other rows, to several of them, and to uploaded files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from huike.kernel.kinds.kind import EMPTY, Kind


@dataclass(frozen=True)
class Link(Kind):
    """A link to one row of the model labelled `target`; its value is that row's key."""

    target: str = ""
    name: ClassVar[str] = "link"
    operators: ClassVar[tuple[str, ...]] = ("in", "out", "is", "not", "me", "empty", "filled")
    is_groupable: ClassVar[bool] = True
    has_empty_text: ClassVar[bool] = False

    @property
    def model(self) -> type[models.Model]:
        return apps.get_model(self.target)

    def parse(self, given: Any) -> Any:
        if given in EMPTY:
            return None
        key = getattr(given, "pk", given)
        if isinstance(key, int):
            return key
        text = str(key).strip()
        return int(text) if re.fullmatch(r"\d{1,18}", text) else self._by_name(text)

    def _by_name(self, text: str) -> int:
        """Find a row by what people call it: its name, number, code or user name."""
        names = {f.name for f in self.model._meta.concrete_fields}
        wanted = Q(pk__in=[])
        for name in ("name", "number", "code", "username"):
            if name in names:
                wanted |= Q(**{name: text})
        found = list(self.model._default_manager.filter(wanted).values_list("pk", flat=True)[:2])
        if len(found) == 1:
            return int(found[0])
        message = (
            _("There is no %(what)s “%(text)s”.")
            if not found
            else _("There are several %(what)s called “%(text)s”. Give the number (id) instead.")
        )
        raise ValidationError(message % {"what": self.model._meta.verbose_name, "text": text[:60]})

    def text(self, value: Any) -> str:
        if value in EMPTY:
            return ""
        row = value if isinstance(value, models.Model) else self._row(value)
        return "" if row is None else str(row)

    def _row(self, key: Any) -> models.Model | None:
        return self.model._default_manager.filter(pk=key).first()

    def edit(self, value: Any) -> str:
        return "" if value in EMPTY else str(getattr(value, "pk", value))


@dataclass(frozen=True)
class Links(Link):
    """Links to several rows; its value is the list of their keys."""

    name: ClassVar[str] = "links"
    operators: ClassVar[tuple[str, ...]] = ("in", "out", "empty", "filled")
    is_sortable: ClassVar[bool] = False
    is_groupable: ClassVar[bool] = False

    def parse(self, given: Any) -> Any:
        if given in EMPTY:
            return []
        parts = given if isinstance(given, list) else re.split(r"[,，;；、|]", str(given))
        parse = super().parse
        return sorted({parse(part) for part in parts if str(part).strip()})

    def text(self, value: Any) -> str:
        rows = self.model._default_manager.filter(pk__in=value or [])
        return "、".join(str(row) for row in rows)

    def edit(self, value: Any) -> str:
        return self.text(value)

    def plain(self, value: Any) -> Any:
        return list(value or [])


@dataclass(frozen=True)
class File(Link):
    """An uploaded file."""

    target: str = "kernel.StoredFile"
    name: ClassVar[str] = "file"
    operators: ClassVar[tuple[str, ...]] = ("empty", "filled")
    is_sortable: ClassVar[bool] = False
    is_groupable: ClassVar[bool] = False

    def _by_name(self, text: str) -> int:
        raise ValidationError(_("A file can't be given by name; upload it on the record's page."))
