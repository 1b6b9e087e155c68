"""Questions that are asked in every firm, ready to be opened, changed and saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from huike.analytics.pivot.checking import checked
from huike.analytics.pivot.definition import Definition
from huike.kernel.actor import Actor

if TYPE_CHECKING:
    from huike.warehouse.star.declaring import Star


@dataclass(frozen=True)
class Example:
    """A ready question."""

    title: str | Promise
    definition: Definition


def _example(title: Promise | str, fact: str, **more: object) -> Example:
    return Example(title, Definition(**{"fact": fact, **more}))  # type: ignore[arg-type]


EXAMPLES = (
    _example(
        _("Revenue by owner and month"), "sale", rows=("owner.department_1", "owner.staff"),
        columns=("time.year", "time.month"), measures=("revenue",), heat=True,
    ),
    _example(
        _("Product by area"), "sale", rows=("product.group_1", "product.product"),
        columns=("customer.province",), measures=("quantity",), sort="-quantity", heat=True,
    ),
    _example(
        _("Where customers come from, by class"), "sale", rows=("customer_now.source",),
        columns=("score_now.rfm_class",), measures=("customers",), chart="stacked",
    ),
    _example(
        _("Source and what it brought"), "sale", rows=("customer.source",),
        measures=("customers", "orders", "revenue", "average_order"), sort="-revenue", chart="bar",
    ),
    _example(
        _("Owners of products: sex and age"), "sale", rows=("customer.age",),
        columns=("customer.sex",), measures=("customers",), chart="stacked",
    ),
    _example(
        _("Margin by product group and quarter"), "sale", rows=("product.group_1",),
        columns=("time.quarter",), measures=("revenue", "margin", "margin_rate"),
    ),
    _example(
        _("New customers by month and area"), "customer_event", rows=("time.year", "time.month"),
        columns=("customer.province",), measures=("new_customers",), chart="line",
    ),
    _example(
        _("Contacts by person and channel"), "interaction", rows=("author.staff",),
        columns=("channel.channel",), measures=("interactions",), chart="stacked", heat=True,
    ),
    _example(
        _("Tasks done on time, by person"), "task",
        rows=("owner.department_1", "owner.staff"), measures=("tasks", "done", "on_time_rate"),
    ),
    _example(
        _("Revenue by CLV matrix and quarter"), "sale", rows=("score.matrix",),
        columns=("time.quarter",), measures=("revenue", "customers"), chart="bar",
    ),
)  # fmt: skip


def examples(actor: Actor, star: Star) -> list[Example]:
    """Return the examples that the actor may ask, and that the warehouse can answer."""
    return [one for one in EXAMPLES if _can_be_asked(actor, star, one.definition)]


def _can_be_asked(actor: Actor, star: Star, definition: Definition) -> bool:
    try:
        checked(actor, star, definition)
    except ValidationError:
        return False
    return True
