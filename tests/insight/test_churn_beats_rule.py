"""The churn models against the plain rule, on real files: on a later period, and out of fold."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from huike.insight.churn.backtest import measures, strata
from huike.insight.churn.models import ChurnModel
from huike.insight.churn.warning import ChurnWarning
from tests.insight.firms import shared_data, table

pytestmark = pytest.mark.data


@pytest.mark.long
def test_on_the_retail_file_it_beats_the_rule_on_a_later_period() -> None:
    """Learned on what was known by June 2011, judged on the quarter from September on."""
    wanted = ["InvoiceNo", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID"]
    data = pd.read_csv(shared_data("online_retail.csv.gz"), usecols=wanted).dropna()
    lines = pd.DataFrame(
        {
            "customer": data["CustomerID"].astype(int),
            "order": data["InvoiceNo"].astype(str),
            "on": pd.to_datetime(data["InvoiceDate"]),
            "amount": data["Quantity"] * data["UnitPrice"],
        }
    )
    found = ChurnWarning(date(2011, 12, 9), explained=0).fit(table(lines))
    seen = found.comparison_.set_index("model")
    assert seen.loc["rule", "n"] > 2000
    assert found.chosen_ != "rule"
    for name in ("logistic", "boosted"):
        assert seen.loc[name, "roc_auc"] >= seen.loc["rule", "roc_auc"] + 0.04
        assert seen.loc[name, "brier"] < seen.loc["rule", "brier"]


def test_on_the_telecom_set_it_beats_the_rule_on_customers_it_has_not_seen() -> None:
    """The set is of one moment, so there is no later period in it: judged out of fold.

    The rule is the firm's rule of thumb: month-to-month contracts leave, the newest first.
    """
    data = pd.read_csv(shared_data("churn", "Telco-Customer-Churn.csv"))
    data["TotalCharges"] = pd.to_numeric(data["TotalCharges"], errors="coerce")
    left = (data["Churn"] == "Yes").astype(int).to_numpy()
    monthly = (data["Contract"] == "Month-to-month").to_numpy()
    rule = measures(left, np.where(monthly, 0.5, 0.0) + 0.4 * (1 - data["tenure"] / 72))
    rows = data.drop(columns=["customerID", "Churn"])
    fold, p = strata(len(left), left, 4, 1), np.zeros(len(left))
    for k in range(4):
        p[fold == k] = (
            ChurnModel("logistic").fit(rows[fold != k], left[fold != k]).predict(rows[fold == k])
        )
    model = measures(left, p)
    assert model["roc_auc"] >= rule["roc_auc"] + 0.05
    assert model["lift_top_decile"] > rule["lift_top_decile"]
