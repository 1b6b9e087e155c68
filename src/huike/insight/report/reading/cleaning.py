"""From raw rows to clean order lines in DuckDB; whatever is left out is counted by its reason."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import ibis
from ibis.expr.types import Table

from huike.insight.report.reading.parsing import (
    currency_of,
    date_of,
    finite,
    in_century,
    literal,
    name_of,
    number_of,
    quoted,
)
from huike.insight.report.reading.source import CannotAnalyse, ParquetFile, Rows, Source, TextFile

REASONS = (
    "no date", "future date", "after analysis date", "no amount", "amount is not a number",
    "other currency", "no customer",
)  # fmt: skip


@dataclass
class Cleaned:
    """The usable lines, and what was found on the way.

    lines: customer (number), order (number), on, amount, and product (number), quantity, cost,
    department where known. orders: one row per order, as `huike.insight.purchases.orders` gives
    them. customers, products: id and name.
    left_out: reason to lines; left_out_amount: reason to their net amount where it was readable.
    folder: where scratch files may be put.
    """

    engine: Any
    lines: Table
    orders: Table
    rows: int
    first: date
    last: date
    left_out: dict[str, int]
    left_out_amount: dict[str, float]
    roles: dict[str, str]
    folder: Path
    notes: list[str] = field(default_factory=list)

    def names(self, kind: str, ids: list[int]) -> dict[int, str]:
        """The names of customers or products by their numbers."""
        if not ids:
            return {}
        wanted = ", ".join(str(int(number)) for number in ids)
        found = self.engine.raw_sql(f"SELECT id, name FROM {kind} WHERE id IN ({wanted})")
        return dict(found.fetchall())


def clean(source: Source, folder: Path, *, threads: int | None = None) -> Cleaned:
    """Read and clean; DuckDB keeps its pages in `folder` once memory runs short.

    Raises `CannotAnalyse` when nothing usable remains, with what to do about it.
    """
    source.check()
    engine = ibis.duckdb.connect()
    engine.raw_sql(f"SET memory_limit = '2400MB'; SET threads = {threads or os.cpu_count() or 2}")
    # the engine's own bar would be written among the figures of --json
    engine.raw_sql("SET enable_progress_bar = false")
    engine.raw_sql(
        f"SET temp_directory = {literal(str(folder))}; SET preserve_insertion_order = false"
    )
    _stage(engine, source)
    rows, left_out, amounts = _counted(engine)
    _refuse_empty(source, rows, left_out)
    _name(engine, source)
    _refuse(engine, source)
    _number(engine, source)
    first, last = engine.raw_sql('SELECT min("on"), max("on") FROM orders').fetchone()
    lines, orders = engine.table("lines"), engine.table("orders")
    roles = dict(source.roles)
    return Cleaned(
        engine,
        lines,
        orders,
        rows,
        first,
        last,
        left_out,
        amounts,
        roles,
        folder,
        list(source.notes),
    )


def _stage(engine: Any, source: Source) -> None:
    """One pass over the rows: typed columns and the reason to leave a line out, if any."""
    relation = _relation(engine, source.rows)
    roles, texts = (
        source.roles,
        {r: f"CAST({quoted(c)} AS VARCHAR)" for r, c in source.roles.items()},
    )
    numbers = {
        role: number_of(texts[role], source.decimal)
        for role in ("amount", "quantity", "price", "cost")
        if role in roles
    }
    amount = numbers.get("amount") or f"{numbers['price']} * {numbers['quantity']}"
    paid = texts.get("amount") or texts["price"]
    currency = name_of(texts["currency"]) if "currency" in roles else currency_of(paid)
    columns = {
        "customer": name_of(texts["customer"]),
        "order_name": name_of(texts["order"]) if "order" in roles else "NULL",
        "on": date_of(texts["date"], source.date_order),
        "amount": amount,
        "currency": currency,
        "unread": f"NULLIF(trim({paid}), '') IS NOT NULL",
    }
    columns |= {r: name_of(texts[r]) for r in ("product", "department") if r in roles}
    columns |= {role: numbers[role] for role in ("quantity", "cost") if role in numbers}
    select = ", ".join(f"{expression} AS {quoted(name)}" for name, expression in columns.items())
    passed = [
        quoted(c) for c in ("on", "currency", "department", "quantity", "cost") if c in columns
    ]
    day = 'CAST("on" AS VARCHAR)'
    when = f"COALESCE(order_name, {day})" if "order" in roles else day
    coded = [
        f"{_code('customer')} AS customer, customer AS customer_name",
        f'{_code("customer", when)} AS "order"',
        f"{finite('amount')} AS amount",
        f"{_reason(source)} AS reason",
    ]
    if "product" in columns:
        coded.append(f"{_code('product')} AS product, product AS product_name")
    engine.raw_sql(
        f"CREATE TABLE staged AS SELECT {', '.join(passed + coded)} "
        f'FROM (SELECT * REPLACE ({in_century(quoted("on"))} AS "on") '
        f"FROM (SELECT {select} FROM {relation}))"
    )


def _code(*values: str) -> str:
    """A whole number that stands for text: 63 bits, so that two never meet in practice."""
    return (
        f"CASE WHEN {values[0]} IS NOT NULL THEN CAST(hash({', '.join(values)}) >> 1 AS BIGINT) END"
    )


def _reason(source: Source) -> str:
    as_of = source.as_of or source.today
    wanted = source.keep_currency
    cases = [
        ('"on" IS NULL', "no date"),
        (f"\"on\" > DATE '{source.today.isoformat()}'", "future date"),
        (f"\"on\" > DATE '{as_of.isoformat()}'", "after analysis date"),
        ("(amount IS NULL OR NOT isfinite(amount)) AND unread", "amount is not a number"),
        ("amount IS NULL", "no amount"),
        ("customer IS NULL", "no customer"),
    ]
    if wanted:
        cases.insert(3, (f"currency IS NOT NULL AND upper(currency) <> {literal(wanted)}",
                         "other currency"))  # fmt: skip
    whens = " ".join(f"WHEN {test} THEN {literal(reason)}" for test, reason in cases)
    return f"CASE {whens} END"


def _relation(engine: Any, rows: TextFile | ParquetFile | Rows) -> str:
    if isinstance(rows, Rows):
        engine.con.register("given_rows", rows.table)
        return "given_rows"
    if isinstance(rows, ParquetFile):
        return f"read_parquet({literal(str(rows.path))})"
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in rows.names)
    return (
        f"read_csv({literal(str(rows.path))}, delim = {literal(rows.separator)}, header = false, "
        f"skip = {rows.lines_before}, columns = {{{columns}}}, quote = '\"', escape = '\"', "
        "null_padding = true, ignore_errors = true, store_rejects = true, auto_detect = false)"
    )


def _counted(engine: Any) -> tuple[int, dict[str, int], dict[str, float]]:
    found = engine.raw_sql(
        "SELECT reason, count(*), round(sum(amount), 2) FROM staged GROUP BY reason ORDER BY reason"
    ).fetchall()
    rows = sum(n for _, n, _ in found)
    left_out = {reason: n for reason, n, _ in found if reason}
    amounts = {reason: total for reason, _, total in found if reason and total is not None}
    rejected = _rejected(engine)
    if rejected:
        left_out["broken line"] = rejected
    return rows + rejected, left_out, amounts


def _rejected(engine: Any) -> int:
    try:
        row = engine.raw_sql("SELECT count(DISTINCT line) FROM reject_errors").fetchone()
    except Exception as error:
        if "reject_errors" in str(error):
            return 0
        raise
    return int(row[0])


def _refuse_empty(source: Source, rows: int, left_out: dict[str, int]) -> None:
    """Raise with what to do, if no line can be used."""
    used = rows - sum(left_out.values())
    if rows == 0:
        raise CannotAnalyse(
            f"{source.name} 里没有数据行。请换一个文件。", f"{source.name} holds no rows of data."
        )
    if used == 0:
        raise _nothing_left(source, left_out)


def _refuse(engine: Any, source: Source) -> None:
    """Raise with what to do, if no report can come of the lines that can be used."""
    currencies = engine.raw_sql(
        "SELECT upper(currency), count(*) n FROM staged "
        "WHERE reason IS NULL AND currency IS NOT NULL GROUP BY 1 ORDER BY n DESC"
    ).fetchall()
    if len(currencies) > 1:
        shown = ", ".join(f"{name} ({n:,})" for name, n in currencies[:5])
        raise CannotAnalyse(
            f"金额混有几种货币：{shown}。请先换算成一种，或用 --currency "
            f"{currencies[0][0]} 只分析一种。",
            f"The amounts are in several currencies: {shown}. Convert them to one first, or keep "
            f"one with --currency {currencies[0][0]}.",
        )
    customers, positive = engine.raw_sql(
        "SELECT count(*), (SELECT count(*) FROM staged WHERE reason IS NULL AND amount > 0) "
        "FROM customers"
    ).fetchone()
    if positive == 0:
        raise CannotAnalyse(
            "所有金额都不大于零，看来全是退货。请检查金额列（--amount）或换一个含销售的文件。",
            "No amount is above zero: these seem to be returns only. Check the amount column "
            "(--amount), or take a file that holds sales.",
        )
    if customers == 1:
        raise CannotAnalyse(
            f"「{source.roles['customer']}」列里只有一位客户，无法比较。如果选错了列，"
            "请用 --customer 列名 指明。",
            f"Column {source.roles['customer']} holds one customer only, and one cannot be "
            "compared. If it is the wrong column, name the right one with --customer COLUMN.",
        )


_WHAT_TO_DO = {
    "no date": ("date", "没有一行的日期能读懂", "no line has a date that can be read"),
    "future date": ("date", "所有日期都在今天之后", "all dates lie after today"),
    "amount is not a number": ("amount", "没有一行的金额是数字", "no line's amount is a number"),
    "no amount": ("amount", "所有行都没有金额", "no line has an amount"),
    "no customer": ("customer", "所有行都没有客户", "no line has a customer"),
    "other currency": ("currency", "没有这种货币的行", "no line is in that currency"),
    "after analysis date": ("as-of", "所有行都在分析日期之后", "all lines lie after that date"),
    "broken line": ("separator", "每一行都读不懂", "no line could be read"),
}


def _nothing_left(source: Source, left_out: dict[str, int]) -> CannotAnalyse:
    worst = max(left_out, key=lambda reason: left_out[reason])
    option, zh, en = _WHAT_TO_DO[worst]
    column = source.roles.get(option)
    at_zh, at_en = (f"（「{column}」列）", f" (column {column})") if column else ("", "")
    return CannotAnalyse(
        f"没有可用的数据：{zh}{at_zh}。请检查文件，或用 --{option} 另行指定。",
        f"Nothing is left to analyse: {en}{at_en}. Check the file, or say otherwise with "
        f"--{option}.",
    )


def _name(engine: Any, source: Source) -> None:
    """The names of customers and products by number, apart from the lines."""
    for kind, column in (("customers", "customer"), ("products", "product")):
        if column in source.roles:
            engine.raw_sql(
                f"CREATE TABLE {kind} AS SELECT {column} AS id, any_value({column}_name) AS name "
                f"FROM staged WHERE reason IS NULL AND {column} IS NOT NULL GROUP BY {column}"
            )
            engine.raw_sql(f"ALTER TABLE staged DROP COLUMN {column}_name")


def _number(engine: Any, source: Source) -> None:
    """Lines and orders by number, which makes every later step fast."""
    extra = [c for c in ("product", "quantity", "cost", "department") if c in source.roles]
    more = "".join(f", {column}" for column in extra)
    # a view: the lines of a large file are not written twice
    engine.raw_sql(
        f'CREATE VIEW lines AS SELECT customer, "order", "on", amount{more} FROM staged '
        "WHERE reason IS NULL"
    )
    sums = "".join(f", round(sum({c}), 4) AS {c}" for c in extra if c in ("quantity", "cost"))
    engine.raw_sql(
        'CREATE TABLE orders AS SELECT customer, "order", min("on") AS "on", '
        f"round(sum(amount), 4) AS amount{sums}, count(*) AS lines, "
        'round(sum(amount), 4) >= 0 AS is_purchase FROM lines GROUP BY customer, "order" '
        "HAVING NOT (round(sum(amount), 4) = 0 AND min(amount) < 0)"
    )
