"""Groups of customers that buy alike, each with a profile in plain words."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

import ibis
import numpy as np
import numpy.typing as npt
import pandas as pd
from ibis.expr.types import FloatingValue, Table

from huike.insight.estimator import Estimator, InputError, Language, Row, kept, say
from huike.insight.purchases import customers, left_out

FEATURES = ("recency_days", "orders", "amount_per_order")
_WORDS: dict[str, tuple[tuple[str, str], tuple[str, str]]] = {
    # feature: (words when low, words when high), each Chinese and English
    "recency_days": (("最近刚来过", "came lately"), ("很久没来", "long absent")),
    "orders": (("来得少", "comes seldom"), ("来得勤", "comes often")),
    "amount_per_order": (("每次花得少", "small purchases"), ("每次花得多", "large purchases")),
}
_SAMPLE = 10_000
Matrix = npt.NDArray[np.float64]


class Groups(Estimator):
    """Cluster customers by recency, number of orders and amount per order (k-means on logs).

    Parameters
    ----------
    analysis_date: nothing later is read; `recency_days` counts back from it.
    groups: how many; None takes the number from 3 to `most` with the best silhouette.
    seed: of the start positions.

    After `fit`: `result_` (customer, the features, `group` from 0 = largest amount per customer),
    `profiles_` (one row per group: customers, share, mean features, words), `silhouette_` (-1 to 1,
    above 0.25 the groups are real). Groups are learned on at most 10,000 customers, evenly spaced
    by key; every customer is then put to the nearest centre in the engine.
    Source: MacQueen 1967; Rousseeuw 1987.
    """

    key = "groups"
    title = {"zh": "客户分群", "en": "Customer groups"}

    def __init__(
        self, *, analysis_date: date, groups: int | None = None, most: int = 6, seed: int = 1
    ) -> None:
        if groups is not None and groups < 1:
            raise InputError("groups must be at least 1")
        self.analysis_date = analysis_date
        self.groups = groups
        self.most = most
        self.seed = seed

    def fit(self, table: Table) -> Self:
        """Find the groups; fewer customers than groups give fewer groups."""
        self.left_out_ = left_out(table, self.analysis_date)
        buyers = self._features(table)
        sample = self._sample(buyers)
        logs: Matrix = np.log1p(sample[list(FEATURES)].to_numpy(dtype=np.float64).clip(min=0))
        self._centre = logs.mean(axis=0) if len(logs) else np.zeros(len(FEATURES))
        self._scale = np.where(logs.std(axis=0) > 0, logs.std(axis=0), 1.0) if len(logs) else 1.0
        self._centres = self._learn((logs - self._centre) / self._scale, sample)
        self.result_ = kept(self._assigned(buyers))
        self.profiles_ = self._profiles()
        return self

    def predict(self, table: Table | None = None) -> Table:
        """Each customer's group; for another table, the groups that `fit` found."""
        return self.result_ if table is None else self._assigned(self._features(table))

    def _sentence(self, row: Row, language: Language) -> str:
        words = self.profiles_.loc[row["group"], language]
        return say(
            language,
            f"属于第 {row['group'] + 1} 群：{words}（距上次 {row['recency_days']} 天，"
            f"{row['orders']} 次，每次 {row['amount_per_order']:,.2f}）。",
            f"In group {row['group'] + 1}: {words} (last came {row['recency_days']} days ago, "
            f"{row['orders']} orders, {row['amount_per_order']:,.2f} each).",
        )

    def _features(self, table: Table) -> Table:
        summed = customers(table, self.analysis_date)
        buyers = summed.filter(summed["orders"] > 0)
        each = ibis.greatest(buyers["amount"], 0.0) / buyers["orders"]
        return kept(buyers.mutate(amount_per_order=each).select("customer", *FEATURES, "amount"))

    def _sample(self, buyers: Table) -> pd.DataFrame:
        n = int(buyers.count().execute())
        step = max(1, -(-n // _SAMPLE))
        place = ibis.row_number().over(order_by="customer")
        frame: pd.DataFrame = (
            buyers.mutate(_place=place).filter(ibis._["_place"] % step == 0).order_by("customer")
        ).execute()
        return frame

    def _learn(self, points: Matrix, sample: pd.DataFrame) -> Matrix:
        """Centres, ordered by what their customers spend; sets `silhouette_`."""
        distinct = len(np.unique(points.round(9), axis=0)) if len(points) else 0
        self.silhouette_ = float("nan")
        if distinct < 2:
            return points[:1]
        if self.groups is None:
            choices = [k for k in range(3, self.most + 1) if k < distinct] or [2]
        else:
            choices = [min(self.groups, distinct)]
        from sklearn.cluster import KMeans

        tried = [KMeans(k, n_init=2, random_state=self.seed).fit(points) for k in choices]
        scores = [self._silhouette(points, model.labels_) for model in tried]
        best = int(np.nanargmax(scores)) if not np.all(np.isnan(scores)) else 0
        self.silhouette_ = scores[best]
        spent = sample["amount"].groupby(tried[best].labels_).mean().sort_values(ascending=False)
        centres: Matrix = tried[best].cluster_centers_[spent.index.to_numpy()]
        return centres

    def _silhouette(self, points: Matrix, labels: npt.NDArray[np.int32]) -> float:
        step = max(1, len(points) // 1_000)
        part, names = points[::step], labels[::step]
        if not 1 < len(np.unique(names)) < len(names):
            return float("nan")
        from sklearn.metrics import silhouette_score

        return float(silhouette_score(part, names))

    def _assigned(self, buyers: Table) -> Table:
        """Nearest centre per customer, as an expression the engine computes."""
        if len(self._centres) == 0:
            return buyers.mutate(group=ibis.literal(0)).filter(ibis.literal(False))
        scale = np.broadcast_to(self._scale, len(FEATURES))
        distances = {
            f"_d{g}": self._distance(buyers, centre, scale)
            for g, centre in enumerate(self._centres)
        }
        wide = buyers.mutate(**distances)
        least = ibis.least(*[wide[name] for name in distances])
        nearest = [(wide[f"_d{g}"] == least, g) for g in range(len(distances))]
        group = ibis.cases(*nearest, else_=0).cast("int64")
        return wide.mutate(group=group).select("customer", *FEATURES, "amount", "group")

    def _distance(self, buyers: Table, centre: Matrix, scale: Matrix) -> FloatingValue:
        parts: list[Any] = [
            (((ibis.greatest(buyers[name].cast("float64"), 0.0) + 1).ln() - float(mid)) / float(s)
             - float(c)) ** 2
            for name, mid, s, c in zip(FEATURES, self._centre, scale, centre, strict=True)
        ]  # fmt: skip
        return sum(parts[1:], parts[0])

    def _profiles(self) -> pd.DataFrame:
        means = {name: self.result_[name].mean() for name in FEATURES}
        found = (
            self.result_.group_by("group")
            .agg(customers=ibis._.count(), amount=ibis._["amount"].sum(), **means)
            .order_by("group")
            .execute()
            .set_index("group")
            .round(9)
        )
        overall = dict(zip(FEATURES, np.expm1(self._centre).tolist(), strict=True))
        found["share"] = found["customers"] / max(int(found["customers"].sum()), 1)
        for position, language in enumerate(("zh", "en")):
            found[language] = [_words(row, overall, position) for _, row in found.iterrows()]
        return found


def _words(row: Any, overall: dict[str, float], position: int) -> str:
    """What sets a group apart from the geometric mean of all customers, strongest first."""
    apart = sorted(FEATURES, key=lambda f: -abs(np.log((row[f] + 1) / (overall[f] + 1))))
    said = []
    for name in apart:
        ratio = (row[name] + 1) / (overall[name] + 1)
        if ratio > 1.25 or ratio < 0.8:
            said.append(_WORDS[name][int(ratio > 1)][position])
    joined = ("、" if position == 0 else ", ").join(said)
    return joined or ("与一般客户相仿", "like most customers")[position]
