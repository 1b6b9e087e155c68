"""What a run found about the firm as a whole, small enough to be kept with the run."""

from __future__ import annotations

import json
import math
from typing import Any

import pandas as pd

from huike.analytics.runs.measuring import Measured
from huike.insight.basket import BasketRules
from huike.insight.churn.warning import ChurnWarning
from huike.insight.clv.gamma_gamma import GammaGamma
from huike.insight.clv.lifetime_value import PredictedValue
from huike.insight.clv.transactions import TransactionModel
from huike.insight.groups import Groups
from huike.insight.lifecycle.stage import Stage
from huike.insight.value.abc import ABC
from huike.insight.value.comparison import Comparison
from huike.insight.value.rfm import RFM

RULES_KEPT = 300


def findings(found: Measured) -> dict[str, Any]:
    """Return parameters, back-tests, rules and profiles by method, as JSON can hold them."""
    told: dict[str, Any] = {}
    for key, fitted in found.fitted.items():
        for kind, tell in _TELLERS.items():
            if isinstance(fitted, kind):
                told[key] = readable(tell(fitted))
    told["left_out"] = next((f.left_out_ for f in found.fitted.values()), {})
    return told


def _abc(fitted: Any) -> dict[str, Any]:
    return {"gini": fitted.gini_, "top20": fitted.top20_share_, "total": fitted.total_}


def _rfm(fitted: Any) -> dict[str, Any]:
    return {"means": dict(fitted.means_), "breaks": dict(fitted.breaks_)}


def _value(fitted: Any) -> dict[str, Any]:
    low, high = fitted.interval_
    return {
        "total": fitted.total_,
        "low": low,
        "high": high,
        "model": _model(fitted.transactions_),
        "spend": _model(fitted.spend_),
    }


def _model(fitted: TransactionModel | GammaGamma) -> dict[str, Any]:
    return {**fitted.parameters_, "log_likelihood": fitted.log_likelihood_}


def _stage(fitted: Any) -> dict[str, Any]:
    return {
        "history": fitted.history_,
        "transitions": {s: fitted.transitions_.loc[s].to_dict() for s in fitted.transitions_.index},
        "steady": fitted.steady_,
    }


def _churn(fitted: Any) -> dict[str, Any]:
    return {
        "comparison": fitted.comparison_,
        "calibration": dict(fitted.calibration_),
        "chosen": fitted.chosen_,
        "trained_on": str(fitted.trained_on_),
    }


def _baskets(fitted: Any) -> dict[str, Any]:
    return {"baskets": fitted.baskets_, "rules": fitted.rules_.head(RULES_KEPT)}


def _groups(fitted: Any) -> dict[str, Any]:
    return {"profiles": fitted.profiles_, "silhouette": fitted.silhouette_}


def _comparison(fitted: Any) -> dict[str, Any]:
    return {"captured": fitted.captured_, "days": fitted.horizon_days, "top": fitted.top}


_TELLERS: dict[type[Any], Any] = {
    ABC: _abc,
    RFM: _rfm,
    PredictedValue: _value,
    Stage: _stage,
    ChurnWarning: _churn,
    BasketRules: _baskets,
    Groups: _groups,
    Comparison: _comparison,
}


def readable(value: Any) -> Any:
    """Return a result as JSON can hold it: frames as rows, what is not a number as null."""
    if isinstance(value, pd.DataFrame):
        return readable(json.loads(value.to_json(orient="records", date_format="iso")))
    if isinstance(value, dict):
        return {str(key): readable(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [readable(one) for one in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
