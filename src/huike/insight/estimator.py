"""The one shape every method of analysis has: parameters, fit, predict, explain.

The contract
------------
* Parameters are given to the constructor and stored under the same names, unchanged by `fit`.
* `fit(table)` reads an Ibis table (see `huike.insight.purchases` for the columns) and returns
  `self`.
* What was learned ends in `_`: small things are numbers or pandas frames; `result_` is an Ibis
  table with one row per customer (column `customer`), kept in the engine; `left_out_` counts rows
  not used, by reason.
* `predict()` gives `result_`; `predict(table)` scores another table of the same contract.
* `explain(customer)` says in one plain sentence, in Chinese ("zh") or English ("en"), what came
  out for that customer and why.
* Nothing raises on thin or odd data: no rows give an empty `result_`; figures that cannot be known
  are NaN or null. `InputError` is raised only for a table or parameter that is not of the contract.
* Nothing dated after `analysis_date` is read.  Row order never matters; the same input gives the
  same output.

Every concrete class has a `key` and is found through `estimators()`, which the conformance suite
runs over.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self

import ibis
from ibis.expr.types import Table

Language = Literal["zh", "en"]
Row = Mapping[str, Any]

_registry: dict[str, type[Estimator]] = {}


class InputError(ValueError):
    """The table or a parameter is not of the contract; the message says what to do about it."""


class Estimator(ABC):
    """A method of analysis; subclasses set `key` and `title`, and write `fit` and `_sentence`.

    Attributes after `fit`:
        result_: Ibis table, one row per customer.
        left_out_: rows that were not used, counted by reason.
    """

    key: ClassVar[str] = ""
    title: ClassVar[Mapping[Language, str]] = {}
    optional: ClassVar[frozenset[str]] = frozenset()
    """Optional columns of the input this method makes use of."""

    result_: Table
    left_out_: dict[str, int]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.__dict__.get("key"):
            _registry[cls.key] = cls

    @abstractmethod
    def fit(self, table: Table) -> Self:
        """Learn from `table`; returns `self`."""

    @abstractmethod
    def _sentence(self, row: Row, language: Language) -> str:
        """One plain sentence about the customer whose `result_` row is `row`."""

    def predict(self, table: Table | None = None) -> Table:
        """One row per customer: of the fitted table, or of another `table` of the same contract.

        Methods that only describe keep no memory: for them another table is described on its own.
        """
        if table is None:
            return self.result_
        return type(self)(**self.parameters()).fit(table).result_

    def explain(self, customer: Any, language: Language = "zh") -> str:
        """One sentence about `customer` (a value of that column), known or not."""
        row = self.row(customer)
        if row is None:
            return (
                "没有这位客户的数据。"
                if language == "zh"
                else "There are no data about this customer."
            )
        return self._sentence(row, language)

    def row(self, customer: Any) -> Row | None:
        """The customer's row of `result_` as a mapping, or None."""
        column = self.result_["customer"]
        if customer is None or column.type().is_numeric() == isinstance(customer, str):
            return None
        found = self.result_.filter(column == customer).limit(1).to_pyarrow().to_pylist()
        return found[0] if found else None

    def parameters(self) -> dict[str, Any]:
        """The constructor's parameters as given, for the record kept with every result."""
        names = inspect.signature(type(self).__init__).parameters
        return {name: getattr(self, name) for name in names if name != "self"}

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self.parameters().items())
        return f"{type(self).__name__}({given})"


def estimators() -> dict[str, type[Estimator]]:
    """Every concrete method by key, after importing all of `huike.insight`."""
    import huike.insight as room

    for module in pkgutil.walk_packages(room.__path__, room.__name__ + "."):
        importlib.import_module(module.name)
    return dict(sorted(_registry.items()))


def kept(expression: Table) -> Table:
    """The expression computed once and held in its engine, so that asking again costs nothing."""
    return expression.cache()


def joined(table: Table, frame: Any, keys: list[str]) -> Table:
    """`table` with the columns of a small pandas `frame` added by equal `keys` (all in both)."""
    return table.left_join(ibis.memtable(frame), keys).select(
        *[table[name] for name in table.columns],
        *[name for name in frame.columns if name not in keys],
    )


def say(language: Language, zh: str, en: str) -> str:
    """The sentence in the language asked for."""
    return zh if language == "zh" else en
