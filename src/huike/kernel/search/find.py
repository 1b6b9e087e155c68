"""Finds records by what somebody typed, within what that actor may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.db.models.expressions import RawSQL

from huike.kernel.access.scope import may, visible
from huike.kernel.actor import Actor, Op
from huike.kernel.entity.entity import Entity
from huike.kernel.entity.field import Field
from huike.kernel.entity.titles import title
from huike.kernel.records.record import Record
from huike.kernel.search import typos
from huike.kernel.search.documents import custom_names, open_names, raw, searched
from huike.kernel.search.query import Option, Question, beginning, options, parts, question, whole
from huike.kernel.search.ranking import EXACT, FUZZY, PART, PREFIX, Snippet, best, snippet
from huike.kernel.search.store import newest, store
from huike.kernel.search.terms import kind, normalise, tag

FEW = 100  # as many answers are looked at one by one
MANY = 5000  # of more, the newest so many are looked at first
SLIPS = 50  # as many rows that a typo may have missed are looked at
ENOUGH = 3  # with so many hits nobody is asked whether it was a typo


@dataclass(frozen=True)
class Hit:
    """One record that was found."""

    entity_key: str
    id: int
    title: str
    field: str  # the label of the field in which it was found
    snippet: Snippet  # pieces of text and whether to mark them
    score: int


def find(
    actor: Actor, typed: str, entities: Sequence[Entity] | None = None, limit: int = 20
) -> list[Hit]:
    """Return the best `limit` records for what was typed, of `entities` or of all.

    Better answers come first, among equals those changed last. Only rows that `actor` may see are
    found, and only by fields that `actor` may read in full.
    """
    words = parts(typed)
    chosen = [e for e in entities or searched() if e.search and may(actor, e.model, Op.VIEW)]
    if not words or not chosen:
        return []
    customs = custom_names(e.model.label() for e in chosen)
    ranked: list[tuple[int, float, Hit]] = []
    for entity in chosen:
        if names := open_names(actor, entity, customs):
            ranked += _Search(actor, entity, names, words, limit).hits()
    ranked.sort(key=lambda found: (-found[0], -found[1]))
    return [hit for _, _, hit in ranked[:limit]]


def search_condition(actor: Actor, entity: Entity, typed: str) -> Q:
    """Return the condition on rows of `entity` that holds for what was typed.

    Add it to `visible(actor, entity.model)`. Where nothing at all holds, rows are taken that are
    one slip away. Nothing typed is no condition.
    """
    if not typed.strip():
        return Q()
    words = parts(typed)
    names = open_names(actor, entity, custom_names([entity.model.label()]))
    if not words or not names:
        return Q(pk__in=[])
    search = _Search(actor, entity, names, words, FEW)
    few = search.newest(search.question, FEW)
    if len(few) < FEW:
        return Q(pk__in=few or search.slips())
    return search.every()


def letter_condition(actor: Actor, entity: Entity, letter: str) -> Q:
    """Return the condition on rows that stand under `letter` ("A" to "Z" or "#") by their name.

    The name is the first of the entity's search fields; surnames count as they are read.
    """
    label, name = _indexed_as(entity), entity.search[0]
    if name not in open_names(actor, entity, {}):
        return Q(pk__in=[])
    asked = Question(((Option(("#" + letter.lower(),)),),), (tag(label, name),))
    return Q(pk__in=RawSQL(*store().matching(kind(label), asked)))


def _indexed_as(entity: Entity) -> str:
    """Return the label under which the index knows an entity's rows."""
    concrete = entity.model._meta.concrete_model or entity.model
    return concrete._meta.label_lower


