"""Reads a posted form: only what the person really changed counts, compared with what was shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

from huike.kernel.actor import Actor
from huike.kernel.entity.field import Field
from huike.kernel.files import StoredFile, keep
from huike.kernel.kinds.links import File
from huike.kernel.records.record import Record
from huike.ui.inputs import Input, input_of

SEVERAL = frozenset({"links", "choices"})


@dataclass
class Posted:
    """What came back of a form, by field."""

    typed: dict[str, list[str]] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)
    theirs: set[str] = field(default_factory=set)  # where the other's change shall stand
    files: dict[str, StoredFile] = field(default_factory=dict)
    version: int = 0

    def given(self, name: str, f: Field) -> Any:
        """Return a field's value as its kind parses it."""
        if name in self.files:
            return self.files[name].pk
        values = self.typed[name]
        return values if f.kind.name in SEVERAL else (values[-1] if values else "")

    def changed(self, fields: Mapping[str, Field]) -> dict[str, Any]:
        """Return {field: value} of what differs from what was shown."""
        return {
            name: self.given(name, fields[name])
            for name in self.typed
            if name in fields and name not in self.theirs and self._differs(name)
        }

    def _differs(self, name: str) -> bool:
        if name in self.files:
            return True
        return _same(",".join(self.typed[name])) != _same(self.seen[name])


def _same(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def read_form(request: HttpRequest, actor: Actor, fields: Mapping[str, Field]) -> Posted:
    """Read the posted values of `fields`; raise ValidationError for a file that is not taken."""
    version = request.POST.get("version", "")
    posted = Posted(version=int(version) if version.isdigit() else 0)
    for name, f in fields.items():
        if f"seen.{name}" not in request.POST:
            continue
        posted.seen[name] = request.POST[f"seen.{name}"]
        if isinstance(f.kind, File):
            upload = request.FILES.get(name)
            posted.typed[name] = []
            if upload is not None:
                posted.files[name] = keep(actor, upload)
            else:
                del posted.typed[name]
            continue
        posted.typed[name] = request.POST.getlist(name)
        if request.POST.get(f"take.{name}") == "theirs":
            posted.theirs.add(name)
    return posted


def inputs(
    actor: Actor,
    fields: Iterable[Field],
    row: Record,
    posted: Posted | None = None,
    errors: Mapping[str, Sequence[str]] | None = None,
    prefix: str = "",
) -> list[Input]:
    """Return the controls of the writable ones of `fields`, with what was typed still in them."""
    wrong = errors or {}
    return [
        input_of(
            actor,
            f,
            row,
            wrong.get(f.name, ()),
            posted.typed[f.name] if posted and _kept(posted, f.name) else None,
            prefix,
        )
        for f in fields
        if f.is_writable
    ]


def _kept(posted: Posted, name: str) -> bool:
    return name in posted.typed and name not in posted.theirs
