"""The list of every entity, for everyone: usable whatever the address says, and within reach."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from huike.customers.models import Party
from huike.kernel.entity.entity import Entity
from huike.kernel.lists.models import SavedView
from huike.office.models import Task
from huike.trade.models import Order
from tests.breadth import WIDE
from tests.cast import Cast, Make, written
from tests.web.lists.conftest import SignIn

every_entity = pytest.mark.parametrize("entity", written(), ids=lambda e: e.key)
NASTY = "<script>alert(1)</script>'\"%__[]"
ODD = [
    "filter=nonsense",
    'filter={"all":5}',
    'filter=["nothing","is",1]',
    "sort=nothing",
    "sort=-",
    "face=board&by=nothing",
    "face=calendar&by=nothing&month=2026-99",
    "group=nothing",
    "after=zzz",
    "columns=nothing,name",
    "widths=a:b,c",
    "size=7",
    f"q={quote(NASTY)}",
    "month=x&face=calendar",
    f"filter={quote(json.dumps(['created_at', 'is', NASTY]))}",
    "columns=" + "x," * 300,
]


@every_entity
def test_every_face_of_every_list_answers(
    entity: Entity, cast: Cast, make: Make, sign_in: SignIn
) -> None:
    make(entity.model, cast.alice)
    client = sign_in("dora")
    actor = cast.actor("dora")
    addresses = [
        "",
        "face=board",
        "face=calendar",
        "face=chart",
        *(query for _name, query in entity.views),
    ]
    fields = list(entity.fields(actor).values())
    for f in fields if WIDE else {(f.kind.name, f.is_custom): f for f in fields}.values():
        all_rows = quote(json.dumps({"any": [[f.name, "empty"], [f.name, "filled"]]}))
        addresses += [f"sort=-{f.name}&filter={all_rows}"]
        addresses += [f"group={f.name}", f"face=board&by={f.name}", f"face=chart&by={f.name}"]
    for address in [*addresses, *ODD]:
        answer = client.get(f"/{entity.key}/?{address}")
        assert answer.status_code == 200, address
        assert b"<script>alert" not in answer.content


def test_a_wrong_filter_is_said_and_the_list_stays(cast: Cast, make: Make, sign_in: SignIn) -> None:
    make(Party, cast.alice, name="Here I am")
    html = sign_in("dora").get('/customers/party/?filter=["nothing","is","x"]').content.decode()
    assert 'role="alert"' in html
    assert "Here I am" in html


def test_conditions_columns_and_views_work_without_script(
    cast: Cast, make: Make, sign_in: SignIn
) -> None:
    make(Party, cast.alice, name="Ant", level="vip")
    make(Party, cast.alice, name="Bee", level="small")
    client = sign_in("dora")
    given = {"field": "level", "op": "in", "value": "vip, major", "view": "sort=name"}
    answer = client.get("/customers/party/filter/", given, follow=True)
    assert "Ant" in (html := answer.content.decode())
    assert "Bee" not in html
    assert "sort=name" in answer.redirect_chain[0][0]
    given = {"column": ["name", "phone"], "view": "sort=name"}
    answer = client.get("/customers/party/columns/", given, follow=True)
    assert "columns=name%2Cphone" in answer.redirect_chain[0][0]
    given = {"name": "Mine", "query": "sort=name", "sharing": "private", "pinned": "1"}
    answer = client.post("/customers/party/views/", given, follow=True)
    assert "Mine" in answer.content.decode()


def test_views_are_seen_by_whom_they_are_for(cast: Cast, sign_in: SignIn) -> None:
    for sharing in ("private", "department", "all"):
        given = {"name": f"View {sharing}", "query": "sort=name", "sharing": sharing, "pinned": 1}
        sign_in("alice").post("/customers/party/views/", given)
    seen = {"alice": 3, "bob": 2, "carol": 1, "dora": 1}
    for name, number in seen.items():
        html = sign_in(name).get("/customers/party/").content.decode()
        assert html.count(">View ") == number, name
    saved = SavedView.objects.get(sharing="all")
    assert (
        sign_in("carol").post(f"/customers/party/views/{saved.pk}/", {"do": "delete"}).status_code
        == 403
    )
    private = SavedView.objects.get(sharing="private")
    assert (
        sign_in("root").post(f"/customers/party/views/{private.pk}/", {"do": "delete"}).status_code
        == 404
    )
    alice = sign_in("alice")
    for do in ({"do": "alter", "name": "New"}, {"do": "pin"}, {"do": "up"}, {"do": "delete"}):
        assert alice.post(f"/customers/party/views/{saved.pk}/", do).status_code == 302
    assert not SavedView.objects.filter(pk=saved.pk).exists()


def _edit(client: Any, row: Any, name: str, value: Any, seen: str) -> Any:
    address = f"/{row.label().replace('.', '/')}/{row.pk}/cell/{name}/"
    return client.post(address, {name: value, f"seen.{name}": seen}, headers={"HX-Request": "true"})


def test_a_cell_is_edited_and_both_values_shown_where_somebody_was_faster(
    cast: Cast, make: Make, sign_in: SignIn
) -> None:
    row = make(Party, cast.alice, name="Ant", level="small", size=5)
    client = sign_in("dora")
    assert b'name="level"' in client.get(f"/customers/party/{row.pk}/cell/level/").content
    answer = _edit(client, row, "level", "vip", "small")
    assert answer.status_code == 200
    assert "undo" in answer.headers["HX-Trigger"]
    answer = _edit(sign_in("mona"), row, "level", "major", "small")
    assert answer.status_code == 409
    html = answer.content.decode()
    assert "VIP" in html
    assert "major" in html
    assert _edit(sign_in("mona"), row, "level", "major", "vip").status_code == 200
    assert _edit(client, row, "size", "many", "5").status_code == 422
    assert Party.objects.get(pk=row.pk).level == "major"


def test_cells_out_of_reach_are_not_there(cast: Cast, make: Make, sign_in: SignIn) -> None:
    row = make(Party, cast.alice, level="small")
    assert _edit(sign_in("carol"), row, "level", "vip", "small").status_code == 404
    assert _edit(sign_in("bob"), row, "level", "vip", "small").status_code == 403
    assert b"<form" not in sign_in("bob").get(f"/customers/party/{row.pk}/cell/level/").content
    assert Party.objects.get(pk=row.pk).level == "small"


def test_cards_and_days_are_moved(cast: Cast, make: Make, sign_in: SignIn) -> None:
    task = make(Task, cast.alice, state="open", due_on="2026-11-02")
    client = sign_in("alice")
    address = f"/office/task/{task.pk}/move/"
    given = {"field": "state", "value": "doing", "seen": "open"}
    assert client.post(address, given, headers={"HX-Request": "true"}).status_code == 204
    assert client.post(address, given, headers={"HX-Request": "true"}).status_code == 409
    given = {"field": "due_on", "value": "2026-11-09", "seen": "2026-11-02"}
    assert client.post(address, given, headers={"HX-Request": "true"}).status_code == 204
    task = Task.objects.get(pk=task.pk)
    assert (task.state, str(task.due_on)) == ("doing", "2026-11-09")
    assert sign_in("carol").post(address, given).status_code == 404


def test_an_act_is_asked_previewed_done_and_undone(cast: Cast, make: Make, sign_in: SignIn) -> None:
    rows = [make(Party, cast.alice, level="small") for _ in range(3)]
    client = sign_in("dora")
    chosen = {"key": [row.pk for row in rows[:2]], "view": ""}
    assert b"Field" in client.post("/customers/party/act/", chosen | {"act": "edit"}).content
    act = chosen | {"act": "edit", "field_name": "level", "level": "vip"}
    html = client.post("/customers/party/act/preview/", act).content.decode()
    assert '<b class="num">2</b>' in html
    wrong = client.post("/customers/party/act/preview/", act | {"level": "golden"})
    assert wrong.status_code == 422
    assert client.post("/customers/party/act/run/", act).status_code == 302
    assert Party.objects.filter(level="vip").count() == 2
    html = client.get("/customers/party/").content.decode()
    assert "/undo/" in html
    everything = {"everything": "1", "view": "", "act": "bin"}
    assert sign_in("alice").post("/customers/party/act/", everything).status_code == 403
    assert client.post("/customers/party/act/run/", everything).status_code == 302
    assert not Party.objects.exists()


def test_hand_over_through_the_page(cast: Cast, make: Make, sign_in: SignIn) -> None:
    row = make(Party, cast.alice)
    client = sign_in("mona")
    act = {"act": "transfer", "everything": "1", "view": "", "owner": cast.carol.pk, "note": "bye"}
    assert b"Hand" in client.post("/customers/party/act/", act).content
    assert b"carol" in client.post("/customers/party/act/preview/", act).content
    client.post("/customers/party/act/run/", act)
    assert Party.objects.get(pk=row.pk).owner_id == cast.carol.pk


@pytest.mark.parametrize("kind", ["csv", "txt", "xlsx", "vcard"])
def test_exports_hold_what_may_be_seen_and_are_journaled(
    kind: str, cast: Cast, make: Make, sign_in: SignIn
) -> None:
    from huike.kernel.access.models import FieldLimit
    from huike.kernel.change.models import Entry

    make(Party, cast.alice, name="=Ant", phone="+8613812345678")
    make(Party, cast.carol, name="Zoe")
    role = cast.dora.roles.get()
    FieldLimit.objects.create(role=role, record="customers.party", field="phone", right="masked")
    answer = sign_in("dora").get(f"/customers/party/export/?kind={kind}")
    content = b"".join(answer.streaming_content)
    assert answer.status_code == 200
    assert len(content) > 20
    if kind != "xlsx":
        assert b"Ant" in content
        assert b"Zoe" not in content
        assert b"12345678" not in content
    if kind == "csv":
        assert b"'=Ant" in content
    entry = Entry.objects.get(kind="export")
    assert entry.fields["rows"] == [None, 1]
    assert sign_in("bob").get(f"/customers/party/export/?kind={kind}").status_code == 403


def test_an_export_of_chosen_rows_holds_those(cast: Cast, make: Make, sign_in: SignIn) -> None:
    rows = [make(Order, cast.alice) for _ in range(3)]
    given = {"kind": "csv", "key": [rows[0].pk], "view": "sort=number"}
    answer = sign_in("dora").post("/trade/order/export/", given)
    assert b"".join(answer.streaming_content).count(b"\r\n") == 2


def test_the_catalogue_names_only_what_may_be_asked(
    cast: Cast, make: Make, sign_in: SignIn
) -> None:
    from huike.kernel.access.models import FieldLimit

    role = cast.dora.roles.get()
    FieldLimit.objects.create(role=role, record="customers.party", field="phone", right="masked")
    answer = sign_in("dora").get("/trade/order/catalogue/").json()
    names = {field["name"] for group in answer["groups"] for field in group["fields"]}
    assert {"total", "party__name"} <= names
    assert "party__phone" not in names


def test_rows_come_page_by_page(cast: Cast, make: Make, sign_in: SignIn) -> None:
    import re

    for _ in range(30):
        make(Party, cast.alice)
    client = sign_in("dora")
    html = client.get("/customers/party/?size=25").content.decode()
    more = re.search(r'hx-get="(/customers/party/rows/[^"]+)"', html)
    assert more is not None
    rest = client.get(more[1].replace("&amp;", "&")).content.decode()
    assert html.count("data-pk=") + rest.count("data-pk=") == 30


def test_a_list_is_drawn_by_any_field_and_each_bar_leads_to_its_rows(
    cast: Cast, make: Make, sign_in: SignIn
) -> None:
    for level in ("vip", "vip", "small"):
        make(Party, cast.alice, level=level)
    make(Party, cast.carol, level="vip")
    answer = sign_in("alice").get("/customers/party/?face=chart&by=level")
    spec = json.loads(
        answer.content.decode().split('<script type="application/json">')[1].split("</script>")[0]
    )
    bars = dict(zip(spec["labels"], spec["series"][0]["values"], strict=True))
    assert sorted(bars.values()) == [1, 2]
    assert sum(bars.values()) == 3
    for label, href in zip(spec["labels"], spec["series"][0]["hrefs"], strict=True):
        shown = sign_in("alice").get(f"/customers/party/{href}")
        assert shown.content.count(b"data-pk=") == bars[label]
