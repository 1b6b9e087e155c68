"""What is bought together: frequent itemsets, association rules, the next product."""

from __future__ import annotations

from huike.insight.basket.rules import BasketRules

__all__ = ["BasketRules"]
