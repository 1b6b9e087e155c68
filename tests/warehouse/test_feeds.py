"""What the rooms really give: their records in the warehouse, changed, binned, purged, per firm."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from huike.analytics.runs import loading
from huike.catalog.models import Product
from huike.channels.models import Interaction
from huike.customers.models import Party
from huike.kernel.change.work import change
from huike.kernel.feeds import Feed, Given, feeds, register
from huike.kernel.records.purging import purge
from huike.office.models import Task
from huike.trade.actions import set_lines
from huike.trade.models import Order, OrderLine
from huike.warehouse.loading import table_of
from huike.warehouse.purchases import purchases
from huike.warehouse.star.firm import star
from huike.warehouse.star.tables import STORED
from tests.cast import SYSTEM, Cast, Make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "folder", lambda: tmp_path)


@pytest.fixture
def order(cast: Cast, make: Make) -> Order:
    """An order of Alice's customer: two of one product, one of another without a cost."""
    party = make(Party, cast.alice, city="北京", birthday=date(1980, 5, 1), phone="13800000000")
    at = datetime(2025, 3, 31, 17, 30, tzinfo=UTC)
    made = make(Order, cast.alice, party=party, on=at, state="open", place="一店")
    product = make(Product, None, price=Decimal("12.50"), cost=Decimal("7.25"))
    with change(SYSTEM, "test.lines"):
        set_lines(SYSTEM, made, [
            OrderLine(product=product, quantity=Decimal(2), price=Decimal("12.50"),
                      cost=Decimal("14.00")),
            OrderLine(product=product, quantity=Decimal("1.5"), price=Decimal("10.10")),
        ])  # fmt: skip
    return Order.objects.get(pk=made.pk)


def lines() -> list[dict[str, Any]]:
    with loading.opened() as backend:
        found: list[dict[str, Any]] = purchases(backend).order_by("line").to_pyarrow().to_pylist()
        return found


def test_an_order_becomes_purchases(order: Order, cast: Cast) -> None:
    report = loading.load()
    assert report.is_right
    first, second = lines()
    assert first["customer"] == order.party_id
    assert first["on"] == date(2025, 4, 1)  # half past one in the night of Shanghai
    assert (first["amount"], first["quantity"], first["cost"]) == (25.0, 2.0, 14.0)
    assert (second["amount"], second["cost"]) == (15.15, 10.875)  # 1.5 times the product's 7.25
    assert (first["owner"], first["department"]) == (cast.alice.pk, cast.alice.department_id)
    assert first["place"] == "一店"


def test_what_changes_comes_with_the_next_load(order: Order, cast: Cast) -> None:
    loading.load()
    with change(SYSTEM, "test.lines"):
        set_lines(SYSTEM, order, [OrderLine(quantity=Decimal(1), price=Decimal("3.00"))])
    report = loading.load()
    sales = next(feed for feed in report.feeds if feed.name == "sale_line")
    assert (sales.read, sales.is_full, sales.corrected) == (1, False, {})
    assert [line["amount"] for line in lines()] == [3.0]
    with change(SYSTEM, "test.bin"):
        order.refresh_from_db()
        order.binned_at = timezone.now()
        order.save()
    loading.load()
    assert lines() == []
    with change(SYSTEM, "test.purge"):
        assert purge(order)
    report = loading.load()
    assert report.is_right
    assert not any(feed.corrected for feed in report.feeds)


def test_a_customer_that_is_deleted_takes_its_contacts_along(cast: Cast, make: Make) -> None:
    party = make(Party, cast.alice)
    make(Interaction, None, party=party, kind="call", minutes=5)
    make(Interaction, None, party=party, kind="note")
    loading.load()
    with change(SYSTEM, "test.bin"):
        party.binned_at = timezone.now()
        party.save()
    with change(SYSTEM, "test.purge"):
        assert purge(party)
    report = loading.load()
    assert report.is_right
    with loading.opened() as backend:
        for name in ("customer", "interaction"):
            assert backend.table(name).count().execute() == 0


