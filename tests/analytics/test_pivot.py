"""The pivot: figures are sums over what the actor sees, rights hold, documents are exact."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any
from urllib.parse import unquote_plus

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Sum
from django.db.models.functions import ExtractYear
from django.utils import timezone, translation

from huike.analytics.models import PastScore, Pivot
from huike.analytics.pivot.asking import Asked
from huike.analytics.pivot.checking import checked
from huike.analytics.pivot.definition import Definition, from_address, parse
from huike.analytics.pivot.examples import EXAMPLES
from huike.analytics.pivot.grid import Grid, grid
from huike.analytics.pivot.offline import star_without_warehouse
from huike.analytics.runs.loading import load, opened
from huike.customers.models import Party
from huike.kernel.access.models import FieldLimit, Grant, Role
from huike.kernel.access.scope import visible
from huike.kernel.actor import Op
from huike.kernel.change.work import change
from huike.kernel.entity.entity import entity_of
from huike.kernel.records.bulk import create_all
from huike.trade.models import Order, OrderLine
from tests.cast import SYSTEM, Cast, Make

BY_YEAR: dict[str, Any] = {
    "fact": "sale", "rows": ["time.year"], "columns": ["owner.staff"],
    "measures": ["revenue", "orders"],
}  # fmt: skip
Ask = Callable[..., Asked]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Tell what is wrong in English."""
    with translation.override("en"):
        yield


@pytest.fixture
def asking(cast: Cast, firm: list[Party]) -> Iterator[Ask]:
    """Ask a definition as one of the cast, of a warehouse with the firm's orders."""
    load()
    with opened() as backend:
        yield lambda name, given=BY_YEAR, op=Op.VIEW: Asked(
            cast.actor(name), backend, parse(given), op
        )


@contextmanager
def asked_anew(cast: Cast, name: str, given: Any) -> Iterator[Asked]:
    with opened() as backend:
        yield Asked(cast.actor(name), backend, parse(given))


def cells(table: Grid) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Figures by (keys of the line, keys of the column)."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for line in table.lines:
        for column, cell in zip(table.columns, line.cells, strict=True):
            at = (*(m.key for m in line.members), "|", *(m.key for m in column.members))
            found.setdefault(at, {})[column.measure.name] = cell.value
    return found


def limit(role: str, record: str, field: str, right: str = "hidden") -> None:
    FieldLimit.objects.create(
        role=Role.objects.get(name=role), record=record, field=field, right=right
    )


@pytest.mark.parametrize("name", ["mona", "alice", "carol", "dora", "bob"])
def test_figures_are_plain_sums_over_visible_orders(asking: Ask, cast: Cast, name: str) -> None:
    shown = cells(grid(asking(name)))
    lines = OrderLine.objects.filter(order__in=visible(cast.actor(name), Order))
    groups = lines.annotate(year=ExtractYear("order__on")).values("year", "order__owner")
    plain = groups.annotate(money=Sum("amount"), n=Count("order", distinct=True)).order_by()
    for row in plain:
        cell = shown[str(row["year"]), "|", row["order__owner"]]
        assert cell["revenue"] == pytest.approx(float(row["money"]))
        assert cell["orders"] == row["n"]
    total = lines.aggregate(money=Sum("amount"))["money"] or 0
    assert shown["|",]["revenue"] == pytest.approx(float(total))
    figures = [at for at, cell in shown.items() if len(at) == 3 and cell["revenue"] is not None]
    assert len(figures) == len(plain)


def test_subtotals_come_before_their_parts_and_add_up(asking: Ask) -> None:
    table = grid(asking("mona", {"rows": ["time.year", "time.month"], "measures": ["revenue"]}))
    depths = [line.depth for line in table.lines]
    assert depths[0] == 1
    assert depths[1] == 2
    assert depths[-1] == 0
    years = sum(line.cells[0].value or 0 for line in table.lines if line.depth == 1)
    months = sum(line.cells[0].value or 0 for line in table.lines if line.depth == 2)
    assert years == months == table.total.cells[0].value > 0


