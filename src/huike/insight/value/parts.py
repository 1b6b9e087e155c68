"""What a customer's value is made of: first purchase, repeat, cross-sell, cheaper service,
referral, price.
"""

from __future__ import annotations

from datetime import date
from typing import Self

import ibis
from ibis.expr.types import Table

from huike.insight.estimator import Estimator, InputError, Language, Row, kept, say
from huike.insight.purchases import customers, left_out, lines, money

NAMES: dict[str, tuple[str, str]] = {
    "first": ("首次购买", "first purchase"),
    "repeat": ("重复购买", "repeat purchases"),
    "cross_sell": ("交叉购买", "cross-sell"),
    "service": ("服务成本降低", "lower cost to serve"),
    "referral": ("推荐他人", "referral"),
    "price": ("价格敏感度降低", "lower price sensitivity"),
}


class ValueParts(Estimator):
    """Reichheld's parts of customer value, each computed from the data (Reichheld and Sasser 1990,
    HBR 68:5).

    * first: net amount of the first purchase day.
    * repeat: later amounts on products bought on that day (all later amounts without a product
      column).
    * cross_sell: later amounts on other products.
    * service: what serving this customer cost less than usual: (average cost to serve per order
      over all customers - own) x own orders; 0 without a cost-to-serve table.
    * referral: net amount of the customers referred x `credit`; 0 without a referral table.
    * price: (average discount rate of first purchases - own later discount rate) x own later list
      amount; 0 without a discount column.

    Parameters:
        analysis_date: nothing later is read.
        credit: share of a referred customer's amount that the referrer is credited with.

    Attributes after `fit`:
        total_: part to its sum.
        result_: customer, first, repeat, cross_sell, service, referral, price, total, wallet_share
            (null without a wallet table).
    """

    key = "value_parts"
    title = {"zh": "终身价值的构成", "en": "Parts of lifetime value"}
    optional = frozenset({"product", "discount"})

    def __init__(self, analysis_date: date, credit: float = 0.1) -> None:
        self.analysis_date = analysis_date
        self.credit = credit

    def fit(
        self,
        table: Table,
        service: Table | None = None,
        referrals: Table | None = None,
        wallets: Table | None = None,
    ) -> Self:
        """Split every customer's value.

        Parameters:
            table: order lines (contract: `huike.insight.purchases`).
            service: customer, service (money): `Profit.result_` fits.
            referrals: customer (who referred), referred (the new customer).
            wallets: customer, wallet (what the customer spends on such goods in all, over the same
                time).
        """
        self.left_out_ = left_out(table, self.analysis_date)
        whole = kept(customers(table, self.analysis_date))
        parts = self._bought(table)
        for extra in (self._served(whole, service), self._referred(whole, referrals),
                      self._wallet(whole, wallets)):  # fmt: skip
            name = extra.columns[1]
            known = extra[name] if name == "wallet_share" else extra[name].fill_null(0.0)
            parts = parts.left_join(extra, "customer").select(
                *[parts[column] for column in parts.columns], **{name: known}
            )
        total = sum((parts[name] for name in NAMES), ibis.literal(0.0))
        self.result_ = kept(
            parts.mutate(total=money(total)).select("customer", *NAMES, "total", "wallet_share")
        )
        sums = self.result_.agg(**{name: self.result_[name].sum() for name in (*NAMES, "total")})
        row = sums.to_pyarrow().to_pylist()[0]
        self.total_ = {name: round(float(value or 0.0), 4) for name, value in row.items()}
        return self

    def _bought(self, table: Table) -> Table:
        """first, repeat, cross_sell and price per customer, from the lines."""
        used = lines(table, self.analysis_date)
        used = used.mutate(_first=used["on"].min().over(ibis.window(group_by=used["customer"])))
        is_first = used["on"] == used["_first"]
        known = ibis.literal(True)
        if "product" in used.columns:
            pair = ibis.window(group_by=[used["customer"], used["product"]])
            known = used["on"].min().over(pair) == used["_first"]
        discount = used["discount"] if "discount" in used.columns else ibis.literal(0.0)
        used = used.mutate(_is_first=is_first, _known=known, _off=discount)
        overall = used.filter(used["_is_first"]).agg(
            off=lambda t: t["_off"].sum(), net=lambda t: t["amount"].sum()
        ).to_pyarrow().to_pylist()[0]  # fmt: skip
        listed = (overall["off"] or 0.0) + (overall["net"] or 0.0)
        usual = round((overall["off"] or 0.0) / listed, 12) if listed > 0 else 0.0
        amount, off, first, known = (used[c] for c in ("amount", "_off", "_is_first", "_known"))
        summed = used.group_by("customer").agg(
            first=money(amount.sum(where=first).fill_null(0.0)),
            repeat=money(amount.sum(where=~first & known).fill_null(0.0)),
            cross_sell=money(amount.sum(where=~first & ~known).fill_null(0.0)),
            _off=money(off.sum(where=~first).fill_null(0.0)),
        )
        later = summed["repeat"] + summed["cross_sell"] + summed["_off"]
        saved = usual * later - summed["_off"] if "discount" in table.columns else ibis.literal(0.0)
        return summed.mutate(price=money(saved)).drop("_off")

    def _served(self, whole: Table, service: Table | None) -> Table:
        if service is None:
            return whole.select("customer", service=ibis.literal(0.0))
        _require(service, "service")
        each = service.group_by("customer").agg(own=service["service"].cast("float64").sum())
        both = whole.left_join(each, "customer").select(
            whole["customer"], whole["orders"], own=each["own"].fill_null(0.0)
        )
        sums = (
            both.agg(own=both["own"].sum(), orders=both["orders"].sum()).to_pyarrow().to_pylist()[0]
        )
        usual = round(float(sums["own"] or 0.0) / max(int(sums["orders"] or 0), 1), 9)
        return both.select("customer", service=money(both["orders"] * usual - both["own"]))

    def _referred(self, whole: Table, referrals: Table | None) -> Table:
        if referrals is None:
            return whole.select("customer", referral=ibis.literal(0.0))
        _require(referrals, "referred")
        pairs = referrals.select(referrer="customer", customer="referred").distinct()
        brought = pairs.inner_join(whole.select("customer", "amount"), "customer")
        summed = brought.group_by("referrer").agg(s=brought["amount"].sum())
        return summed.select(customer="referrer", referral=money(summed["s"] * self.credit))

    def _wallet(self, whole: Table, wallets: Table | None) -> Table:
        if wallets is None:
            return whole.select("customer", wallet_share=ibis.null("float64"))
        _require(wallets, "wallet")
        each = wallets.group_by("customer").agg(wallet=wallets["wallet"].cast("float64").max())
        both = whole.select("customer", "amount").inner_join(each, "customer")
        return both.select("customer", wallet_share=both["amount"] / both["wallet"].nullif(0.0))

    def _sentence(self, row: Row, language: Language) -> str:
        named = {name: row[name] for name in NAMES if row[name]}
        top = sorted(named, key=lambda name: -abs(named[name]))
        zh = "、".join(f"{NAMES[name][0]} {named[name]:,.2f}" for name in top) or "无"
        en = ", ".join(f"{NAMES[name][1]} {named[name]:,.2f}" for name in top) or "nothing"
        total = f"{row['total']:,.2f}"
        return say(language, f"价值 {total}，其中{zh}。", f"Value {total}, made of {en}.")


def _require(table: Table, column: str) -> None:
    lacking = {"customer", column} - set(table.columns)
    if lacking:
        raise InputError(f"The table lacks {', '.join(sorted(lacking))}.")
