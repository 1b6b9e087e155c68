"""The classifiers of scikit-learn behind the churn models, with how rows are prepared."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, OrdinalEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from huike.insight.churn.models import SEED


def parts(name: str, rows: pd.DataFrame) -> list[Any]:
    """The pipelines of the model `name`, to be fitted; their mean in log odds is its answer."""
    numbers = [c for c in rows.columns if pd.api.types.is_numeric_dtype(rows[c])]
    words = [c for c in rows.columns if c not in numbers]
    impute = SimpleImputer(strategy="median", keep_empty_features=True)
    one_hot = OneHotEncoder(handle_unknown="ignore")
    linear = ColumnTransformer([
        ("n", make_pipeline(impute, FunctionTransformer(_tamed), StandardScaler()), numbers),
        ("w", one_hot, words),
    ])  # fmt: skip
    unseen = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    ranked = ColumnTransformer([("n", impute, numbers), ("w", unseen, words)])
    logistic = make_pipeline(linear, LogisticRegression(C=0.5, max_iter=2000))
    if name == "logistic":
        return [logistic]
    if name == "tree":
        leaf = max(5, min(50, len(rows) // 20))
        return [make_pipeline(ranked, DecisionTreeClassifier(
            max_depth=5, min_samples_leaf=leaf, random_state=SEED
        ))]  # fmt: skip
    boosted = HistGradientBoostingClassifier(
        learning_rate=0.04, max_iter=180, max_depth=3, min_samples_leaf=20, l2_regularization=1.0,
        early_stopping=False, random_state=SEED,
    )  # fmt: skip
    return [make_pipeline(ranked, boosted), logistic]


def _tamed(values: Any) -> Any:
    """Long tails pulled in, signs kept."""
    return np.sign(values) * np.log1p(np.abs(values))
