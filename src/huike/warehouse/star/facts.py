"""The facts: lines sold, contacts, tasks, what happened to customers, whom campaigns reached."""

from __future__ import annotations

from typing import Any

import ibis
from ibis.expr.types import Table

from huike.warehouse.purchases import money, sold
from huike.warehouse.star.answers import ANSWER
from huike.warehouse.star.declaring import Fact, Link, Measure, words
from huike.warehouse.star.events import customer_events
from huike.warehouse.star.measures import (
    CUSTOMER,
    CUSTOMERS,
    amount,
    count,
    customers,
    distinct,
    share,
)


def interactions(backend: Any) -> Table:
    """Every contact outside the bin, with its day."""
    stored = backend.table("interaction")
    return stored.filter(stored["binned_at"].isnull()).mutate(on=stored["at"].date())


def tasks(backend: Any) -> Table:
    """Every task outside the bin; its day is the one it is due, or else was set."""
    stored = backend.table("task")
    stored = stored.filter(stored["binned_at"].isnull())
    return stored.mutate(
        on=ibis.coalesce(stored["due_on"], stored["at"].date()), done_on=stored["done_at"].date()
    )


def campaign_members(backend: Any) -> Table:
    """Everybody whom a campaign reached or held out."""
    stored = backend.table("campaign_member")
    return stored.filter(stored["binned_at"].isnull()).mutate(on=stored["acted_at"].date())


def _orders(t: Table) -> Any:
    return t["order"].nunique(where=t["kind"] == "sale")


SALE = Fact(
    "sale",
    words("销售明细", "Sales"),
    ("purchase", "product"),
    words("一行订单明细", "one line of an order"),
    sold,
    "on",
    {
        **CUSTOMER,
        "product": Link("product", "product"),
        "time": Link("time", "on"),
        "owner": Link("staff", "owner", title=words("负责人", "Owner")),
        "department": Link("department", "department"),
        "place": Link("place", "place"),
        "order_kind": Link("order_kind", "kind"),
        "order_state": Link("order_state", "state"),
    },
    (
        amount("revenue", "销售额", "revenue", lambda t: t["amount"].sum(),
               "金额合计，已减退货与折扣", "sum of amounts, returns and discounts taken off"),
        amount("sold", "售出额", "sold", lambda t: t["amount"].sum(where=t["amount"] > 0),
               "正金额合计", "sum of the amounts above zero"),
        amount("returns", "退货额", "returns", lambda t: -t["amount"].sum(where=t["amount"] < 0),
               "负金额合计，取正", "sum of the amounts below zero, as a positive figure"),
        amount("cost", "成本", "cost", lambda t: t["cost"].sum(),
               "明细成本；没有时用产品现成本乘数量",
               "cost of the lines; without one, the product's present cost times the quantity"),
        amount("margin", "毛利", "margin",
               lambda t: t["amount"].sum() - t["cost"].sum().fill_null(0.0),
               "销售额减成本", "revenue less cost"),
        share("margin_rate", "毛利率", "margin rate",
               lambda t: (t["amount"].sum() - t["cost"].sum().fill_null(0.0))
               / t["amount"].sum().nullif(0.0),
               "毛利除以销售额", "margin divided by revenue"),
        amount("discount", "折扣", "discount", lambda t: t["discount"].sum(),
               "单价乘数量与金额之差", "unit price times quantity, less the amount"),
        Measure("quantity", words("数量", "quantity"), "number",
                words("数量合计，退货为负", "sum of quantities, returns negative"),
                lambda t: money(t["quantity"].sum().fill_null(0.0))),
        count("lines", "明细数", "lines", lambda t: t.count(), "明细行数", "number of lines"),
        distinct("orders", "订单数", "orders", _orders,
                  "不同的销售单", "different sales orders, returns not counted"),
        CUSTOMERS,
        Measure("average_order", words("客单价", "average order"), "money",
                words("销售单金额除以订单数", "amount of the sales orders divided by their number"),
                lambda t: money(t["amount"].sum(where=t["kind"] == "sale") / _orders(t).nullif(0)),
                additive=False),
        Measure("revenue_share", words("销售额占比", "share of revenue"), "share",
                words("占总销售额的份额", "part of the whole table's revenue"),
                part_of="revenue"),
    ),
    "order",
    "trade.order",
)  # fmt: skip

