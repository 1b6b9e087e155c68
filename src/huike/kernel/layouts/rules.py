"""The rules of an entity's fields: which of them show on a row, and which must be filled."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from huike.kernel.access.administrator import require_administrator
from huike.kernel.actor import Actor
from huike.kernel.change.setup import save_setup
from huike.kernel.entity.entity import Entity, entity_of
from huike.kernel.entity.field import Field
from huike.kernel.kinds.kind import EMPTY
from huike.kernel.layouts.holding import Holding, check, named_in
from huike.kernel.layouts.models import FieldRule
from huike.kernel.records.record import Record


@dataclass(frozen=True)
class Rules:
    """The rules of one entity for one person, fetched once for any number of rows."""

    rules: Sequence[FieldRule]
    fields: Mapping[str, Field]
    holding: Holding

    def hidden(self, row: Record) -> set[str]:
        """Return the fields that don't show on the row; their values stay."""
        return {r.field for r in self.rules if not self.holding.holds(r.shown, row)}

    def required(self, row: Record) -> set[str]:
        """Return the fields that must be filled on the row: never one that does not show."""
        return {
            r.field
            for r in self.rules
            if r.required not in (None, {}, [])
            and (r.required is True or self.holding.holds(r.required, row))
            and self.holding.holds(r.shown, row)
        }

    def missing(self, row: Record, given: Collection[str] | None) -> dict[str, list[str]]:
        """Return what must be filled and is not.

        Of a row that is stored already only what is being written is asked for, and what its
        conditions name: nobody is held up by what was left empty before there was the rule.
        """
        asked = self._asked(row, given)
        if not asked:
            return {}
        must = self.required(row) & asked
        return {
            name: [_("This field is required.")]
            for name in must
            if (f := self.fields.get(name)) and f.is_writable and f.raw(row) in EMPTY
        }

    def _asked(self, row: Record, given: Collection[str] | None) -> set[str]:
        if given is None or row._state.adding:
            return {r.field for r in self.rules}
        names = set(given)
        return {
            r.field
            for r in self.rules
            if names & {r.field, *named_in(r.required), *named_in(r.shown)}
        }


def rules_of(actor: Actor, entity: Entity, fields: Mapping[str, Field]) -> Rules | None:
    """Return the rules of an entity, None where it has none (one query, two with rules)."""
    rules = list(FieldRule.objects.filter(record=entity.model.label(), removed_at=None))
    if not rules:
        return None
    everything = fields if actor.is_unlimited else entity.fields(Actor.system("rules"))
    return Rules(rules, fields, Holding(actor, everything))


def set_rule(actor: Actor, record: str, name: str, shown: Any, required: Any) -> FieldRule:
    """Say when a field shows and when it must be filled; both empty: no rule any more."""
    require_administrator(actor)
    entity = entity_of(record)
    fields = entity.fields(actor)
    if name not in fields:
        raise ValidationError({"field": _("There is no field of this name.")})
    _check(fields, name, shown, required)
    label = entity.model.label()
    rule = FieldRule.objects.filter(record=label, field=name).first()
    rule = rule or FieldRule(record=label, field=name)
    rule.shown, rule.required, rule.removed_at = shown or None, required or None, None
    if not shown and not required:
        rule.take_back()
    return save_setup(actor, rule, "layouts.rule")


def _check(fields: Mapping[str, Field], name: str, shown: Any, required: Any) -> None:
    for part, tree in (("shown", shown), ("required", required)):
        try:
            check(fields, None if tree is True else tree)
            if name in named_in(tree):
                raise ValidationError(_("A field's rule can't ask for the field itself."))
        except ValidationError as error:
            raise ValidationError({part: error.messages}) from error
    f = fields[name]
    if shown and f.required:
        words = _("“%s” must always be filled, so it always shows.") % f.label
        raise ValidationError({"shown": words})
    if required and not f.is_writable:
        raise ValidationError({"required": _("“%s” can't be filled in.") % f.label})
