"""Opens an order file of any kind and says which column plays which part, for huike analyze."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from huike.insight.report.reading.source import (
    CannotAnalyse,
    DateOrder,
    ParquetFile,
    Rows,
    Source,
    TextFile,
)
from huike.kernel.exchange.formats.limits import Limits
from huike.kernel.exchange.formats.reading import open_table
from huike.kernel.exchange.formats.separators import BLANKS
from huike.kernel.exchange.formats.tables import Table
from huike.kernel.exchange.matching import Target, column_key, match_columns
from huike.kernel.exchange.messages import UnreadableFile
from huike.kernel.exchange.profiles import ColumnProfile, profile_columns

LIMITS = Limits(max_unpacked=64 * 1024**3, max_rows=200_000_000, max_cells=2_000_000_000)

TARGETS = (
    Target(
        "customer", "客户",
        ("客户编号", "客户号", "客户名称", "客户id", "会员", "会员号", "会员编号", "会员卡号",
         "买家", "买家昵称", "顾客", "顾客编号", "用户", "用户id", "CustomerID", "customer_id",
         "cust_id",
         "client", "client_id", "buyer", "member", "user_id", "customer name", "customer no"),
        "code", True,
    ),
    Target(
        "order", "订单号",
        ("订单编号", "单号", "单据号", "单据编号", "销售单号", "发票号", "流水号", "小票号",
         "交易号",
         "InvoiceNo", "invoice", "invoice_no", "order_id", "order no", "order number", "orderid",
         "transaction_id", "transaction", "receipt", "document"),
        "code",
    ),
    Target(
        "date", "日期",
        ("订单日期", "下单日期", "下单时间", "销售日期", "交易日期", "交易时间", "购买日期",
         "时间", "付款时间", "成交时间", "开单日期", "InvoiceDate", "order_date", "orderdate",
         "purchase_date",
         "transaction_date", "datetime", "timestamp", "day", "time", "created_at"),
        "date", True,
    ),
    Target(
        "amount", "金额",
        ("销售额", "销售金额", "订单金额", "实付金额", "实付款", "实收金额", "总金额", "总价",
         "合计", "成交金额", "付款金额", "消费金额", "应收金额", "amount", "total", "sales",
         "revenue",
         "line_total", "dollars", "total_amount", "net_amount", "spend", "value", "turnover"),
        "number",
    ),
    Target(
        "quantity", "数量",
        ("件数", "销售数量", "购买数量", "个数", "quantity", "qty", "units", "count", "cds"),
        "number",
    ),
    Target(
        "price", "单价",
        ("售价", "价格", "销售单价", "unitprice", "unit_price", "price", "unit price"),
        "number",
    ),
    Target(
        "product", "商品",
        ("商品名称", "产品", "产品名称", "品名", "货品", "货品名称", "物料", "项目",
         "Description", "product_name", "item", "item_name", "goods", "article"),
        "text",
    ),
    Target("product_code", "商品编码", ("商品编号", "货号", "sku", "StockCode", "item_id"), "code"),
    Target("cost", "成本", ("成本金额", "成本价", "进价", "总成本", "cogs", "total_cost"),
         "number"),
    Target("currency", "币种", ("货币", "币别", "currency_code"), "text"),
    Target(
        "department", "部门",
        ("门店", "店铺", "分店", "店名", "分公司", "区域", "shop", "store", "branch", "region"),
        "text",
    ),
)  # fmt: skip


def read_orders(
    path: Path,
    named: Mapping[str, str],
    folder: Path,
    *,
    encoding: str | None = None,
    separator: str | None = None,
    sheet: str | None = None,
    currency: str | None = None,
    as_of: date | None = None,
) -> Source:
    """The file as a source: kind, encoding, separator and columns guessed where not said.

    named: part to column, as the user said it. folder: where a converted copy may be put.
    Raises `CannotAnalyse`, with what to do, for whatever cannot be read.
    """
    try:
        with open_table(
            path, encoding=encoding, separator=separator, sheet=sheet, limits=LIMITS
        ) as table:
            profiles = profile_columns(table.columns, table.sample(1000))
            roles = parts(profiles, named, has_header=table.has_header)
            if not roles:
                raise _no_orders(path, table)
            rows = _rows(table, folder)
            notes = tuple(str(warning) for warning in table.warnings)
    except UnreadableFile as error:
        raise CannotAnalyse(*_said(error)) from error
    chosen = {profile.name: profile for profile in profiles}
    return Source(
        path.name, rows, roles,
        date_order=_order(chosen, roles.get("date")),
        decimal=_decimal(chosen, roles),
        keep_currency=currency.upper() if currency else None,
        as_of=as_of,
        notes=notes,
    )  # fmt: skip


def _no_orders(path: Path, table: Table) -> CannotAnalyse:
    columns = ", ".join(column[:30] for column in table.columns[:20])
    return CannotAnalyse(
        f"{path.name} 里看不出订单:没有一列像客户、日期或金额。它的列是:{columns}。"
        "请换一个文件,或用 --customer、--date、--amount 指明各列。".replace(",", "，"),
        f"{path.name} shows no orders: no column looks like a customer, a date or an amount. "
        f"Its columns are: {columns}. Take another file, or name them with --customer, --date and "
        "--amount.",
    )


def parts(
    profiles: list[ColumnProfile], named: Mapping[str, str], *, has_header: bool = True
) -> dict[str, str]:
    """Part to column: what the user named, then names and synonyms, then content."""
    columns = [profile.name for profile in profiles]
    for role, column in named.items():
        if column not in columns:
            raise CannotAnalyse(
                f"文件里没有「{column}」列（--{role}）。可选的列：{'、'.join(columns)}。",
                f"There is no column {column} (--{role}). The columns are: {', '.join(columns)}.",
            )
    free = [profile for profile in profiles if profile.name not in named.values()]
    open_targets = [target for target in TARGETS if target.name not in named]
    matches = match_columns(free, open_targets) if has_header else []
    found = dict(named) | {m.target: m.column for m in matches if m.target}
    by_name(found, [profile.name for profile in free if profile.name not in found.values()])
    by_content(found, [profile for profile in free if profile.name not in found.values()])
    code = found.pop("product_code", None)
    if code and "product" not in found:
        found["product"] = code
    return found


def by_name(found: dict[str, str], free: list[str]) -> None:
    """Take a column called as a part is, though what it holds is not all of that kind.

    Then what can't be read in it is counted, or it is said that none can be, instead of the column
    being passed over.
    """
    for target in TARGETS:
        if target.name not in found and target.kind in ("date", "number"):
            called = {column_key(word) for word in (target.name, target.label, *target.synonyms)}
            column = next((c for c in free if column_key(c) in called), None)
            if column is not None and column not in found.values():
                found[target.name] = column


def by_content(found: dict[str, str], free: list[ColumnProfile]) -> None:
    """Fill parts that no report can do without from what the columns hold."""
    left = list(free)

    def take(role: str, kinds: tuple[str, ...]) -> None:
        fitting = [p for p in left if p.kind in kinds and p.filled]
        if role not in found and fitting:
            found[role] = fitting[0].name
            left.remove(fitting[0])

    take("date", ("date", "datetime"))
    if not {"price", "quantity"} <= set(found):
        decimals = [p for p in left if p.kind == "number"]
        left.sort(key=lambda p: p not in decimals)
        take("amount", ("number",))
    left.sort(key=lambda p: [q.name for q in free].index(p.name))
    repeated = [p for p in left if p.distinct < p.filled]
    left = repeated
    take("customer", ("code", "integer", "text"))


def _rows(table: Table, folder: Path) -> TextFile | ParquetFile | Rows:
    if table.kind == "parquet":
        copy = folder / "orders.parquet"
        shutil.copyfile(table.opened.path, copy)
        return ParquetFile(copy)
    if table.kind in ("xlsx", "xls", "ods") or table.separator in (None, BLANKS):
        return Rows(_in_memory(table))
    return TextFile(
        _as_utf8(table, folder), str(table.separator), tuple(table.columns), table.first_line - 1
    )


def _as_utf8(table: Table, folder: Path) -> Path:
    """The text itself when it is UTF-8 on disk already, else a converted copy."""
    encoding = (table.encoding or "utf-8").lower().replace("_", "-")
    source = table.opened.path
    if encoding in ("utf-8", "ascii", "utf-8-sig") and table.opened.copy is None:
        return source
    copy = folder / "orders.csv"
    if encoding in ("utf-8", "ascii", "utf-8-sig"):
        shutil.copyfile(source, copy)
        return copy
    with (
        source.open(encoding=encoding, errors="replace", newline="") as reader,
        copy.open("w", encoding="utf-8", newline="") as writer,
    ):
        shutil.copyfileobj(reader, writer, 1 << 20)
    return copy


def _in_memory(table: Table) -> Any:
    rows = [[_text(cell) for cell in row[: len(table.columns)]] for _, row in table.rows()]
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(table.columns)
    return pa.table(
        [pa.array(list(column), pa.string()) for column in columns], names=table.columns
    )


def _text(cell: object) -> str | None:
    if cell is None or cell == "":
        return None
    return cell.isoformat(" ") if isinstance(cell, datetime) else str(cell)


def _order(profiles: Mapping[str, ColumnProfile], column: str | None) -> DateOrder:
    order = profiles[column].style.order if column in profiles and column else "ymd"
    return order if order in ("mdy", "dmy") else "ymd"


def _decimal(profiles: Mapping[str, ColumnProfile], roles: Mapping[str, str]) -> Literal[".", ","]:
    column = roles.get("amount") or roles.get("price")
    return "," if column and profiles[column].style.decimal == "," else "."


_ZH = {
    "missing": "找不到文件 %(file)s。请检查路径。",
    "directory": "%(file)s 是一个文件夹。请选择其中的一个文件。",
    "empty": "%(file)s 是空文件，没有可读的内容。",
    "no_rows": "%(file)s 里没有表格：每一行都是空的。",
    "binary": "%(file)s 不是表格。请另存为 CSV、XLSX 或 Parquet 后再试。",
    "html": "%(file)s 其实是网页。请用 Excel 或 WPS 打开，另存为 XLSX 后再试。",
}


def _said(error: UnreadableFile) -> tuple[str, str]:
    """What the reader said, in Chinese where it is known and in English."""
    code, params = error.code, error.message.params
    english = str(error)
    return (_ZH[code] % params if code in _ZH else english), english