def test_a_seller_sees_own_orders_only(asking: Ask, cast: Cast) -> None:
    table = grid(asking("carol"))
    owners = {m.key for column in table.columns for m in column.members}
    assert owners == {cast.carol.pk}
    with pytest.raises(ValidationError, match="do not let you see"):
        grid(asking("iris"))


def test_names_of_customers_out_of_reach_do_not_show(
    asking: Ask, cast: Cast, firm: list[Party]
) -> None:
    """An order may be one's own while its customer is another's."""
    order = Order.objects.filter(owner=cast.carol).first()
    assert order is not None
    with change(SYSTEM, "test.move"):
        order.party = next(p for p in firm if p.owner_id == cast.alice.pk)
        order.save()
    load()
    with asked_anew(cast, "carol", {"rows": ["customer.customer"], "measures": ["revenue"]}) as one:
        table = grid(one)
    mine = set(visible(cast.actor("carol"), Party).values_list("pk", flat=True))
    assert {m.key for line in table.lines for m in line.members} <= mine
    with asked_anew(cast, "carol", {"rows": [], "measures": ["revenue"]}) as one:
        all_of_it = OrderLine.objects.filter(order__owner=cast.carol).aggregate(m=Sum("amount"))
        assert grid(one).total.cells[0].value == pytest.approx(float(all_of_it["m"]))


def test_cost_is_closed_where_its_field_is(asking: Ask) -> None:
    asked = {"rows": [], "measures": ["cost", "margin", "margin_rate"]}
    assert grid(asking("mona", asked)).total.cells[0].value > 0
    limit("mona", "trade.order", "cost")
    for name in ("cost", "margin", "margin_rate"):
        with pytest.raises(ValidationError, match="do not let you see"):
            grid(asking("mona", {"rows": [], "measures": [name]}))
    assert grid(asking("mona", {"rows": [], "measures": ["revenue"]})).total.cells[0].value > 0
    limit("carol", "catalog.product", "cost", "masked")
    with pytest.raises(ValidationError, match="do not let you see"):
        grid(asking("carol", {"rows": [], "measures": ["margin"]}))


@pytest.mark.parametrize("right", ["hidden", "masked"])
def test_closed_fields_of_the_customer_are_no_levels(asking: Ask, right: str) -> None:
    limit("mona", "customers.party", "province", right)
    for wrong in (
        {"rows": ["customer.province"]},
        {"columns": ["customer_now.province"], "measures": ["revenue"]},
        {"filters": [["customer.province", "is", "x"]]},
    ):
        with pytest.raises(ValidationError, match="do not let you see by"):
            grid(asking("mona", wrong))
    limit("mona", "customers.party", "birthday", right)
    with pytest.raises(ValidationError, match="do not let you see by"):
        grid(asking("mona", {"rows": ["customer.age"]}))
    Grant.objects.filter(role__name="mona", record="customers.party").delete()
    with pytest.raises(ValidationError, match="do not let you see by"):
        grid(asking("mona", {"rows": ["customer.city"]}))


def test_names_of_campaigns_are_for_who_may_see_campaigns(cast: Cast) -> None:
    star = star_without_warehouse()
    asked = parse({"fact": "campaign_member", "rows": ["campaign.campaign"],
                   "measures": ["members"]})  # fmt: skip
    assert checked(cast.actor("mona"), star, asked).name == "campaign_member"
    Grant.objects.filter(role__name="mona", record="marketing.campaign").delete()
    with pytest.raises(ValidationError, match="do not let you see by"):
        checked(cast.actor("mona"), star, asked)


def test_documents_behind_a_cell_are_exactly_those(asking: Ask, cast: Cast) -> None:
    asked = asking("dora")
    table = grid(asked)
    line = next(line for line in table.lines if line.members)
    at, column = next((n, c) for n, c in enumerate(table.columns) if c.members)
    found = asked.behind(line.cells[at].place, 1000)
    plain = visible(cast.actor("dora"), Order).filter(
        owner=column.members[0].key, on__year=int(line.members[0].key)
    )
    assert found.ids == sorted(plain.values_list("pk", flat=True))
    assert (found.record, found.count) == ("trade.order", len(found.ids))
    few = asked.behind({}, 3)
    assert (len(few.ids), few.count) == (3, visible(cast.actor("dora"), Order).count())


