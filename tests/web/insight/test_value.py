"""The page on value: figures, whose they are, and where each mark leads."""

from __future__ import annotations

import json
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest

from huike.analytics.figures.asking import Question
from huike.analytics.figures.value import spread
from huike.kernel.access.models import FieldLimit, Role
from tests.web.insight.conftest import NOW, THEN, Firm, links, specs, table

PAGE = "/insight/value/"
ABC = "ABC: who makes up the amount"
GRID = "RFM grid"


def limit(role: str, name: str, right: str, record: str = "analytics.score") -> None:
    FieldLimit.objects.create(
        role=Role.objects.get(name=role), record=record, field=name, right=right
    )


@pytest.fixture
def firm_of_four(firm: Firm) -> Firm:
    firm.ran()
    firm.scored(firm.cast.alice, "大客户", amount=6000, abc="A", r=5, f=5)
    firm.scored(firm.cast.alice, "中客户", amount=3000, abc="B", r=3, f=2, party__province="广东省")
    firm.scored(firm.cast.carol, "南客户", amount=900, abc="C", r=1, f=1)
    firm.scored(firm.cast.carol, "小客户", amount=100, abc="C", r=1, f=1, rfm_class="001")
    return firm


def test_a_manager_sees_the_whole_firm(firm_of_four: Firm) -> None:
    page = firm_of_four.page("mona", PAGE)
    rows = table(page, ABC)
    assert rows["A"] == ["1", "25.0%", "6,000.00", "60.0%"]
    assert rows["C"] == ["2", "50.0%", "1,000.00", "10.0%"]
    assert "1 important customer who brought 100.00 has been silent for long" in page


def test_a_seller_sees_numbers_of_own_customers_only(firm_of_four: Firm) -> None:
    page = firm_of_four.page("carol", PAGE)
    assert table(page, ABC)["C"] == ["2", "100.0%", "1,000.00", "100.0%"]
    assert "6,000.00" not in page
    assert 'name="owner"' not in page  # senseless where one sees only one's own
    assert 'name="owner"' in firm_of_four.page("mona", PAGE)


def test_who_may_see_no_scores_sees_no_page(firm_of_four: Firm) -> None:
    client = firm_of_four.client("iris")
    for page in ("value", "matrix", "lifecycle", "churn"):
        assert client.get(f"/insight/{page}/").status_code == 403
    assert "/insight/value/" not in client.get("/").content.decode()
    assert "/insight/value/" in firm_of_four.page("alice", "/")


def test_every_mark_leads_to_exactly_its_customers(firm_of_four: Firm) -> None:
    page = firm_of_four.page("mona", PAGE)
    href = links(page, ABC)["C"]
    assert href.startswith("/customers/party/?filter=")
    found = firm_of_four.page("mona", href)
    assert "南客户" in found
    assert "小客户" in found
    assert "大客户" not in found
    heat = next(spec for spec in specs(page) if spec["kind"] == "heat")
    cell = next(c for c in heat["cells"] if c[2] == 2)
    assert json.loads(parse_qs(urlsplit(cell[4]).query)["filter"][0]) == {
        "all": [["score__r", "is", 1], ["score__f", "is", 1]]
    }


def test_a_list_that_reaches_less_far_than_the_scores_is_not_led_to(firm_of_four: Firm) -> None:
    role = Role.objects.get(name="mona")
    role.grants.filter(record="customers.party", op="view").update(reach="own")
    page = firm_of_four.page("mona", PAGE)
    assert links(page, ABC)["A"].startswith("/analytics/score/?filter=")
    assert "大客户" not in firm_of_four.page("mona", links(page, ABC)["A"])


