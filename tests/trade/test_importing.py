"""Orders from files of their lines, with the customers and products that these name."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from django.db.models import Sum

from huike.catalog.models import Product
from huike.customers.models import Party
from huike.kernel.change.journal import broken_links
from huike.kernel.entity.defining import add_field
from huike.kernel.exchange.importing import running
from huike.kernel.layouts.rules import set_rule
from huike.kernel.search.index import drift
from huike.trade.models import Order, OrderLine
from tests.cast import Cast, Make
from tests.importing import SYSTEM, Bring, work_on

HEAD = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
SALES = HEAD + (
    "536365,85123A,HEART HOLDER,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom\n"
    "C536379,D,Discount,-1,2010-12-01 09:41:00,27.50,14527.0,United Kingdom\n"
    "536365,71053,LANTERN,6,2010-12-01 08:26:00,3.39,17850.0,United Kingdom\n"
    "536370,85123A,HEART HOLDER NEW,2,2010-12-02 08:26:00,2.95,,France\n"
    "536371,85123A,HEART HOLDER,1,nonsense,2.95,,France\n"
)
ON = {"InvoiceDate": "on"}  # one date of few is none, so it has to be said


def test_lines_become_orders_with_customers_and_products(bring: Bring) -> None:
    done = bring(SALES, "orders", given=ON)
    assert (done["created"], done["lines"], done["rejected"]) == (3, 4, 1)
    assert (done["customers_created"], done["products_created"]) == (2, 3)
    assert (done["customer_less"], done["customer_less_orders"]) == (1, 1)
    order = Order.objects.get(number="536365")
    assert (order.total, order.lines_count, order.kind) == (Decimal("35.64"), 2, "sale")
    assert order.party is not None
    assert (order.party.code, order.party.country) == ("17850", "United Kingdom")
    back = Order.objects.get(number="C536379")
    assert (back.kind, back.total) == ("return", Decimal("-27.50"))
    product = Product.objects.get(code="85123A")
    assert (product.name, product.price) == ("HEART HOLDER", Decimal("2.95"))
    assert not drift(Party)
    assert not drift(Product)
    assert not drift(Order)
    assert not list(broken_links())


def test_every_line_is_accounted_for(bring: Bring) -> None:
    done = bring(SALES, "orders", given=ON)
    total = Decimal("35.64") - Decimal("27.50") + Decimal("5.90") + Decimal("2.95")
    assert sum(Decimal(done.sums[n]) for n in ("amount", "amount_rejected")) == total
    assert done["rows"] == done["lines"] + done["rejected"]
    assert done.reasons[0][0] == 6


def test_a_second_time_nothing_changes_and_changed_lines_replace_the_old(bring: Bring) -> None:
    bring(SALES, "orders", given=ON)
    again = bring(SALES, "orders", given=ON)
    assert (again["created"], again["unchanged"], OrderLine.objects.count()) == (0, 3, 4)
    changed = bring(SALES.replace("LANTERN,6", "LANTERN,7"), "orders", given=ON)
    assert (changed["updated"], changed["unchanged"]) == (1, 2)
    assert Order.objects.get(number="536365").total == Decimal("39.03")
    work = work_on(SYSTEM, "exchange.undo", changed.run)
    assert running.take_back(work, run=changed.run.pk)["left"] == []
    assert Order.objects.get(number="536365").total == Decimal("35.64")


def test_undone_orders_come_back_from_the_bin(bring: Bring) -> None:
    done = bring(SALES, "orders", given=ON)
    running.take_back(work_on(SYSTEM, "exchange.undo", done.run), run=done.run.pk)
    assert (Order.objects.count(), Party.objects.count(), Product.objects.count()) == (0, 0, 0)
    again = bring(SALES, "orders", given=ON)
    assert (again["restored"], again["created"], again["lines"]) == (3, 0, 4)
    assert (again["customers_restored"], Party.objects.count()) == (2, 2)


def test_a_dry_run_tells_the_same(bring: Bring) -> None:
    tried = bring(SALES, "orders", given=ON, dry=True)
    assert (Order.objects.count(), Party.objects.count()) == (0, 0)
    assert tried.result["counts"] == bring(SALES, "orders", given=ON).result["counts"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("LANTERN,6", "LANTERN,7"),  # another quantity, and so another total
        ("LANTERN,6", "LAMP,6"),  # other words for the same thing
        ("71053,LANTERN", "99999,LANTERN"),  # a product that is not there yet
        ("17850.0", "99999"),  # a customer who is not there yet
        ("3.39", "3.390"),  # nothing
    ],
)
def test_a_dry_run_foresees_what_changes_in_orders_that_exist(
    bring: Bring, old: str, new: str
) -> None:
    bring(SALES, "orders", given=ON)
    changed = SALES.replace(old, new)
    tried = bring(changed, "orders", given=ON, dry=True).result
    done = bring(changed, "orders", given=ON).result
    assert tried["counts"] == done["counts"]
    assert done["counts"]["updated"] == (new != "3.390")


def test_orders_of_two_customers_are_not_one(bring: Bring) -> None:
    text = "订单号,日期,客户,商品,数量,单价\n1,2026-01-02,甲,茶,1,10\n1,2026-01-02,乙,茶,1,10\n"
    done = bring(text, "orders")
    assert (done["created"], done["rejected"]) == (1, 1)


def test_chinese_headings_and_amounts(bring: Bring) -> None:
    text = "订单编号,下单日期,客户名称,手机,商品名称,数量,金额\n" + (
        'S1,2026年3月5日,王伟,13812345678,机油,2,"¥1,960.00"\n'
    )
    done = bring(text, "orders")
    line = OrderLine.objects.get()
    assert (line.price, line.amount) == (Decimal("980"), Decimal("1960"))
    assert Order.objects.get().party == Party.objects.get(phone="+8613812345678")
    assert done["rejected"] == 0


def test_without_the_right_to_add_products_lines_are_refused(
    bring: Bring, cast: Cast, make: Make
) -> None:
    from huike.kernel.access.models import Grant

    Grant.objects.filter(role__name="mona", record="catalog.product", op="add").delete()
    make(Product, code="71053", name="LANTERN")
    done = bring(SALES, "orders", given=ON, actor=cast.actor("mona"))
    assert (done["lines"], done["created"]) == (1, 1)
    assert done["rejected"] == 4


def test_an_order_out_of_reach_is_refused(bring: Bring, cast: Cast, make: Make) -> None:
    make(Order, cast.carol, number="536365")
    done = bring(SALES, "orders", given=ON, actor=cast.actor("alice"))
    assert Order.objects.get(number="536365").owner == cast.carol
    assert {line for line, _reason in done.reasons} >= {2, 4}


def test_rows_without_numbers_are_orders_of_their_own(bring: Bring) -> None:
    done = bring("日期,金额,房型\n2026-01-01,10,A\n2026-01-02,20,B\n", "orders", new_fields=True)
    assert (done["created"], done.sums["amount"]) == (2, "30.00")
    assert sorted(order.extra["fang_xing"] for order in Order.objects.all()) == ["A", "B"]


@pytest.mark.data
@pytest.mark.long
def test_the_retail_file(bring: Bring, data_folder: Path, on_postgresql: bool) -> None:
    if on_postgresql:
        pytest.skip("once is enough: the file is large")
    done = bring((data_folder / "online_retail.csv.gz").read_bytes(), "orders")
    assert (done["rows"], done["lines"], done["rejected"]) == (541_909, 541_909, 0)
    assert (done["created"], done["customers_created"]) == (25_900, 4_372)
    assert done["customer_less"] == 135_080
    assert done.sums["amount"] == "9747747.93"
    total = Order.objects.aggregate(sum=Sum("total"))["sum"]  # SQLite adds up as floats do
    assert round(total, 2) == Decimal("9747747.93")


@pytest.mark.data
@pytest.mark.parametrize(("number", "rows"), [(1, 1000), (2, 5000), (3, 5000)])
@pytest.mark.long
def test_the_febrl_files(bring: Bring, data_folder: Path, number: int, rows: int) -> None:
    data = (data_folder / "people" / f"febrl_dataset{number}.csv").read_bytes()
    done = bring(data, "customers")
    assert done["created"] + done["rejected"] == done["rows"] == rows
    reasons = {reason for _line, reason in done.reasons}
    assert all("“19" in reason or "name" in reason or "名称" in reason for reason in reasons)
    assert done["rejected"] < rows / 100


def test_custom_defaults_and_rules_hold_for_imported_orders(bring: Bring) -> None:
    """A new order begins with the defaults of its custom fields, and is asked the rules."""
    label = "trade.order"
    add_field(SYSTEM, label, {"label": "来路", "name": "way", "kind": "text", "default": "门店"})
    add_field(SYSTEM, label, {"label": "单号", "name": "slip", "kind": "text"})
    set_rule(SYSTEM, label, "extra.slip", None, ["kind", "is", "return"])
    done = bring(SALES, "orders", given=ON)
    assert {order.extra["way"] for order in Order.objects.all()} == {"门店"}
    assert not Order.objects.filter(number="C536379").exists(), "a return needs its slip"
    assert done["created"] == 2
