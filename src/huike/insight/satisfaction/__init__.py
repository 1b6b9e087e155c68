"""Satisfaction from answers: ratios, CSAT, NPS, CES, Kano, SERVQUAL and the loyalty curve."""

from __future__ import annotations

from huike.insight.satisfaction.curve import LoyaltyCurve, loyalty_curve
from huike.insight.satisfaction.figures import (
    Figure,
    by_group,
    customer_effort,
    mean_figure,
    net_promoter,
    perceived_over_expected,
    satisfied_share,
    share_figure,
    weighted_ratio,
)
from huike.insight.satisfaction.kano import KanoResult, kano, kano_class
from huike.insight.satisfaction.servqual import ServqualResult, servqual

__all__ = [
    "Figure",
    "KanoResult",
    "LoyaltyCurve",
    "ServqualResult",
    "by_group",
    "customer_effort",
    "kano",
    "kano_class",
    "loyalty_curve",
    "mean_figure",
    "net_promoter",
    "perceived_over_expected",
    "satisfied_share",
    "servqual",
    "share_figure",
    "weighted_ratio",
]