def test_filters_narrow_the_figures_and_the_way_down(firm_of_four: Firm) -> None:
    north = firm_of_four.cast.departments["north"].pk
    page = firm_of_four.page("mona", f"{PAGE}?department={north}")
    assert table(page, ABC)["C"] == ["0", "0.0%", "0.00", "0.0%"]
    assert f'["department","below",[{north}]]' in parse_qs(
        urlsplit(links(page, ABC)["A"]).query
    )["filter"][0]  # fmt: skip
    page = firm_of_four.page("mona", f"{PAGE}?province=广东省")
    assert table(page, ABC)["B"][0] == "1"
    owner = firm_of_four.cast.carol.pk
    assert table(firm_of_four.page("mona", f"{PAGE}?owner={owner}"), ABC)["C"][0] == "2"
    assert "No customer with a score is like this." in firm_of_four.page("mona", f"{PAGE}?city=x")


def test_a_hidden_field_is_not_counted_by(firm_of_four: Firm) -> None:
    limit("mona", "amount", "hidden")
    page = firm_of_four.page("mona", PAGE)
    assert table(page, ABC)["A"] == ["1", "25.0%"]
    assert "Lorenz" not in page
    assert "6,000.00" not in page
    limit("mona", "abc", "masked")
    assert ABC not in firm_of_four.page("mona", PAGE)


def test_a_hidden_field_of_the_customer_is_no_filter(firm_of_four: Firm) -> None:
    limit("mona", "province", "hidden", "customers.party")
    page = firm_of_four.page("mona", f"{PAGE}?province=广东省")
    assert table(page, ABC)["A"][0] == "1"
    assert 'name="province"' not in page
    assert firm_of_four.client("mona").get("/insight/areas/province/").status_code == 404


def test_areas_are_those_of_visible_customers(firm_of_four: Firm) -> None:
    assert "广东省" in firm_of_four.page("mona", "/insight/areas/province/")
    assert "广东省" not in firm_of_four.page("carol", "/insight/areas/province/")


def test_the_spread_is_what_it_is_by_hand(firm_of_four: Firm) -> None:
    found = spread(Question(firm_of_four.cast.actor("mona")))
    assert found is not None
    # mean difference of all pairs over twice the mean: 4 x 4 pairs of 6000, 3000, 900, 100
    amounts = [6000, 3000, 900, 100]
    pairs = sum(abs(a - b) for a in amounts for b in amounts)
    assert found.gini == pytest.approx(pairs / (2 * 16 * 2500))
    assert found.for_80 == 0.5
    assert [p.customers for p in found.points] == [1, 2, 3, 4]
    assert found.points[1].amount_share == pytest.approx(0.9)


def test_amounts_below_zero_do_not_bend_the_curve(firm: Firm) -> None:
    firm.scored(firm.cast.carol, amount=-500)
    firm.scored(firm.cast.carol, amount=100)
    found = spread(Question(firm.cast.actor("carol")))
    assert found is not None
    assert (found.gini, found.points[0].amount_share) == (0.5, 1.0)


def test_page_figures_equal_those_read_by_api(firm_of_four: Firm) -> None:
    for name in ("mona", "carol", "dora"):
        rows = firm_of_four.client(name).get("/api/v1/analytics/score/?size=100").json()["rows"]
        shown = table(firm_of_four.page(name, PAGE), ABC)
        for key in ("A", "B", "C"):
            mine = [row for row in rows if row["abc"] == key]
            total = sum((Decimal(row["amount"]) for row in mine), Decimal(0))
            assert shown[key][0] == str(len(mine))
            assert shown[key][2] == f"{total:,.2f}"


def test_as_of_a_day_gone_by(firm_of_four: Firm) -> None:
    party = firm_of_four.scored(firm_of_four.cast.carol, "变过的", abc="A")
    firm_of_four.past(party, THEN, abc="B", amount=10)
    firm_of_four.past(party, NOW)
    page = firm_of_four.page("mona", f"{PAGE}?on={THEN}")
    assert table(page, ABC)["B"][:3] == ["1", "100.0%", "10.00"]
    assert GRID not in page  # past scores keep the class alone
    href = links(page, ABC)["B"]
    assert href.startswith("/analytics/pastscore/?filter=")
    assert "变过的" in firm_of_four.page("mona", href)
