"""Tells the customers' room what a run found: relation and stage, unless people say otherwise."""

from __future__ import annotations

from django.db.models import F, Q

from huike.analytics.models import Score
from huike.analytics.runs.scoring import CHUNK, Transaction
from huike.customers.stages.following import found_by_rule


def tell_stages(open_chunk: Transaction) -> int:
    """Bring relation and stage of customers up to their scores; return how many changed."""
    differs = ~Q(relation=F("party__rule_relation")) | ~Q(stage=F("party__rule_stage"))
    scores = Score.everything.filter(differs).order_by("party")
    last = changed = 0
    while rows := list(
        scores.filter(party__gt=last).values_list("party", "relation", "stage")[:CHUNK]
    ):
        last = rows[-1][0]
        with open_chunk(changed):
            changed += found_by_rule({party: (relation, stage) for party, relation, stage in rows})
    return changed