def test_what_went_to_the_bin_since_the_load_is_not_counted(asking: Ask, cast: Cast) -> None:
    before = grid(asking("mona")).total.cells[-1].value
    order = Order.objects.first()
    assert order is not None
    with change(SYSTEM, "test.bin"):
        order.binned_at = timezone.now()
        order.save()
    assert before is not None
    assert grid(asking("mona")).total.cells[-1].value == before - 1
    assert order.pk not in asking("mona").behind({}, 1000).ids


@pytest.mark.long
def test_filters_hold_and_values_are_offered(asking: Ask, cast: Cast) -> None:
    years = [one.key for one in asking("mona").values("time.year")]
    given = {**BY_YEAR, "filters": [["time.year", "in", years[:1]]]}
    table = grid(asking("mona", given))
    assert [line.members[0].key for line in table.lines if line.members] == years[:1]
    owners = [one.key for one in asking("carol").values("owner.staff")]
    assert owners == [cast.carol.pk]
    one = grid(asking("mona", {**BY_YEAR, "filters": [["owner.staff", "is", cast.carol.pk]]}))
    assert {m.label for c in one.columns for m in c.members} == {"carol"}


@pytest.mark.long
def test_sorted_by_a_number(asking: Ask) -> None:
    given = {"rows": ["customer.customer"], "measures": ["orders", "revenue"], "sort": "-revenue"}
    table = grid(asking("mona", given))
    shown = [line.cells[1].value or 0 for line in table.lines if line.members]
    assert shown == sorted(shown, reverse=True)
    assert len(set(shown)) > 1


WRONG: list[tuple[Any, str]] = [
    ("{", "no JSON"),
    ([1], "JSON object"),
    ({"fact": "sales"}, "There are no figures called"),
    ({"rows": ["customer.nothing"]}, "can't be seen by"),
    ({"measures": ["profit"]}, "have no number called"),
    ({"measures": []}, "at least one number"),
    ({"rows": ["time.year"], "columns": ["time.year"]}, "there twice"),
    ({"rows": "time.year"}, "list of names"),
    ({"chart": "radar"}, "no chart"),
    ({"sort": "cost"}, "sorted only by"),
    ({"filters": [["time.year"]]}, "A filter is a list"),
    ({"filters": [["time.year", "is", {}]]}, "A filter is a list"),
    ({"colour": 1}, "knows nothing of"),
    ({"rows": [f"customer.category_{n}" for n in range(1, 6)]
      + [f"product.group_{n}" for n in range(1, 5)]}, "At most 8"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "words"), WRONG, ids=[words for _given, words in WRONG])
def test_what_cannot_be_asked_is_refused_in_words(cast: Cast, given: Any, words: str) -> None:
    actor = cast.actor("root")
    with pytest.raises(ValidationError, match=words):
        checked(actor, star_without_warehouse(), parse(given))
    kind = entity_of(Pivot).fields(actor)["definition"].kind
    with pytest.raises(ValidationError, match=words):
        kind.parse(given)


def test_values_that_do_not_fit_are_refused_in_words(asking: Ask) -> None:
    for given, words in (
        ([["owner.staff", "is", "Carol"]], "does not go with"),
        ([["owner.staff", "in", 3]], "needs a list"),
        ([["time.year", "near", "2026"]], "no comparison “near”"),
        ([["owner.staff", "contains", 3]], "does not go with"),
        ([["time.year", "at_least", None]], "does not go with"),
        ([["time.year", "under", "2026"]], "does not go with"),
    ):
        with pytest.raises(ValidationError, match=words):
            grid(asking("mona", {"filters": given}))


