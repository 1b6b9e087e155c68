"""The tables that feeds fill: what is stored, before any dimension or measure is made of it."""

from __future__ import annotations

from collections.abc import Mapping

from huike.warehouse.star.declaring import Stored, Type

_STAMPS: dict[str, Type] = {"changed_at": "time", "binned_at": "time"}

CUSTOMER_HISTORY = frozenset({
    "education", "marital_status", "job", "industry", "region", "province", "city", "district",
    "level", "category", "owner", "department",
})  # fmt: skip

_ALL = (
    Stored(
        "department",
        "department",
        {"department": "integer", "name": "text", "parent": "integer", "position": "integer"},
    ),
    Stored(
        "staff",
        "staff",
        {"staff": "integer", "name": "text", "department": "integer", "is_active": "flag",
         "joined_at": "time"},
    ),
    Stored(
        "customer_category",
        "category",
        {"category": "integer", "name": "text", "parent": "integer", "position": "integer"},
    ),
    Stored(
        "customer",
        "customer",
        {"customer": "integer", "name": "text", "code": "text", "kind": "text",
         "is_customer": "flag", "sex": "text", "born": "integer", "education": "text",
         "marital_status": "text", "job": "text", "industry": "text", "size": "integer",
         "country": "text", "region": "text", "province": "text", "city": "text",
         "district": "text", "level": "text", "category": "integer", "source": "text",
         "owner": "integer", "department": "integer", "created_at": "time", **_STAMPS},
        CUSTOMER_HISTORY,
    ),
    Stored(
        "product_group",
        "group",
        {"group": "integer", "name": "text", "parent": "integer"},
    ),
    Stored(
        "product",
        "product",
        {"product": "integer", "code": "text", "name": "text", "group": "integer", "unit": "text",
         "price": "number", "cost": "number", "is_withdrawn": "flag", **_STAMPS},
    ),
    Stored(
        "sale_line",
        "order",
        {"line": "integer", "order": "integer", "number": "text", "kind": "text", "state": "text",
         "at": "time", "customer": "integer", "owner": "integer", "department": "integer",
         "place": "text", "product": "integer", "quantity": "number", "price": "number",
         "amount": "number", "cost": "number", **_STAMPS},
    ),
    Stored(
        "interaction",
        "interaction",
        {"interaction": "integer", "customer": "integer", "channel": "text", "direction": "text",
         "at": "time", "minutes": "number", "place": "text", "author": "integer", **_STAMPS},
    ),
    Stored(
        "task",
        "task",
        {"task": "integer", "customer": "integer", "owner": "integer", "department": "integer",
         "state": "text", "priority": "text", "at": "time", "due_on": "date", "done_at": "time",
         **_STAMPS},
    ),
    Stored(
        "survey_answer",
        "answer",
        {"answer": "integer", "customer": "integer", "kind": "text", "score": "number",
         "level": "number", "verdict": "text", "topic": "text", "product": "integer",
         "at": "time", **_STAMPS},
    ),
    Stored(
        "campaign_member",
        "member",
        {"member": "integer", "customer": "integer", "campaign": "text", "segment": "text",
         "is_treated": "flag", "acted_at": "time", "outcome": "text", **_STAMPS},
    ),
)  # fmt: skip

STORED: Mapping[str, Stored] = {table.name: table for table in _ALL}
