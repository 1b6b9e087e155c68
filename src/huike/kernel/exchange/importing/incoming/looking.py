"""Looks at a file: how it is written, what it seems to hold, and which column is what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils import timezone

from huike.kernel.actor import Actor
from huike.kernel.exchange.importing.incoming.uploads import path_of
from huike.kernel.exchange.importing.models import ColumnMemory, ImportRun
from huike.kernel.exchange.importing.plan import NEW, Column, Plan, Reading
from huike.kernel.exchange.importing.recipes import Recipe, recipes
from huike.kernel.exchange.matching import MOMENTS, Match, column_key, match_columns
from huike.kernel.exchange.messages import Message
from huike.kernel.exchange.profiles import ColumnProfile, profile_columns
from huike.kernel.exchange.values import Kind

SURE = 0.8
# The kind of custom field that serves a column, by what the column holds.
MADE: Mapping[Kind, str] = {
    "integer": "number",
    "number": "number",
    "percent": "number",
    "date": "date",
    "datetime": "text",
    "boolean": "yes_no",
}


@dataclass(frozen=True)
class Look:
    """What was found out about a file."""

    reading: Reading  # as it was really read
    kind: str
    sheets: Sequence[str]
    profiles: Sequence[ColumnProfile]
    sample: Sequence[Sequence[object]]
    estimated_rows: int
    warnings: Sequence[Message]

    @property
    def header(self) -> list[str]:
        return [profile.name for profile in self.profiles]


def look_at(run: ImportRun, reading: Reading | None = None) -> Look:
    """Read the beginning of an import's file; raise UnreadableFile."""
    asked = reading or Reading()
    with asked.open(path_of(run), run.file_name) as table:
        sample = table.sample()
        return Look(
            reading=Reading(
                table.encoding,
                table.separator,
                table.sheet,
                table.has_header,
                table.header_line or None,
            ),
            kind=table.kind,
            sheets=table.sheets,
            profiles=profile_columns(table.columns, sample),
            sample=sample[:5],
            estimated_rows=table.estimated_rows,
            warnings=table.warnings,
        )


def match(actor: Actor, recipe: Recipe, look: Look) -> list[Match]:
    """Say what each column is, from memory, names and content."""
    targets = [filled.target() for filled in recipe.offered(actor)]
    found = match_columns(look.profiles, targets, remembered(actor, recipe, look.header))
    kinds = {target.name: target.kind for target in targets}
    return [_certain(m, kinds.get(m.target or "", "text")) for m in found]


def _certain(found: Match, kind: Kind) -> Match:
    """Leave a column out rather than mistake it: "week number" is no order number."""
    if found.reason != "similar" or found.confidence >= SURE or kind in MOMENTS:
        return found
    return Match(found.column, None, 0.0, "none")


def guess_recipe(actor: Actor, look: Look) -> Recipe | None:
    """Return the kind of import that explains most of the file; orders before their customers."""
    best: tuple[float, Recipe] | None = None
    for recipe in recipes(actor):
        found = match(actor, recipe, look)
        filled = {m.target: at for at, m in enumerate(found) if m.target}
        score = sum(m.confidence for m in found if m.target)
        score -= 1.5 * len(recipe.missing(actor, filled))
        if len(filled) < 2:
            score = 0.0
        if best is None or score > best[0] + 0.5:
            best = (score, recipe)
    return best[1] if best else None


def plan_for(
    actor: Actor,
    recipe: Recipe,
    look: Look,
    given: Mapping[str, str] | None = None,
    *,
    new_fields: bool = False,
) -> Plan:
    """Return the plan that the file suggests; `given` {column: target} is what a person said."""
    said = dict(given or {})
    taken = {target for target in said.values() if target}
    columns = []
    for found, profile in zip(match(actor, recipe, look), look.profiles, strict=True):
        target = found.target if found.target not in taken else None
        if profile.name in said:
            target = said[profile.name]
        elif new_fields and not target and profile.filled:
            target = NEW + MADE.get(profile.kind, "text")
        style = profile.style
        columns.append(Column(profile.name, target or "", style.order, style.decimal))
    plan = Plan(look.reading, tuple(columns))
    telling = {  # an empty column tells no record from another
        target: at for target, at in plan.targets.items() if look.profiles[at].filled
    }
    return replace(plan, match=recipe.usual_match(actor, telling))


def remembered(actor: Actor, recipe: Recipe, header: Sequence[str]) -> dict[str, str | None]:
    """Return what columns of these names were taken for: by this person, else by the last one."""
    keys = {column_key(name)[:200] for name in header}
    known = ColumnMemory.objects.filter(recipe=recipe.key, column__in=keys).order_by("used_at")
    rows = sorted(known, key=lambda row: row.user_id == (actor.user_id or 0))
    return {row.column: row.target or None for row in rows}


def remember(actor: Actor, recipe: Recipe, plan: Plan) -> None:
    """Keep what each column was taken for, for the next file of this kind.

    A column that nothing fits is not remembered as left out: another day something may fit.
    """
    left_out = set(plan.extra.get("left_out", ()))
    rows = {
        column_key(column.name)[:200]: ColumnMemory(
            recipe=recipe.key,
            column=column_key(column.name)[:200],
            target=column.target,
            user_id=actor.user_id or 0,
            used_at=timezone.now(),
        )
        for column in plan.columns
        if (column.target and not column.target.startswith(NEW)) or column.name in left_out
    }
    ColumnMemory.objects.bulk_create(
        rows.values(),
        update_conflicts=True,
        unique_fields=["recipe", "column", "user_id"],
        update_fields=["target", "used_at"],
    )
