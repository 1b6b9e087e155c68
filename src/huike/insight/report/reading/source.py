"""What is to be analysed: the rows, which column plays which part, and how they are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

from huike.insight.estimator import InputError, Language, say

ROLES = (
    "customer", "order", "date", "amount", "quantity", "price", "product", "cost", "currency",
    "department",
)  # fmt: skip
DateOrder = Literal["ymd", "mdy", "dmy"]


class CannotAnalyse(InputError):
    """The rows cannot give a report; says in both languages what to do about it."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en

    def text(self, language: Language) -> str:
        """The sentence in the language asked for."""
        return say(language, self.zh, self.en)


@dataclass(frozen=True)
class TextFile:
    """A UTF-8 text file with one row per line: its path, separator and columns in order."""

    path: Path
    separator: str
    names: tuple[str, ...]
    lines_before: int


@dataclass(frozen=True)
class ParquetFile:
    """A Parquet file."""

    path: Path


@dataclass(frozen=True)
class Rows:
    """A table in memory (Arrow), every cell as text."""

    table: Any


@dataclass(frozen=True)
class Source:
    """Rows with their parts.

    roles: part to column name, parts out of `ROLES`; `customer` and `date` must be there, and
    `amount`, or `price` with `quantity`. date_order, decimal: how dates and numbers are written.
    keep_currency: only lines in this currency are used. as_of: nothing later is used.
    """

    name: str
    rows: TextFile | ParquetFile | Rows
    roles: Mapping[str, str]
    date_order: DateOrder = "ymd"
    decimal: Literal[".", ","] = "."
    keep_currency: str | None = None
    as_of: date | None = None
    today: date = field(default_factory=date.today)
    notes: tuple[str, ...] = ()

    def check(self) -> None:
        """Raises `CannotAnalyse` if a part is missing that no report can do without."""
        for role, zh in (("customer", "客户"), ("date", "日期")):
            if role not in self.roles:
                raise CannotAnalyse(
                    f"找不到「{zh}」列。请用 --{role} 列名 指明是哪一列。",
                    f"No column looks like the {role}. Name it with --{role} COLUMN.",
                )
        if "amount" not in self.roles and not {"price", "quantity"} <= set(self.roles):
            raise CannotAnalyse(
                "找不到「金额」列，也没有「单价」和「数量」。请用 --amount 列名 指明。",
                "No column looks like the amount, nor are there price and quantity. "
                "Name it with --amount COLUMN.",
            )
