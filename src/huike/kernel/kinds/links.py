"""Links to other rows, to several of them, and to uploaded files."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from huike.kernel.access.scope import visible
from huike.kernel.actor import Actor, FieldRight, Op, Reach
from huike.kernel.kinds.kind import EMPTY, Kind
from huike.kernel.records.record import Record

COVERED = "···"  # stands for a row that the reader may not see
CALLED = ("name", "number", "code", "username")  # what people call a row by

EVERYBODY = Actor.system("links")  # reads what no actor asks for, such as an index


@dataclass(frozen=True)
class Link(Kind):
    """A link to one row of the model labelled `target`; its value is that row's key.

    Read by a `reader`, it finds and names only rows that this actor may see.
    """

    target: str = ""
    reader: Actor = field(default=EVERYBODY, compare=False, repr=False)
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

    def read_by(self, actor: Actor) -> Self:
        return replace(self, reader=actor)

    def rows(self) -> QuerySet[Any]:
        """Return all rows of the linked kind that the reader may see."""
        model = self.model
        return (
            visible(self.reader, model)
            if issubclass(model, Record)
            else model._default_manager.all()
        )

    def names(self, keys: Iterable[Any]) -> dict[int, str]:
        """Return the titles of those of `keys` that the reader may see (one query)."""
        joins = getattr(self.model, "title_joins", ())
        found = self.rows().filter(pk__in=set(keys)).select_related(*joins)
        return {row.pk: self.title(row) for row in found}

    def title(self, row: Any) -> str:
        from huike.kernel.entity.titles import title

        return title(self.reader, row)

    def sorting(self) -> str:
        """Return the column of the linked rows that sorts by name, or "" where it would tell.

        Whoever sees only some of the rows could read from the order what the others are called.
        """
        model, names = self.model, self._open_names()
        if not names:
            return ""
        if issubclass(model, Record):
            owned = model.scope.owner is not None or model.scope.department is not None
            if owned and Reach.ALL not in self.reader.reaches(model.label(), Op.VIEW):
                return ""
        return model.sorts_as.get(names[0], names[0]) if issubclass(model, Record) else names[0]

    def _by_name(self, text: str) -> int:
        """Find a row by what people call it; one out of sight is as good as none."""
        wanted = Q(pk__in=[])
        for name in self._open_names():
            wanted |= Q(**{name: text})
        found = list(self.rows().filter(wanted).values_list("pk", flat=True)[:2])
        if len(found) == 1:
            return int(found[0])
        message = (
            _("There is no %(what)s “%(text)s”.")
            if not found
            else _("There are several %(what)s called “%(text)s”. Give the number (id) instead.")
        )
        raise ValidationError(message % {"what": self.model._meta.verbose_name, "text": text[:60]})

    def _open_names(self) -> list[str]:
        label, closed = self.model._meta.label_lower, {FieldRight.HIDDEN, FieldRight.MASKED}
        names = {f.name for f in self.model._meta.concrete_fields}
        return [n for n in CALLED if n in names and self.reader.field_right(label, n) not in closed]

    def text(self, value: Any) -> str:
        if value in EMPTY:
            return ""
        if isinstance(value, models.Model):
            return self.title(value)
        return self.names([value]).get(int(value), COVERED)

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
        return "、".join(self.names(value or []).values())

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
