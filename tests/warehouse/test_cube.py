"""The pivot: its figures are those of plain SQL, in every cell, subtotal and total."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from huike.warehouse.cube import Query, QueryError, answer, expression, through
from huike.warehouse.purchases import sold
from huike.warehouse.star.firm import star

LINES = """(SELECT l.*, CAST(l."at" AS DATE) AS "on", p.name AS product_name, p."group",
    coalesce(l.cost, p.cost * l.quantity) AS full_cost,
    CASE l.department WHEN 3 THEN '北区' WHEN 4 THEN '南区' END AS area
    FROM sale_line l LEFT JOIN product p USING (product)
    WHERE l.binned_at IS NULL AND l.state <> 'cancelled')"""


def rows_of(backend: Any, question: str) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = backend.con.execute(question).fetchall()
    return sorted(found, key=str)


def figures(frame: pd.DataFrame, *names: str) -> list[tuple[Any, ...]]:
    rows = frame[list(names)].astype(object).where(frame[list(names)].notna(), None)
    return sorted((tuple(row) for row in rows.itertuples(index=False)), key=str)


def test_cells_subtotals_and_total_are_those_of_sql(loaded: Any) -> None:
    got = answer(
        loaded,
        Query(
            "sale",
            ("time.year", "time.month"),
            ("department.department_2",),
            ("revenue", "orders", "customers", "cost", "returns"),
        ),
    )
    measures = """round(sum(amount), 4), count(DISTINCT "order") FILTER (kind = 'sale'),
        count(DISTINCT customer), round(sum(full_cost), 4),
        coalesce(-round(sum(amount) FILTER (amount < 0), 4), 0)"""
    year, month = 'CAST(year("on") AS VARCHAR)', "strftime(\"on\", '%Y-%m')"
    names = ("revenue", "orders", "customers", "cost", "returns")
    for rows, columns, by in (
        (2, 1, [year, month, "area"]),
        (2, 0, [year, month]),
        (1, 1, [year, "area"]),
        (1, 0, [year]),
        (0, 1, ["area"]),
    ):
        levels = ["time.year", "time.month"][:rows] + ["department.department_2"][:columns]
        wanted = rows_of(
            loaded, f"SELECT {', '.join(by)}, {measures} FROM {LINES} GROUP BY {', '.join(by)}"
        )
        assert figures(got.part(rows, columns), *levels, *names) == wanted
    assert [tuple(got.total().values())] == rows_of(loaded, f"SELECT {measures} FROM {LINES}")


def test_attributes_of_then_and_of_now(loaded: Any) -> None:
    """Customer 1 became vip on day 200, with orders before and after."""
    only = (("customer.customer", "is", 1),)
    then = answer(loaded, Query("sale", ("customer.level",), (), ("lines",), only)).cells()
    now = answer(loaded, Query("sale", ("customer_now.level",), (), ("lines",), only)).cells()
    turn = "l.\"at\" >= TIMESTAMP '2025-07-20'"
    counted = rows_of(
        loaded,
        f"SELECT CASE WHEN {turn} THEN 'vip' ELSE 'small' END, count(*) FROM sale_line l"
        " WHERE customer = 1 GROUP BY 1",
    )
    assert len(counted) == 2
    assert figures(then, "customer.level", "lines") == counted
    assert figures(now, "customer_now.level", "lines") == [("vip", sum(n for _, n in counted))]


def test_age_is_that_of_the_day(loaded: Any) -> None:
    got = answer(loaded, Query("interaction", ("customer.age",), (), ("interactions",)))
    ages = rows_of(
        loaded,
        """SELECT CASE WHEN age < 18 THEN '00-17' WHEN age < 25 THEN '18-24'
        WHEN age < 35 THEN '25-34' WHEN age < 45
        THEN '35-44'
        WHEN age < 55 THEN '45-54' WHEN age < 65 THEN '55-64' END, count(*)
        FROM (SELECT year(i."at") - c.born AS age FROM interaction i
        JOIN customer c ON c.customer = i.customer AND c.is_current) GROUP BY 1""",
    )
    assert figures(got.cells(), "customer.age", "interactions") == ages


def test_holidays_and_make_up_days() -> None:
    from huike.warehouse.star.days import day_table

    days = {row["day"]: row for row in day_table().to_pylist()}
    assert days[date(2025, 10, 1)]["holiday"] == "国庆节"
    assert days[date(2025, 9, 28)]["is_make_up"]  # a Sunday worked for the national holiday
    assert days[date(2025, 9, 28)]["is_workday"]
    assert not days[date(2025, 10, 7)]["is_workday"]
    assert not days[date(2049, 5, 4)]["is_announced"]


def test_drilling_down_the_trees(loaded: Any) -> None:
    shape = star(loaded)
    assert shape.finer("sale", "time.year") == ["time.quarter", "time.week"]
    assert shape.finer("sale", "customer.province") == ["customer.city"]
    assert shape.finer("sale", "product.group_5") == ["product.product"]
    assert shape.finer("sale", "time.day") == []
    frame = answer(loaded, Query("sale", ("product.group_1", "product.group_2"), (), ("lines",)))
    wanted = rows_of(
        loaded,
        f"""SELECT CASE "group" WHEN 2 THEN '车' ELSE '配件' END,
        CASE "group" WHEN 2 THEN '轿车' END, count(*) FROM {LINES} GROUP BY ALL""",
    )
    assert figures(frame.cells(), "product.group_1", "product.group_2", "lines") == wanted


@pytest.mark.parametrize(("node", "lines"), [(1, "TRUE"), (2, "department = 3"),
                                             (3, "department = 3"), (9, "FALSE")])  # fmt: skip
def test_under_a_node_of_a_tree(loaded: Any, node: int, lines: str) -> None:
    query = Query("sale", (), (), ("lines",), (("department.department", "under", node),))
    assert (
        answer(loaded, query).total()["lines"]
        == rows_of(loaded, f"SELECT count(*) FROM {LINES} WHERE {lines}")[0][0]
    )


@pytest.mark.parametrize(
    ("filters", "where"),
    [
        ((("product.product", "in", [1, 3]),), "product IN (1, 3)"),
        ((("product.product", "not_in", [1, 3]),), "product NOT IN (1, 3)"),
        ((("place.place", "is", None),), "place IS NULL"),
        ((("place.place", "in", ["x", None]),), "place IS NULL"),
        ((("time.month", "between", ("2025-02", "2025-04")),),
         "strftime(\"on\", '%y%m') BETWEEN '2502' AND '2504'"),
        ((("order_kind.order_kind", "is_not", "return"),), "kind <> 'return'"),
        ((("product.product", "at_least", 3), ("time.year", "is", "2025")),
         "product >= 3 AND year(\"on\") = 2025"),
        ((("product.code", "contains", "2"),), "product = 2"),
        ((("product.product", "below", 2),), "product < 2"),
        ((("product.product", "above", 2),), "product > 2"),
        ((("product.product", "at_most", 2),), "product <= 2"),
    ],
)  # fmt: skip
def test_filters(loaded: Any, filters: Any, where: str) -> None:
    total = answer(loaded, Query("sale", (), (), ("revenue", "lines"), filters)).total()
    wanted = rows_of(
        loaded,
        f"SELECT coalesce(round(sum(amount), 4), 0), count(*) FROM {LINES} WHERE {where}",
    )
    assert wanted[0][1] > 0
    assert tuple(total.values()) == wanted[0]


def test_only_what_may_be_counted(loaded: Any) -> None:
    query = Query("sale", ("customer.customer",), (), ("revenue",))
    got = answer(loaded, query, {"customer": [2, 5]})
    assert set(got.cells()["customer.customer#"]) == {2, 5}
    assert (
        got.total()["revenue"]
        == rows_of(loaded, f"SELECT round(sum(amount), 4) FROM {LINES} WHERE customer IN (2, 5)")[
            0
        ][0]
    )
    both = answer(loaded, query, {"customer": [2, 5], "order": [4, 5]})
    assert set(both.cells()["customer.customer#"]) == {5}
    nothing = answer(loaded, query, {"customer": []})
    assert len(nothing.cells()) == 0
    assert nothing.total()["revenue"] == 0
    assert through(loaded, query, {}, {"customer": []}).count == 0
    with pytest.raises(QueryError, match="campaign"):
        answer(loaded, query, {"campaign": [1]})


def test_the_limit_keeps_the_largest_and_the_totals(loaded: Any) -> None:
    query = Query("sale", ("customer.customer",), ("time.year",), ("revenue", "revenue_share"))
    all_of_them = answer(loaded, query)
    few = answer(loaded, Query(**{**vars(query), "limit": 3}))
    assert few.left_off == len(all_of_them.part(1, 0)) - 3
    largest = all_of_them.part(1, 0).nlargest(3, "revenue")["customer.customer#"]
    assert set(few.part(1, 0)["customer.customer#"]) == set(largest)
    assert set(few.cells()["customer.customer#"]) == set(largest)
    assert few.total() == all_of_them.total()
    assert all_of_them.part(1, 0)["revenue_share"].sum() == pytest.approx(1)


def test_through_a_cell_to_its_orders(loaded: Any) -> None:
    query = Query("sale", ("time.month",), ("product.product",), ("revenue",))
    cell = {"time.month": "2025-03", "product.product": 2}
    found = through(loaded, query, cell)
    wanted = rows_of(
        loaded,
        f"""SELECT DISTINCT "order" FROM {LINES}
        WHERE product = 2 AND strftime("on", '%y%m') = '2503'""",
    )
    assert found.record == "trade.order"
    assert sorted(found.ids) == sorted(key for (key,) in wanted)
    assert through(loaded, query, {}, limit=2).count == 40
    assert through(loaded, query, {}, limit=2).ids == [1, 2]
    assert through(loaded, query, {"product.product": float("nan")}).ids == []


def test_contacts_and_tasks(loaded: Any) -> None:
    got = answer(
        loaded, Query("interaction", ("channel.channel",), (), ("interactions", "minutes"))
    )
    counted = "SELECT channel, count(*), sum(minutes) FROM interaction GROUP BY 1"
    assert figures(got.cells(), "channel.channel", "interactions", "minutes") == rows_of(
        loaded, counted
    )
    total = answer(loaded, Query("task", (), (), ("tasks", "done", "on_time", "on_time_rate")))
    wanted = rows_of(
        loaded,
        """SELECT count(*), count(*) FILTER (state = 'done'),
        count(*) FILTER (state = 'done' AND CAST(done_at AS DATE) <= due_on),
        count(*) FILTER (state = 'done' AND CAST(done_at AS DATE) <= due_on)
        / count(*) FILTER (state = 'done' AND due_on IS NOT NULL) FROM task""",
    )
    assert tuple(total.total().values()) == pytest.approx(wanted[0])


def test_what_happened_to_customers(loaded: Any) -> None:
    names = ("joined", "new_customers", "upgraded", "downgraded", "left")
    total = answer(loaded, Query("customer_event", (), (), names)).total()
    assert tuple(total.values()) == (12, 12, 3, 0, 1)
    moved = answer(loaded, Query("customer_event", ("event.event",), (), ("customers",)))
    found = dict(zip(moved.cells()["event.event"], moved.cells()["customers"], strict=True))
    assert found["handed over"] == 4  # their owner was taken away
    day = (("event.event", "is", "upgraded"), ("time.day", "is", "2025-07-20"))
    assert answer(loaded, Query("customer_event", (), (), ("customers",), day)).total() == {
        "customers": 1
    }


def test_an_empty_fact_has_totals_of_nothing(loaded: Any) -> None:
    got = answer(loaded, Query("campaign_member", ("segment.segment",), (), ("members",)))
    assert len(got.cells()) == 0
    assert got.total() == {"members": 0}


@pytest.mark.parametrize(
    "query",
    [
        Query("nothing", measures=("revenue",)),
        Query("sale", ("time.century",), (), ("revenue",)),
        Query("sale", ("weather.sun",), (), ("revenue",)),
        Query("sale", (), (), ("happiness",)),
        Query("sale"),
        Query("sale", tuple(star().levels("sale"))[:9], (), ("revenue",)),
        Query("sale", (), (), ("revenue",), (("time.year", "resembles", "2025"),)),
        Query("sale", (), (), ("revenue",), (("time.year", "under", 1),)),
    ],
)
def test_what_is_not_there_is_said(loaded: Any, query: Query) -> None:
    with pytest.raises(QueryError):
        answer(loaded, query)


LEVELS = ("time.quarter", "time.weekday", "product.group_1", "customer.city", "customer_now.level",
          "owner.staff", "department.department_2", "time.holiday")  # fmt: skip
drawn = st.lists(st.sampled_from(LEVELS), max_size=2, unique=True)


@settings(
    max_examples=8,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(drawn, st.integers(0, 2))
def test_parts_add_up(loaded: Any, levels: list[str], cut: int) -> None:
    """However it is cut, additive measures add up, and no line is lost or counted twice."""
    query = Query("sale", tuple(levels[:cut]), tuple(levels[cut:]), ("lines", "revenue"))
    got = answer(loaded, query)
    cells, total = got.cells(), got.total()
    assert cells["lines"].sum() == total["lines"] == len(loaded.to_pandas(sold(loaded)))
    assert cells["revenue"].sum() == pytest.approx(total["revenue"])
    assert len(loaded.to_pandas(expression(loaded, query))) == len(cells)