def test_a_definition_goes_through_address_and_column() -> None:
    for example in EXAMPLES:
        one = example.definition
        assert parse(one.written()) == one
        parts = dict(pair.split("=", 1) for pair in one.query().split("&") if "=" in pair)
        assert from_address({k: unquote_plus(v) for k, v in parts.items()}) == one
    assert from_address({}) == Definition()


@pytest.mark.long
@pytest.mark.long
def test_every_example_can_be_asked(asking: Ask, cast: Cast, firm: list[Party]) -> None:
    _score(firm)
    load()
    for example in EXAMPLES:
        with asked_anew(cast, "mona", example.definition) as one:
            assert grid(one).lines, example.title


def _score(firm: list[Party]) -> None:
    """Give every customer a class, half of them another one since this year."""
    day = timezone.localdate()
    with change(SYSTEM, "test.scores"):
        create_all([
            PastScore(party=p, on=day.replace(year=day.year - 3, day=1), orders=1, amount=1,
                      rfm_class="111")
            for p in firm
        ])  # fmt: skip
        create_all(
            [PastScore(party=p, on=day, orders=1, amount=1, rfm_class="001") for p in firm[::2]]
        )


@pytest.mark.long
def test_figures_by_the_class_of_the_day_and_of_now(
    asking: Ask, cast: Cast, firm: list[Party]
) -> None:
    _score(firm)
    load()
    moved = OrderLine.objects.filter(order__party__in=firm[::2]).aggregate(m=Sum("amount"))["m"]
    everything = OrderLine.objects.aggregate(m=Sum("amount"))["m"]
    assert moved
    with asked_anew(cast, "mona", {"rows": ["score_now.rfm_class"], "measures": ["revenue"]}) as a:
        now = {line.members[0].key: line.cells[0].value for line in grid(a).lines if line.members}
    assert now == pytest.approx({"001": float(moved), "111": float(everything - moved)})
    with asked_anew(cast, "mona", {"rows": ["score.rfm_class"], "measures": ["revenue"]}) as a:
        then = {line.members[0].key: line.cells[0].value for line in grid(a).lines if line.members}
    assert then == pytest.approx({"111": float(everything)})
    limit("mona", "analytics.score", "rfm_class")
    with (
        asked_anew(cast, "mona", {"rows": ["score.rfm_class"]}) as a,
        pytest.raises(ValidationError, match="do not let you see by"),
    ):
        grid(a)


def test_exporting_reaches_as_far_as_the_right_to_export(asking: Ask, cast: Cast) -> None:
    Grant.objects.filter(role__name="mona", record="trade.order", op="export").update(reach="own")
    assert grid(asking("mona", op=Op.EXPORT)).total.cells[0].value == 0
    assert grid(asking("mona")).total.cells[0].value > 0
    with pytest.raises(PermissionDenied, match="may not export"):
        grid(asking("bob", op=Op.EXPORT))


def test_a_shared_pivot_is_read_by_all_and_changed_by_its_owner(cast: Cast, make: Make) -> None:
    shared, own = make(Pivot, cast.alice, is_shared=True), make(Pivot, cast.alice)
    assert set(visible(cast.actor("carol"), Pivot)) == {shared}
    assert set(visible(cast.actor("alice"), Pivot)) == {shared, own}
    assert not visible(cast.actor("carol"), Pivot, Op.EDIT).exists()
    assert not visible(cast.actor("carol"), Pivot, Op.DELETE).exists()
    assert not visible(cast.actor("iris"), Pivot).exists()


@pytest.mark.long
def test_a_heated_table_colours_parts_not_totals(asking: Ask) -> None:
    table = grid(asking("mona", {**BY_YEAR, "heat": True}))
    heats = {cell.heat for line in table.lines if not line.is_total for cell in line.cells}
    assert max(heats) == 5
    assert not any(cell.heat for line in table.lines if line.is_total for cell in line.cells)


@pytest.mark.long
def test_money_stays_money(asking: Ask) -> None:
    total = grid(asking("mona", {"rows": [], "measures": ["revenue"]})).total.cells[0]
    assert total.unit == "money"
    assert Decimal(str(total.value)) == OrderLine.objects.aggregate(m=Sum("amount"))["m"]
