"""What facts, roles, levels, measures and the values of levels are called, for the reader."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from huike.analytics.models import Score
from huike.kernel.entity.columns import kind_of
from huike.kernel.entity.entity import entity_of
from huike.kernel.kinds.choices import Choice

if TYPE_CHECKING:
    from django.db import models

    from huike.warehouse.star.declaring import Fact, Measure, Star, Words

EVENTS: Mapping[str, Any] = {
    "first purchase": gettext_lazy("first purchase"),
    "joined": gettext_lazy("file made"),
    "upgraded": gettext_lazy("upgraded"),
    "downgraded": gettext_lazy("downgraded"),
    "handed over": gettext_lazy("handed over"),
    "moved": gettext_lazy("moved house"),
    "categorised": gettext_lazy("put into another category"),
    "left": gettext_lazy("moved to the bin"),
    "done": gettext_lazy("task done"),
    "open": gettext_lazy("task open"),
}


def told(words: Words) -> str:
    """Return a text of the star in the reader's language."""
    return words["zh" if (get_language() or "zh").startswith("zh") else "en"]


def fact_title(fact: Fact) -> str:
    return capfirst(told(fact.title))


def measure_title(measure: Measure) -> str:
    return capfirst(told(measure.title))


def role_title(star: Star, fact: Fact, role: str) -> str:
    """Return what a dimension is called in one role of a fact."""
    link = fact.links[role]
    return capfirst(told(link.title or star.dimensions[link.dimension].title))


def level_title(star: Star, fact: Fact, path: str) -> str:
    """Return what a level is called."""
    role, _dot, name = path.partition(".")
    if fact.links[role].dimension == "score":
        return capfirst(str(_score_field(name).verbose_name))
    return capfirst(told(star.level(fact.name, path).title))


def namer(star: Star, fact: Fact, path: str) -> Callable[[Any], str]:
    """Return what tells the values of a level as people read them."""
    role, _dot, name = path.partition(".")
    options = _options(star, fact, path)
    dimension = fact.links[role].dimension

    def say(value: Any) -> str:
        if value is None or value == "":
            return _("(none)")
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if dimension in {"event", "outcome"}:
            return str(EVENTS.get(str(value), value))
        if name == "weekday":
            return _weekday(str(value))
        return str(options.get(str(value), value))

    return say


def _weekday(value: str) -> str:
    """Return the reader's half of "1 周一 Mon"."""
    number, _space, names = value.partition(" ")
    chinese, _space, english = names.partition(" ")
    return chinese if (get_language() or "zh").startswith("zh") else english or number


def _options(star: Star, fact: Fact, path: str) -> Mapping[str, Any]:
    role, _dot, name = path.partition(".")
    if fact.links[role].dimension == "score":
        return _choices(_score_field(name))
    if path_of_field := star.level(fact.name, path).field:
        record, _dot, column = path_of_field.rpartition(".")
        found: Any = entity_of(record).model._meta.get_field(column)
        return _choices(found)
    return {}


def _choices(column: models.Field[Any, Any]) -> Mapping[str, Any]:
    kind = kind_of(column)
    return {str(k): v for k, v in kind.options.items()} if isinstance(kind, Choice) else {}


def _score_field(name: str) -> models.Field[Any, Any]:
    return cast("models.Field[Any, Any]", Score._meta.get_field(name))
