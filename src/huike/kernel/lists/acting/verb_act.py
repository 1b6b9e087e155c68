"""A business verb done to many rows, each with its own permission, and acts read back from JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from huike.kernel.actor import Actor, Op
from huike.kernel.entity.entity import Entity, Verb
from huike.kernel.entity.writing import Refused
from huike.kernel.lists.acting.acts import Act, Edit, Fields, ToBin, Transfer
from huike.kernel.records.record import Record


@dataclass
class Do(Act):
    """Runs one of the entity's verbs on each row."""

    name: ClassVar[str] = "verb"
    verb_name: str
    given: Mapping[str, Any] = field(default_factory=dict)
    verb: Verb = field(init=False)
    actor: Actor = field(init=False)
    values: dict[str, Any] = field(init=False, default_factory=dict)

    def prepare(self, actor: Actor, entity: Entity, fields: Fields, count: int) -> None:
        verb = entity.verb(self.verb_name)
        if verb is None or not verb.in_bulk:
            raise Refused({"": [_("This can't be done to many records at once.")]})
        self.verb, self.actor = verb, actor
        self.op = verb.needs  # type: ignore[misc]
        errors: dict[str, list[str]] = {}
        for name, kind in verb.asks.items():
            try:
                self.values[name] = kind.read_by(actor).parse(self.given.get(name, ""))
            except ValidationError as error:
                errors[name] = error.messages
        if errors:
            raise Refused(errors)

    @property
    def is_slow(self) -> bool:
        return self.verb.is_slow

    def words(self) -> str:
        return str(self.verb.label)

    def change(self, row: Record) -> bool:
        return bool(self.verb.applies(row))

    def write(self, rows: Sequence[Record]) -> None:
        for row in rows:
            self.verb.run(self.actor, row, **self.values)

    def text(self, row: Record) -> str:
        return ""

    def foretold(self, row: Record) -> tuple[str, str] | None:
        told = self.verb.foretells
        return None if told is None or not self.verb.applies(row) else told(self.actor, row)

    def as_json(self) -> dict[str, Any]:
        return {"act": self.name, "verb_name": self.verb_name, "given": dict(self.given)}


_acts: dict[str, type[Act]] = {act.name: act for act in (Edit, Transfer, ToBin, Do)}


def act_from(given: Mapping[str, Any]) -> Act:
    """Return the act that `as_json` wrote down, or that a form asks for; raise ValidationError."""
    arguments = dict(given)
    made = _acts.get(str(arguments.pop("act", "")))
    if made is None:
        raise ValidationError(_("Choose what is to be done."))
    try:
        return made(**arguments)
    except TypeError as error:
        raise ValidationError(_("Choose what is to be done.")) from error


def needed(entity: Entity, given: Mapping[str, Any]) -> Op:
    """Return what an actor must be permitted to do for an act."""
    if given.get("act") == ToBin.name:
        return Op.DELETE
    verb = entity.verb(str(given.get("verb_name", "")))
    return verb.needs if verb is not None else Op.EDIT