def test_what_a_customer_was_is_kept(cast: Cast, make: Make) -> None:
    party = make(Party, cast.alice, city="北京", level="small")
    loading.load()
    with change(SYSTEM, "test.move"):
        party.city, party.level = "上海", "vip"
        party.save()
    loading.load()
    with loading.opened() as backend:
        rows = backend.table("customer").order_by("valid_from").to_pyarrow().to_pylist()
    assert [(row["city"], row["level"], row["is_current"]) for row in rows] == [
        ("北京", "small", False),
        ("上海", "vip", True),
    ]
    assert rows[1]["valid_from"] == timezone.localtime(party.changed_at).date()


def test_no_feed_gives_away_what_tells_who_somebody_is(order: Order) -> None:
    """The year of birth and the city will do: no day, phone, mail, address or number."""
    given = {name for feed in feeds() for name in feed.columns}
    assert not given & {"phone", "telephone", "email", "wechat", "address", "id_number", "birthday",
                        "body", "about", "preferences", "family", "password"}  # fmt: skip
    loading.load()
    with loading.opened() as backend:
        assert backend.table("customer").born.max().execute() == 1980


def test_every_feed_fits_its_table() -> None:
    names = {feed.name for feed in feeds()}
    assert {"customer", "product", "sale_line", "interaction", "task", "staff"} <= names
    for feed in feeds():
        table = table_of(feed)
        assert feed.types.keys() <= table.columns.keys()
        assert feed.key == table.key
        if feed.name in STORED:
            assert feed.types == dict(table.columns)


def test_records_and_fields_that_the_star_names_are_there() -> None:
    """They lead from a cell to its page, and from a code to its word."""
    shape = star()
    levels = [level for dimension in shape.dimensions.values() for level in dimension.levels]
    records = {level.record for level in levels} | {fact.record for fact in shape.facts.values()}
    for record in records - {""}:
        assert apps.get_model(record)._meta.label_lower == record
    for level in levels:
        if level.field:
            record, _dot, name = level.field.rpartition(".")
            assert apps.get_model(record)._meta.get_field(name).choices, level.field


def test_a_name_is_registered_once_and_needs_its_key() -> None:
    with pytest.raises(ValueError, match="already"):
        register(feeds()[0])
    with pytest.raises(ValueError, match="no column"):
        register(Feed("other", Party.everything.all, "id", {"name": Given("name")}))


def test_a_database_put_back_from_a_backup_is_read_anew(order: Order) -> None:
    feed = next(feed for feed in feeds() if feed.name == "sale_line")
    assert feed.changed(feed.mark()) == []
    number, _colon, digest = feed.mark().partition(":")
    assert feed.changed(f"{number}:{'0' * len(digest)}") is None
    assert feed.changed(f"{int(number) + 5}:{digest}") is None
    assert order.pk in (feed.changed(f"{int(number) - 1}:{_digest_before()}") or [])


def _digest_before() -> str:
    from huike.kernel.change.models import Entry

    return str(Entry.objects.order_by("-pk").values_list("digest", flat=True)[1])


@pytest.mark.django_db(transaction=True)
def test_a_snapshot_is_of_one_moment_and_stops_nobody(
    make: Make, cast: Cast, on_postgresql: bool
) -> None:
    """While a feed is read, another connection writes; what is read stays what it was."""
    if not on_postgresql:
        pytest.skip("a snapshot beside a writer: SQLite in memory, as in tests, has no WAL")
    feed = next(feed for feed in feeds() if feed.name == "task")
    make(Task, cast.alice)

    def write() -> None:
        with change(SYSTEM, "test.write"):
            Task(title="during").save()
        connection.close()

    with feed.snapshot():
        before = feed.mark(), feed.totals()
        thread = Thread(target=write)
        thread.start()
        thread.join(10)
        assert not thread.is_alive()
        assert (feed.mark(), feed.totals()) == before
    assert feed.totals()["rows"] == before[1]["rows"] + 1


def test_nothing_is_open_before_the_first_load() -> None:
    with loading.opened() as backend:
        assert backend is None
