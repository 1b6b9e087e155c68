"""What is at stake where customers may leave, whose it is, and what contacting them would bring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Sum

from huike.analytics.figures.asking import Leaf, Question
from huike.analytics.models import Run
from huike.analytics.queries import last_good_run
from huike.customers.models import Party
from huike.kernel.entity.entity import entity_of
from huike.kernel.kinds.links import Link

WARNED: Leaf = ("churn_level", "in", ["high", "medium"])


@dataclass(frozen=True)
class Stake:
    """The warned customers and what would be lost with them, in all or of one owner."""

    customers: int
    loss: Decimal
    key: int | None = None
    name: str = ""
    leaf: Leaf = ()  # of the customers' list


@dataclass(frozen=True)
class Saving:
    """What contacting every warned customer who is worth it would cost and keep."""

    contacted: int
    kept: Decimal
    cost: Decimal
    leaves: tuple[Leaf, ...]

    @property
    def net(self) -> Decimal:
        return self.kept - self.cost


def stake(question: Question) -> Stake | None:
    """Return how many are warned of and what would be lost with them; None where it is hidden."""
    if not question.open("churn_level", "expected_loss"):
        return None
    found = question.rows(WARNED).aggregate(n=Count("pk"), loss=Sum("expected_loss"))
    return Stake(found["n"], found["loss"] or Decimal(0))


def stakes(question: Question, by: str, most: int = 12) -> list[Stake] | None:
    """Return the same by owner or department, the largest loss first; None where it is hidden."""
    known = entity_of(Party).fields(question.actor).get(by)
    if known is None or not known.is_comparable or not isinstance(known.kind, Link):
        return None
    if not question.open("churn_level", "expected_loss"):
        return None
    column = f"party__{by}"
    rows = question.rows(WARNED).values(column)
    found = list(rows.annotate(n=Count("pk"), loss=Sum("expected_loss")).order_by("-loss")[:most])
    names = known.kind.names([row[column] for row in found if row[column] is not None])
    return [
        Stake(
            row["n"],
            row["loss"] or Decimal(0),
            row[column],
            names.get(row[column], "") if row[column] is not None else "",
            (by, "in", [row[column]]) if row[column] is not None else (by, "empty"),
        )
        for row in found
    ]


def saving(question: Question, cost: Decimal, saved: Decimal) -> Saving | None:
    """Return what it brings to contact everybody for whom it pays.

    Parameters:
        cost: of one contact.
        saved: share of the leaving customers whom a contact keeps, 0 to 1.

    It pays where expected loss x `saved` is above `cost`: the loss is probability x money already.
    """
    if not question.open("expected_loss"):
        return None
    least = cost / saved if saved > 0 else None
    if least is None:
        return Saving(0, Decimal(0), Decimal(0), (("expected_loss", "lt", 0),))
    leaf: Leaf = ("expected_loss", "gt", f"{least:.2f}")
    found = question.rows(leaf).aggregate(n=Count("pk"), loss=Sum(F("expected_loss")))
    kept = ((found["loss"] or Decimal(0)) * saved).quantize(Decimal("0.01"))
    return Saving(found["n"], kept, cost * found["n"], (leaf,))


def backtest() -> dict[str, Any]:
    """Return how good each model was on a period it had not seen, as the last good run found it.

    Keys: comparison (rows of model, roc_auc, pr_auc, lift_top_decile, brier, net ...), calibration
    (model: rows of predicted, actual, n), chosen, trained_on; empty where nothing was learned.
    """
    run: Run | None = last_good_run()
    found = (run.details if run else {}).get("churn_warning") or {}
    return found if isinstance(found, dict) else {}


def ordered(comparison: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the models, the best warning first."""
    return sorted(comparison, key=lambda row: -(row.get("roc_auc") or 0))
