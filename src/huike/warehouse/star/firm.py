"""The firm's star: subjects, dimensions that all facts share, and facts at their finest grain."""

from __future__ import annotations

from typing import Any

from huike.warehouse.star.declaring import Star, Subject, words
from huike.warehouse.star.dimensions import DIMENSIONS
from huike.warehouse.star.facts import FACTS
from huike.warehouse.star.scores import scores

SUBJECTS = (
    Subject(
        "customers",
        words("客户发展", "Customer development"),
        words("客户的到来、变动与离开", "customers who come, move and leave"),
    ),
    Subject(
        "purchase", words("购买", "Purchase"), words("谁在何时买了多少", "who bought how much")
    ),
    Subject("product", words("产品", "Product"), words("卖出了什么", "what was sold")),
    Subject(
        "marketing",
        words("营销", "Marketing"),
        words("活动触达与结果", "whom campaigns reached, and what came of it"),
    ),
    Subject(
        "service",
        words("服务", "Service"),
        words("与客户的联系与任务", "contacts with customers, and tasks"),
    ),
)


def star(backend: Any = None) -> Star:
    """The star as declared; with `backend`, also the scores that its customers were given."""
    declared = Star(
        {subject.name: subject for subject in SUBJECTS},
        {dimension.name: dimension for dimension in DIMENSIONS},
        {fact.name: fact for fact in FACTS},
    )
    return declared if backend is None else scores(declared, backend)
