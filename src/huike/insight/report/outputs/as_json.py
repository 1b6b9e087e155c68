"""The analysis as plain values for programs (`huike analyze --json`)."""

from __future__ import annotations

import math
from typing import Any

from huike.insight.report.analysis import Analysis, names


def as_json(found: Analysis) -> dict[str, Any]:
    """Counts, classes, parameters and measures; numbers that are not known are None."""
    figures, cleaned = found.figures, found.cleaned
    plain = {
        "customers": int(figures["customers"]),
        "buyers": int(figures["buyers"]),
        "orders": int(figures["orders"]),
        "returns": int(figures["returns"]),
        "revenue": round(figures["revenue"], 2),
        "first": cleaned.first.isoformat(),
        "last": cleaned.last.isoformat(),
        "rows": cleaned.rows,
        "columns": cleaned.roles,
        "left_out": cleaned.left_out,
        "left_out_amount": cleaned.left_out_amount,
        "abc": _abc(found),
        "rfm": _rfm(found),
        "pyramid": _shares(found.pyramid.tiers_, "tier") if found.pyramid else {},
        "matrix": dict(found.matrix.counts_) if found.matrix else {},
        "time_unit": found.time_unit,
        "calibration_end": (found.calibration_end.isoformat() if found.calibration_asked else None),
        "models": found.models,
        "holdout": _holdout(found),
        "churn": _churn(found),
        "warned": found.risk,
        "rules": _rules(found),
        "relation": dict(found.relation.counts_) if found.relation else {},
        "groups": _groups(found),
        "sampled": found.sampled,
        "failed": found.failed,
        "seconds": found.seconds,
    }
    cleared: dict[str, Any] = _clear(plain)
    return cleared


def _abc(found: Analysis) -> dict[str, Any]:
    if found.abc is None:
        return {}
    rows = found.abc.classes_.to_dict("records")
    classes = {
        str(row["abc"]): {
            "customers": int(row["customers"]),
            "share": row["amount_share"],
            "customer_share": row["customer_share"],
        }
        for row in rows
    }
    return classes | {"gini": found.abc.gini_, "top20_share": found.abc.top20_share_}


def _rfm(found: Analysis) -> dict[str, Any]:
    if found.rfm is None:
        return {}
    return {
        str(row["rfm_class"]): {
            "name": row["zh"],
            "customers": int(row["customers"]),
            "monetary": row["monetary"],
        }
        for row in found.rfm.classes_.to_dict("records")
    }


def _shares(frame: Any, key: str) -> dict[str, Any]:
    return {
        str(row[key]): {
            "customers": int(row["customers"]),
            "share": row["amount_share"],
            "amount": row["amount"],
        }
        for row in frame.to_dict("records")
    }


def _holdout(found: Analysis) -> dict[str, Any]:
    judged = {
        name: {
            "customers": h.customers, "actual": h.actual, "predicted": h.predicted,
            "correlation": h.correlation, "mae": h.mae, "rmse": h.rmse,
        }
        for name, h in found.holdout.items()
    }  # fmt: skip
    until = found.analysis_date.isoformat()
    return {"from": found.calibration_end.isoformat(), "until": until} | judged


def _churn(found: Analysis) -> dict[str, Any]:
    if found.churn is None or found.churn.comparison_.empty:
        return {}
    return {
        row["model"]: {key: row[key] for key in ("roc_auc", "pr_auc", "lift_top_decile", "n")}
        for row in found.churn.comparison_.to_dict("records")
    }


def _rules(found: Analysis) -> list[dict[str, Any]]:
    if found.baskets is None:
        return []
    top = found.baskets.rules_.head(100).to_dict("records")
    return [
        {
            "antecedent": names(found, "products", row["antecedent"]),
            "consequent": names(found, "products", [row["consequent"]])[0],
        }
        | {k: row[k] for k in ("count", "support", "confidence", "lift", "leverage", "conviction")}
        for row in top
    ]


def _groups(found: Analysis) -> list[dict[str, Any]]:
    if found.groups is None:
        return []
    frame = found.groups.reset_index()
    rows: list[dict[str, Any]] = frame.to_dict("records")
    return rows


def _clear(value: Any) -> Any:
    """Only what JSON knows: no NaN, no numpy numbers."""
    if isinstance(value, dict):
        return {str(key): _clear(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_clear(inner) for inner in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    return value
