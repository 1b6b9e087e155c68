"""The page of pivots: figures, rights, ways down, saving, sharing and files."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import LazySettings
from openpyxl import load_workbook

from huike.analytics.models import Pivot
from huike.analytics.pivot.definition import parse
from huike.kernel.access.models import FieldLimit, Grant, Role
from huike.kernel.change.models import Entry
from huike.trade.models import Order
from tests.web.insight.conftest import Firm, specs
from tests.web.pivot.conftest import cell_values, figures, hrefs

BY_OWNER = "/pivot/?fact=sale&rows=owner.staff&columns=&measures=revenue,orders"


def test_figures_of_the_whole_firm_and_of_a_seller(sold: Firm) -> None:
    assert figures(sold.page("mona", BY_OWNER)) == [
        ["alice", "300.00", "3"], ["carol", "500.00", "2"], ["Total", "800.00", "5"],
    ]  # fmt: skip
    assert figures(sold.page("carol", BY_OWNER)) == [
        ["carol", "500.00", "2"], ["Total", "500.00", "2"],
    ]  # fmt: skip


def test_who_may_see_no_pivots_sees_no_page(sold: Firm) -> None:
    client = sold.client("iris")
    for page in ("", "documents/", "filter/", "export/"):
        assert client.get(f"/pivot/{page}").status_code == 403
    assert client.post("/pivot/save/", {"name": "x"}).status_code == 302
    assert not Pivot.objects.exists()
    assert 'href="/pivot/"' not in client.get("/").content.decode()
    assert 'href="/pivot/"' in sold.page("alice", "/")


def test_before_the_first_load_the_page_says_what_to_do(
    firm: Firm, tmp_path: Path, settings: LazySettings
) -> None:
    settings.HOME = tmp_path
    page = firm.page("mona", "/pivot/")
    assert "No figures have been loaded yet." in page
    assert "Run now" in page
    assert "Run now" not in firm.page("alice", "/pivot/")


@pytest.mark.long
def test_who_sold_nothing_is_told_so(sold: Firm) -> None:
    assert "There is nothing to count here." in sold.page(
        "bob", f"{BY_OWNER}&filters=%5B%5B%22time.year%22%2C%22is%22%2C%221999%22%5D%5D"
    )


def test_a_closed_cost_is_not_offered_and_is_refused_in_words(sold: Firm) -> None:
    asked = "/pivot/?fact=sale&rows=owner.staff&columns=&measures=margin"
    assert figures(sold.page("mona", asked))[-1] == ["Total", "400.00"]
    assert 'value="margin"' in sold.page("mona", BY_OWNER)
    role = Role.objects.get(name="mona")
    FieldLimit.objects.create(role=role, record="trade.order", field="cost", right="hidden")
    page = sold.page("mona", asked)
    assert "Your roles do not let you see Margin: cost of goods is closed to you." in page
    assert "400.00" not in page
    assert 'value="margin"' not in sold.page("mona", BY_OWNER)


WRONG = (
    "fact=nothing",
    "fact=sale&rows=a.b&measures=revenue",
    "fact=sale&filters=%7B",
    "fact=sale&chart=radar&measures=x",
)


def test_a_wrong_address_is_told_in_words(sold: Firm) -> None:
    for wrong in WRONG:
        page = sold.page("mona", f"/pivot/?{wrong}")
        assert 'class="wrong"' in page
        assert "Start anew" in page
        assert "<table" not in page
        assert "/pivot/save/" not in page


@pytest.mark.long
def test_down_from_a_year_to_its_months(sold: Firm) -> None:
    page = sold.page("mona", "/pivot/?fact=sale&rows=time.year&columns=&measures=orders")
    years = figures(page)[:-1]
    below = sold.page("mona", hrefs(page, years[0][0])[0])
    lines = figures(below)
    assert lines[0] == [years[0][0], years[0][1]]
    assert lines[1][0].startswith(f"{years[0][0]}-Q")
    assert lines[-1] == ["Total", years[0][1]]


def test_a_figure_leads_to_exactly_its_documents(sold: Firm) -> None:
    page = sold.page("mona", BY_OWNER)
    cell = next(c for c in cell_values(page) if str(sold.cast.carol.pk) in c)
    shown = sold.page("mona", f"{BY_OWNER.replace('/?', '/documents/?')}&cell={quote(cell)}")
    mine = Order.objects.filter(owner=sold.cast.carol)
    for order in Order.objects.all():
        assert (f'href="/trade/order/{order.pk}/"' in shown) == (order in mine)
    assert "2 of 2" in shown
    seen = sold.page("alice", f"{BY_OWNER.replace('/?', '/documents/?')}&cell={quote(cell)}")
    assert "/trade/order/" not in seen.split("<main")[1]


@pytest.mark.long
@pytest.mark.long
def test_fields_are_added_moved_and_filtered_without_script(sold: Firm) -> None:
    client = sold.client("mona")
    page = client.get(f"{BY_OWNER}&add_columns=time.year", follow=True)
    assert page.redirect_chain[0][0].count("time.year") == 1
    assert "columns=time.year" in page.redirect_chain[0][0]
    back = client.get(f"{page.redirect_chain[0][0]}&add_rows=time.year")
    assert "rows=owner.staff%2Ctime.year&columns=&" in back.headers["Location"]
    chosen = f"{BY_OWNER.replace('/?', '/filter/?')}&level=owner.staff"
    assert "carol" in client.get(chosen).content.decode()
    kept = client.get(f"{chosen}&op=in&value={sold.cast.carol.pk}", follow=True)
    assert figures(kept.content.decode()) == [["carol", "500.00", "2"], ["Total", "500.00", "2"]]
    others = client.get(f"{chosen}&op=not_in&value={sold.cast.carol.pk}", follow=True)
    assert figures(others.content.decode())[0][0] == "alice"
    years = f"{BY_OWNER.replace('/?', '/filter/?')}&level=time.year&op=range&low=1990&high=1991"
    assert "nothing to count" in client.get(years, follow=True).content.decode()


@pytest.mark.long
def test_the_picture_holds_the_numbers_of_the_table(sold: Firm) -> None:
    for kind, drawn in (("bar", "bars"), ("stacked", "bars"), ("line", "trend"), ("pie", "pie")):
        page = sold.page("mona", f"{BY_OWNER}&chart={kind}")
        spec = specs(page)[0]
        assert spec["kind"] == drawn
        assert spec["labels"] == ["alice", "carol"]
        series = spec["series"] if kind == "pie" else spec["series"][0]
        assert series["values"] == [300, 500]


def test_saved_shared_and_saved_over(sold: Firm) -> None:
    client = sold.client("alice")
    given = {"fact": "sale", "rows": "owner.staff", "columns": "", "measures": "revenue"}
    told = {**given, "name": "我的", "is_shared": "1"}
    opened = client.post("/pivot/save/", told, follow=True)
    row = Pivot.objects.get()
    assert (row.owner, row.is_shared, row.name) == (sold.cast.alice, True, "我的")
    assert parse(row.definition).rows == ("owner.staff",)
    assert figures(opened.content.decode())[-1] == ["Total", "300.00"]
    assert figures(sold.client("carol").get(f"/pivot/{row.pk}/", follow=True).content.decode()) == [
        ["carol", "500.00"], ["Total", "500.00"],
    ]  # fmt: skip
    assert "我的" in sold.page("carol", "/pivot/")
    again = {**given, "measures": "orders", "name": "别的", "saved": str(row.pk), "do": "over"}
    client.post("/pivot/save/", again)
    row = Pivot.objects.get()
    assert (row.name, row.is_shared, parse(row.definition).measures) == ("别的", False, ("orders",))
    assert sold.client("carol").get(f"/pivot/{row.pk}/").status_code == 404


def test_nobody_saves_over_another_s_pivot(sold: Firm) -> None:
    row = sold.make(Pivot, sold.cast.alice, is_shared=True, name="hers")
    told = {"fact": "sale", "rows": "", "columns": "", "measures": "revenue", "name": "mine"}
    client = sold.client("carol")
    answer = client.post("/pivot/save/", {**told, "saved": str(row.pk), "do": "over"})
    assert answer.status_code == 403
    assert Pivot.objects.get(pk=row.pk).name == "hers"
    wrong = client.post("/pivot/save/", {**told, "measures": "nothing"}, follow=True)
    assert "have no number called" in wrong.content.decode()
    assert Pivot.objects.count() == 1


@pytest.mark.long
def test_files_hold_what_the_page_shows(sold: Firm) -> None:
    client = sold.client("mona")
    shown = figures(sold.page("mona", BY_OWNER))
    there = BY_OWNER.replace("/?", "/export/?")
    text = b"".join(client.get(f"{there}&kind=csv").streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["Owner · Person", "Revenue", "Orders"]
    assert [[a, f"{float(b):,.2f}", c] for a, b, c in rows[1:]] == shown
    book = load_workbook(io.BytesIO(b"".join(client.get(f"{there}&kind=xlsx").streaming_content)))
    lines = list(book.active.iter_rows(values_only=True))
    assert [[a, f"{b:,.2f}", str(c)] for a, b, c in lines[1:]] == shown
    entry = Entry.objects.filter(kind=Entry.Kind.EXPORT).latest("pk")
    assert (entry.record, entry.fields["rows"][1]) == ("trade.order", 3)


@pytest.mark.long
def test_without_the_right_to_export_there_is_no_file(sold: Firm) -> None:
    there = BY_OWNER.replace("/?", "/export/?")
    assert sold.client("bob").get(there).status_code == 403
    Grant.objects.filter(role__name="mona", record="trade.order", op="export").delete()
    assert sold.client("mona").get(there).status_code == 403
    assert "/pivot/export/" not in sold.page("mona", BY_OWNER)
