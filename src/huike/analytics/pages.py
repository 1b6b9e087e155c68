"""The figures of every insight page by its name, for those who read them without a screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Model, QuerySet

from huike.analytics import words
from huike.analytics.figures import (
    baskets,
    big,
    churn,
    demand,
    equity,
    life,
    loyalty,
    matrix,
    satisfaction,
    scorecard,
    value,
)
from huike.analytics.figures.asking import PAGES, Question, days
from huike.analytics.figures.bought import last_day
from huike.analytics.figures.classes import by_class
from huike.analytics.figures.moving import moves
from huike.analytics.queries import values


@dataclass(frozen=True)
class Wanted:
    """What else is asked: the earlier of two days, the period's unit and start, periods ahead."""

    since: date | None = None
    unit: str = "month"
    start: date | None = None
    ahead: int = 0


Figures = Mapping[str, Any]
Page = Callable[[Question, Wanted], Figures]


def _value(q: Question, _w: Wanted) -> Figures:
    return {
        "abc": by_class(q, "abc", words.Abc),
        "rfm": by_class(q, "rfm_class", words.Rfm),
        "rfm_grid": value.rfm_grid(q),
        "pyramid_by_spend": by_class(q, "pyramid", words.Spend),
        "pyramid_by_profit": by_class(q, "profit_tier", words.Tier, "profit"),
        "lorenz": value.spread(q),
    }


def _moved(q: Question, name: str, wanted: Wanted) -> Any:
    until = q.on or next(iter(days()), None)
    return moves(q, name, wanted.since, until) if wanted.since and until else None


def _matrix(q: Question, wanted: Wanted) -> Figures:
    cells = by_class(q, "matrix", words.Tier, "clv")
    if cells is None:
        return {}
    return {"cells": cells, "customers": matrix.dots(q), "moves": _moved(q, "matrix", wanted)}


def _lifecycle(q: Question, wanted: Wanted) -> Figures:
    return {
        "relation": by_class(q, "relation", words.Relation),
        "stage": by_class(q, "stage", words.Stage),
        "ending": by_class(q, "ending", words.Ending) if q.on is None else None,
        "moves": _moved(q, "stage", wanted),
        "cohorts": life.cohorts(q),
        "survival": life.survival(q),
    }


def _churn(q: Question, _w: Wanted) -> Figures:
    levels = by_class(q, "churn_level", words.Risk, "expected_loss")
    if levels is None:
        return {}
    known = values()
    cost, saved = Decimal(str(known["churn.contact_cost"])), Decimal(str(known["churn.saved"]))
    return {
        "levels": levels,
        "at_stake": churn.stake(q),
        "by_owner": churn.stakes(q, "owner"),
        "by_department": churn.stakes(q, "department"),
        "saving": churn.saving(q, cost, saved),
        "backtest": churn.backtest(),
    }


def _scorecard(q: Question, wanted: Wanted) -> Figures:
    until = last_day(q)
    if until is None:
        return {}
    offered = scorecard.periods(wanted.unit, until)
    usual = scorecard.newest_whole(offered)
    period = next((p for p in offered if p.start == wanted.start), usual)
    return {"period": period, "card": scorecard.card(q, period)}


def _baskets(q: Question, _w: Wanted) -> Figures:
    until = last_day(q)
    crossed = baskets.cross_sold(q, until) if until else None
    return {
        "rules": baskets.rules(q),
        "offers": baskets.offers(q),
        "cross_sell_share": crossed and crossed[1],
        "period": crossed and crossed[0],
    }


def _big(q: Question, _w: Wanted) -> Figures:
    return {"big": big.bigs(q) if "party" in q.fields else None}


def _groups(q: Question, _w: Wanted) -> Figures:
    return {
        "equity": equity.equity(q),
        "by_department": equity.by_department(q),
        "groups": equity.clusters(q),
        "agreement": equity.agreement(q),
        "foreseen": equity.foreseen(q),
    }


def _loyalty(q: Question, _w: Wanted) -> Figures:
    return {"loyalty": loyalty.loyalty(q)}


def _satisfaction(q: Question, _w: Wanted) -> Figures:
    return {"satisfaction": satisfaction.satisfaction(q)}


def _forecast(q: Question, wanted: Wanted) -> Figures:
    unit: demand.Unit = "week" if wanted.unit == "week" else "month"
    offered = demand.HORIZONS[unit]
    horizon = wanted.ahead if wanted.ahead in offered else offered[0]
    return {"demand": demand.demand(q, unit, horizon)}


_MAKERS: tuple[Page, ...] = (
    _value, _matrix, _lifecycle, _churn, _scorecard, _baskets, _big, _groups, _loyalty,
    _satisfaction, _forecast,
)  # fmt: skip
_MAKER_OF = dict(zip(PAGES, _MAKERS, strict=True))


def page(name: str, question: Question, wanted: Wanted) -> dict[str, Any]:
    """Return the figures of a page as JSON knows them; null where the reader may not read them.

    What leads to customers on the page has a `filter`, and `records`, the list it belongs to.
    Raises KeyError for a page that there is not.
    """
    found: dict[str, Any] = _plain(question, dict(_MAKER_OF[name](question, wanted)))
    return found


def _plain(q: Question, told: Any) -> Any:
    """Return a figure as plain values; rows of records by their key alone: their fields are asked
    of the record, where its rights hold."""
    if isinstance(told, QuerySet):
        return [row.pk for row in told[:200]]
    if isinstance(told, Model):
        return {"party": getattr(told, "party_id", None), "id": told.pk}
    if is_dataclass(told) and not isinstance(told, type):
        return _parts(q, told)
    if isinstance(told, Mapping):
        return {str(key): _plain(q, one) for key, one in told.items()}
    if isinstance(told, list | tuple | set | frozenset):
        return [_plain(q, one) for one in told]
    if hasattr(told, "tolist"):  # of NumPy
        return _plain(q, told.tolist())
    if isinstance(told, Decimal | float):
        return round(float(told), 6) if told == told else None
    if told is None or isinstance(told, bool | int):
        return told
    return told.isoformat() if isinstance(told, date) else str(told)


def _parts(q: Question, told: Any) -> dict[str, Any]:
    parts: dict[str, Any] = {}
    for one in fields(told):
        value_ = getattr(told, one.name)
        if one.name == "leaves" and isinstance(value_, tuple) and value_:
            parts |= _down(*_where(q, told, value_))
        elif one.name not in ("leaves", "leaf", "down", "down_to"):
            parts[one.name] = _plain(q, value_)
    return parts


def _where(q: Question, told: Any, leaves: tuple[Any, ...]) -> tuple[Any, Any]:
    """Return the list and the filter behind a figure: of orders, of two days, or of scores."""
    if isinstance(told, demand.Sold):
        return demand.orders_of(q, told)
    return q.down(*leaves) if all(leaf[0] in q.fields for leaf in leaves) else q.down_to(*leaves)


def _down(entity: Any, tree: Any) -> dict[str, Any]:
    return {"records": entity.key, "filter": tree}