INTERACTION = Fact(
    "interaction",
    words("客户联系", "Contacts"),
    ("service", "marketing"),
    words("一次联系", "one contact"),
    interactions,
    "on",
    {
        **CUSTOMER,
        "time": Link("time", "on"),
        "author": Link("staff", "author", title=words("记录人", "By")),
        "channel": Link("channel", "channel"),
        "direction": Link("direction", "direction"),
    },
    (
        count("interactions", "联系次数", "contacts", lambda t: t.count(),
               "联系的次数", "number of contacts"),
        Measure("minutes", words("分钟", "minutes"), "minutes",
                words("时长合计", "sum of their lengths"),
                lambda t: t["minutes"].sum().fill_null(0.0)),
        CUSTOMERS,
        Measure("per_customer", words("每客户次数", "contacts per customer"), "number",
                words("联系次数除以客户数", "contacts divided by customers"),
                lambda t: t.count() / customers(t).nullif(0), additive=False),
    ),
    "interaction",
    "channels.interaction",
)  # fmt: skip


def _done(t: Table) -> Any:
    return t["state"] == "done"


def _on_time(t: Table) -> Any:
    return _done(t) & t["due_on"].notnull() & (t["done_on"] <= t["due_on"])


TASK = Fact(
    "task",
    words("任务", "Tasks"),
    ("service",),
    words("一项任务", "one task"),
    tasks,
    "on",
    {
        **CUSTOMER,
        "time": Link("time", "on"),
        "owner": Link("staff", "owner", title=words("负责人", "Owner")),
        "department": Link("department", "department"),
        "task_state": Link("task_state", "state"),
        "priority": Link("priority", "priority"),
    },
    (
        count("tasks", "任务数", "tasks", lambda t: t.count(), "任务的数量", "number of tasks"),
        count("done", "已完成", "done", lambda t: t.count(where=_done(t)),
               "已完成的任务", "tasks that are done"),
        count("on_time", "按时完成", "done on time", lambda t: t.count(where=_on_time(t)),
               "在到期日当天或之前完成", "done on the day they were due, or before"),
        share("on_time_rate", "按时率", "share on time",
               lambda t: t.count(where=_on_time(t))
               / t.count(where=_done(t) & t["due_on"].notnull()).nullif(0),
               "按时完成除以有到期日的已完成任务", "on time, of those done that had a day"),
        CUSTOMERS,
    ),
    "task",
    "office.task",
)  # fmt: skip


def _events(kind: str) -> Any:
    return lambda t: t.count(where=t["event"] == kind)


EVENT = Fact(
    "customer_event",
    words("客户变动", "Customer events"),
    ("customers",),
    words("一位客户的一次变动", "one event of one customer"),
    customer_events,
    "on",
    {
        **CUSTOMER,
        "time": Link("time", "on"),
        "event": Link("event", "event"),
    },
    (
        count("new_customers", "新客户", "new customers", _events("first purchase"),
               "首次购买", "customers who bought for the first time"),
        count("joined", "建档客户", "files made", _events("joined"),
               "新建的客户档案", "customer files that were made"),
        count("upgraded", "升级", "upgraded", _events("upgraded"),
               "等级上升", "tier went up"),
        count("downgraded", "降级", "downgraded", _events("downgraded"),
               "等级下降", "tier went down"),
        count("moved", "转移", "handed over", _events("handed over"),
               "负责人或部门变更", "owner or department changed"),
        count("left", "移入回收站", "binned", _events("left"),
               "移入回收站的客户", "customers that were moved to the bin"),
        CUSTOMERS,
    ),
    "customer",
    "customers.party",
)  # fmt: skip

CAMPAIGN = Fact(
    "campaign_member",
    words("活动触达", "Campaign contacts"),
    ("marketing",),
    words("一次活动中的一位客户", "one customer in one campaign"),
    campaign_members,
    "on",
    {
        **CUSTOMER,
        "time": Link("time", "on"),
        "campaign": Link("campaign", "campaign"),
        "segment": Link("segment", "segment"),
        "treated": Link("treated", "is_treated"),
        "outcome": Link("outcome", "outcome"),
    },
    (
        count("members", "成员数", "members", lambda t: t.count(), "成员的数量", "members"),
        count("treated_members", "已触达", "treated", lambda t: t.count(where=t["is_treated"]),
               "真正触达的成员", "members who were really treated"),
        count("outcomes", "有结果", "with an outcome", lambda t: t["outcome"].count(),
               "已有结果的成员", "members whose outcome is known"),
        CUSTOMERS,
    ),
    "member",
    "marketing.campaignmember",
)  # fmt: skip


FACTS = (SALE, INTERACTION, TASK, EVENT, CAMPAIGN, ANSWER)