class _Search:
    """One search among the rows of one entity."""

    def __init__(
        self, actor: Actor, entity: Entity, names: Sequence[str], words: Sequence[str], limit: int
    ) -> None:
        self.actor, self.entity, self.names = actor, entity, names
        self.words, self.limit = words, limit
        label = _indexed_as(entity)
        self.kind = kind(label)
        self.tags = [tag(label, name) for name in names]
        self.question = question(words, self.tags)

    def newest(self, asked: Question | None, limit: int) -> list[int]:
        return newest(self.kind, asked, limit) if asked else []

    def subquery(self, asked: Question, limit: int | None = None) -> RawSQL:
        return RawSQL(*store().matching(self.kind, asked, limit))

    def every(self) -> Q:
        """Return the condition that a row answers, however many do."""
        common = store().row_by_row(self.kind, self.question)
        return common or Q(pk__in=self.subquery(self.question))

    def hits(self) -> list[tuple[int, float, Hit]]:
        """Return (score, when changed, hit) of the best rows."""
        tiers = self._tiers()
        found = self._seen(Q(pk__in=list(tiers))) if tiers else []
        found.sort(key=lambda row: -tiers[row[0]])
        found = found[: self.limit]
        if len(tiers) >= FEW and len(found) < self.limit:
            found = self._among_many(found)
        elif len(found) < ENOUGH:
            near = set(self.slips(within_sight=True)) - {pk for pk, _ in found}
            found += self._seen(Q(pk__in=near))[: self.limit - len(found)] if near else []
        return self._told(dict(found), tiers)

    def _tiers(self) -> dict[int, int]:
        """Return ids with their least score: whole values, beginnings, then any part."""
        asked = (
            (PART, self.question),
            (PREFIX, beginning(self.words, self.tags)),
            (EXACT, whole(self.words, self.tags)),
        )
        tiers: dict[int, int] = {}
        for score, which in asked:
            ids = self.newest(which, FEW)
            tiers.update(dict.fromkeys(ids, score))
            if score == PART and len(ids) <= 1:
                break
        return tiers

    def _among_many(self, found: list[tuple[int, Any]]) -> list[tuple[int, Any]]:
        """Look through more than the newest few: a common surname seen from a narrow scope."""
        common = store().row_by_row(self.kind, self.question)
        newest = Q(pk__in=self.subquery(self.question, MANY))
        for condition in (common,) if common else (newest, self.every()):
            more = self._seen(condition, self.limit)
            known = {pk for pk, _ in found}
            found += [row for row in more if row[0] not in known]
            if len(found) >= self.limit:
                break
        return found[: self.limit]

    def _seen(self, condition: Q, limit: int | None = None) -> list[tuple[int, Any]]:
        rows = visible(self.actor, self.entity.model).filter(condition)
        pairs = rows.order_by("-changed_at", "-pk").values_list("pk", "changed_at")
        return list(pairs[:limit])

    def slips(self, *, within_sight: bool = False) -> list[int]:
        """Return ids of rows that hold what one slip makes of the words."""
        asked = Question(
            tuple((*options(word), *typos.likely(word)) for word in self.words),
            tuple(self.tags),
        )
        if asked.words == self.question.words:
            return []
        model = self.entity.model
        rows = visible(self.actor, model) if within_sight else model.objects.all()
        rows = rows.filter(pk__in=self.newest(asked, SLIPS))
        return [row.pk for row in rows if self._holds(row)]

    def _holds(self, row: Record) -> bool:
        values = [normalise(raw(row, name)) for name in self.names]
        return all(any(typos.holds(word, value) for value in values) for word in self.words)

    def _told(self, found: dict[int, Any], tiers: dict[int, int]) -> list[tuple[int, float, Hit]]:
        if not found:
            return []
        fields = self.entity.fields(self.actor)
        joins = self.entity.model.title_joins
        rows = self.entity.model.objects.filter(pk__in=list(found)).select_related(*joins)
        told = []
        for row in rows:
            hit = self._hit(row, fields, tiers.get(row.pk, FUZZY))
            told.append((hit.score, found[row.pk].timestamp(), hit))
        return told

    def _hit(self, row: Record, fields: dict[str, Field], least: int) -> Hit:
        values = {n: fields[n].text(row) for n in self.names if n in fields}
        answer = best(self.words, values)
        field = fields.get(answer.field)
        return Hit(
            entity_key=self.entity.key,
            id=row.pk,
            title=title(self.actor, row),
            field=field.label if field else "",
            snippet=snippet(self.words, values.get(answer.field, "")),
            score=max(answer.score, least) if least > PART else answer.score,
        )
