"""A customer's page: relation and stage with the sentence that explains them, and their history."""

from __future__ import annotations

from typing import Any, cast

from django.utils import timezone
from django.utils.translation import get_language

from huike.analytics.models import Score
from huike.analytics.runs.results import sentence
from huike.customers.models import Party
from huike.customers.stages.entities import after_of, before_of
from huike.customers.stages.models import StageChange, StageOverride
from huike.kernel.access.scope import may, visible
from huike.kernel.actor import Op
from huike.kernel.entity.titles import is_open
from huike.web.insight.panel import WHY
from huike.web.records.loading import Open
from huike.web.records.panels import Panel, add_panel

FEW = 5
NAMES = (("relation", "relation"), ("stage", "stage"))


def stage_facts(opened: Open) -> dict[str, Any] | None:
    """Show where the relationship stands (three queries at most); None where nothing is known."""
    actor, row = opened.actor, cast(Party, opened.row)
    fields = [opened.fields[name] for name, _key in NAMES if name in opened.fields]
    may_set = opened.may(Op.EDIT) and may(actor, StageOverride, Op.ADD)
    if not fields or not (row.relation or row.stage or may_set):
        return None
    today = timezone.localdate()
    words = visible(actor, StageOverride).filter(party=row.pk, until__gte=today).order_by("-pk")
    word = words.first() if may(actor, StageOverride, Op.VIEW) else None
    score = visible(actor, Score).filter(party=row.pk).first()
    seen = visible(actor, StageChange).filter(party=row.pk).order_by("-at", "-pk")
    changes = list(seen[:FEW]) if may(actor, StageChange, Op.VIEW) else []
    return {
        "fields": fields,
        "word": word,
        "why": _why(opened, row, score, word),
        "ending": score.get_ending_display() if score and is_open(actor, score, "ending") else "",
        "changes": [(c, before_of(c), after_of(c)) for c in changes],
        "may_set": may_set,
    }


def _why(opened: Open, row: Party, score: Score | None, word: StageOverride | None) -> list[str]:
    """Return the sentences of the rule; of what a person has set, the reason is told instead."""
    if score is None:
        return []
    language = "zh" if (get_language() or "zh").startswith("zh") else "en"
    found = []
    for name, key in NAMES:
        if name not in opened.fields or (word and getattr(word, name)):
            continue
        needs = (name, *WHY[key][1]) if key in WHY else (name,)
        if all(is_open(opened.actor, Score, n) for n in needs):
            found.append(sentence(row.pk, key, language))  # type: ignore[arg-type]
    return [text for text in found if text]


def register() -> None:
    """Put the panel on a customer's page in place of the plain lists."""
    replaced = ("stage_overrides", "stage_changes")
    template = "web/stages/stages.html"  # its sentences ask the engine of the analysis: alone
    panel = Panel(template, stage_facts, replaces=replaced, late=True, alone=True)
    add_panel(Party.label(), panel)
