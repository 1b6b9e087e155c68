"""The churn warning: probability, class, money at stake and three reasons for every active
customer.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Literal, Self

import ibis
import numpy as np
import pandas as pd
from ibis.expr.types import Table

from huike.insight.churn.backtest import calibration, measures, money
from huike.insight.churn.features import FEATURES, known_at, lapsed
from huike.insight.churn.models import ChurnModel, RuleModel, SurvivalModel
from huike.insight.churn.reasons import effects, in_words, speaking, strongest
from huike.insight.estimator import Estimator, InputError, Language, Row, kept, say
from huike.insight.purchases import left_out, reduced

MODELS = ("rule", "logistic", "tree", "boosted", "survival")
LEVELS: dict[str, tuple[str, str]] = {
    "high": ("高", "high"),
    "medium": ("中", "medium"),
    "low": ("低", "low"),
}
LEAST_ROWS = 50
REASONS = ("reason_1", "reason_2", "reason_3")


class ChurnWarning(Estimator):
    """Who will lapse (buy nothing in the horizon), learned from the firm's own past.

    Two back-dates: T2 is one horizon before the analysis date and T1 one before T2.  Every model
    learns on T1 (features before T1, labels up to T2) and is judged on T2 (labels up to the
    analysis date); then the chosen one learns on T2 and warns today.  Features never see past
    their date.

    Parameters:
        analysis_date: nothing later is read.
        horizon_days: how long without a purchase is a lapse.
        active_days: customers silent for longer are gone already, and left out.
        model: "rule", "logistic", "tree", "boosted", "survival"; or "best": the highest ROC AUC on
            T2.
        levels: probabilities from which the class is medium, and high.
        contact_cost, saved: cost of one contact, and the share of leaving customers that a contact
        keeps.
        explained: for how many customers, the largest expected losses first, reasons are worked
            out at once; for the others they are null in `result_`, and `explain` finds them.

    Attributes after `fit`:
        comparison_: frame model, n, base_rate, roc_auc, pr_auc, lift_top_decile, brier, and
            contacted, at_stake, kept, cost, net (see `backtest.money`), on T2; empty without
            enough history.
        calibration_: model to frame (see `backtest.calibration`).
        chosen_: the model in use; trained_on_: its date (T2, or T1 where T2 has no labels).
        result_: customer, silent_days, amount_year, p_churn, level, value (amount of the last
            year), expected_loss, reason_1, reason_2, reason_3 (names of features) and their values.
    """

    key = "churn_warning"
    title = {"zh": "流失预警", "en": "Churn warning"}

    def __init__(
        self,
        analysis_date: date,
        horizon_days: int = 90,
        active_days: int = 365,
        model: Literal["rule", "logistic", "tree", "boosted", "survival", "best"] = "best",
        levels: tuple[float, float] = (0.4, 0.7),
        contact_cost: float = 5.0,
        saved: float = 0.2,
        explained: int = 20_000,
    ) -> None:
        if model not in (*MODELS, "best"):
            raise InputError(f"The model must be one of {', '.join(MODELS)} or best.")
        if horizon_days < 1 or active_days < 1:
            raise InputError("horizon_days and active_days must be 1 or more.")
        self.analysis_date = analysis_date
        self.horizon_days = horizon_days
        self.active_days = active_days
        self.model: str = model
        self.levels = levels
        self.contact_cost = contact_cost
        self.saved = saved
        self.explained = explained

    def fit(self, table: Table, *, learn_from: Table | None = None) -> Self:
        """Learn, judge and warn (contract: `huike.insight.purchases`).

        Parameters:
            table: whose active customers are warned of.
            learn_from: where `table` is very large: a sample of its customers, on which the models
                learn and are judged.
        """
        self.left_out_ = left_out(table, self.analysis_date)
        step = timedelta(days=self.horizon_days)
        t2, t1 = self.analysis_date - step, self.analysis_date - 2 * step
        everyone = reduced(table, self.analysis_date)
        used = everyone if learn_from is None else reduced(learn_from, self.analysis_date)
        first, second = self._labelled(used, t1), self._labelled(used, t2)
        self._judge(first, second, t1)
        self._learn(second if len(second) else first, t2 if len(second) else t1)
        self.result_ = self._warned(known_at(everyone, self.analysis_date, self.active_days))
        return self

    def predict(self, table: Table | None = None) -> Table:
        """Warnings by the fitted model, for the fitted or another table."""
        if table is None:
            return self.result_
        return self._warned(known_at(table, self.analysis_date, self.active_days))

    def _labelled(self, table: Table, at: date) -> pd.DataFrame:
        rows = known_at(table, at, self.active_days)
        back = lapsed(table, at, self.horizon_days)
        return rows.assign(left=(~rows["customer"].isin(back.index)).astype(int))

    def _judge(self, first: pd.DataFrame, second: pd.DataFrame, t1: date) -> None:
        self.comparison_, self.calibration_ = pd.DataFrame(), {}
        if min(len(first), len(second)) < LEAST_ROWS:
            return
        rows, left = second[list(FEATURES)], second["left"]
        found = []
        for name in MODELS:
            model = self._model(name, t1).fit(first[list(FEATURES)], first["left"])
            p = model.predict(rows)
            saved = money(left, p, rows["amount_year"], self.contact_cost, self.saved)
            found.append({"model": name, **measures(left, p), **saved})
            self.calibration_[name] = calibration(left, p)
        self.comparison_ = pd.DataFrame(found)

    def _learn(self, rows: pd.DataFrame, at: date) -> None:
        self.chosen_ = self.model
        if self.model == "best":
            auc = self.comparison_["roc_auc"] if len(self.comparison_) else pd.Series(dtype=float)
            best = auc.round(6).fillna(-1).idxmax() if auc.notna().any() else None
            self.chosen_ = "rule" if best is None else str(self.comparison_["model"][best])
        self.trained_on_ = at
        self._fitted = self._model(self.chosen_, at).fit(rows[list(FEATURES)], rows["left"])
        self._usual = rows[list(FEATURES)].median()

    def _model(self, name: str, at: date) -> Any:
        if name == "rule":
            return RuleModel()
        if name == "survival":
            return SurvivalModel(at, self.horizon_days)
        return ChurnModel(name)

    def _warned(self, rows: pd.DataFrame) -> Table:
        features = rows[list(FEATURES)]
        p = np.asarray(self._fitted.predict(features), dtype=float).round(9)
        value = features["amount_year"].clip(lower=0.0)
        medium, high = self.levels
        level = np.where(p >= high, "high", np.where(p >= medium, "medium", "low"))
        frame = pd.DataFrame({
            "customer": rows["customer"], "silent_days": features["silent_days"],
            "amount_year": features["amount_year"], "p_churn": p,
            "level": level.astype(str),
            "value": value, "expected_loss": (p * value).round(4),
        })  # fmt: skip
        top = frame["expected_loss"].sort_values(ascending=False, kind="stable")
        chosen = np.sort(top.index[: self.explained].to_numpy())
        why = self._why(features.loc[chosen])
        self._unexplained = rows.drop(index=chosen).set_index("customer")
        for column in why.columns:
            frame[column] = why[column]
        schema = {c: "string" if c in ("level", *REASONS) else "float64" for c in frame.columns[1:]}
        return kept(_typed(frame, schema))

    def _why(self, features: pd.DataFrame) -> pd.DataFrame:
        """The three strongest reasons of each row and their values, by the index of `features`."""
        effect = effects(self._fitted.predict, features, self._usual)
        why = strongest(effect, speaking(features, self._usual))
        pairs = {}
        for column in REASONS:
            pairs[column] = why[column].astype(object)
            pairs[f"{column}_value"] = _values(features, why[column])
        return pd.DataFrame(pairs, index=features.index)

    def _sentence(self, row: Row, language: Language) -> str:
        p = row["p_churn"]
        if p is None or p != p:
            return say(
                language, "历史太短，无法判断流失风险。", "There is too little history to tell."
            )
        if row["reason_1"] is None:
            row = {**row, **self._why_of(row["customer"])}
        zh, en = LEVELS[row["level"]]
        why = [
            in_words(row[f"reason_{k}"], row[f"reason_{k}_value"], language)
            for k in (1, 2, 3)
            if row[f"reason_{k}"]
        ]
        loss = f"{row['expected_loss']:,.2f}"
        return say(
            language,
            f"流失风险{zh}（{p:.0%}，预计损失 {loss}）：{'，'.join(why) or '没有特别的原因'}。",
            f"Risk of leaving {en} ({p:.0%}, expected loss {loss}): "
            f"{', '.join(why) or 'nothing special'}.",
        )

    def _why_of(self, customer: Any) -> dict[str, Any]:
        """The reasons of one customer for whom they were not worked out with the rest."""
        one = self._unexplained.loc[[customer]][list(FEATURES)]
        return {str(name): value for name, value in self._why(one).iloc[0].items()}


def _values(rows: pd.DataFrame, names: pd.Series) -> Any:
    """Each row's value of the feature named for it; NaN where none is."""
    places = {name: k for k, name in enumerate(rows.columns)}
    at = np.array([places.get(name, 0) for name in names], dtype=int)
    picked = rows.to_numpy(float)[np.arange(len(rows)), at] if len(rows) else np.zeros(0)
    return np.where(names.to_numpy() == "", np.nan, picked)


def _typed(frame: pd.DataFrame, types: dict[str, str]) -> Table:
    table = ibis.memtable(frame)
    if table["customer"].type().is_null():
        types = {"customer": "string", **types}
    return table.cast(types)
