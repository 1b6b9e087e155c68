"""Layouts arranged without any script, chosen by whom they are for, and rules told to a form."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import translation

from huike.customers.models import Party
from huike.kernel.access.models import Role
from huike.kernel.entity.defining import add_field
from huike.kernel.entity.entity import entity_of
from huike.kernel.layouts import editing
from huike.kernel.layouts.choosing import chosen
from huike.kernel.layouts.models import Layout
from huike.kernel.layouts.rules import set_rule
from huike.kernel.records.undo import undo
from huike.kernel.search.find import search_condition
from tests.cast import Cast, Make
from tests.contract.people import browser, words_of

LABEL = "customers.party"
HERE = "/settings/layouts/customers/party/"


def _post_of(page: str) -> dict[str, list[str]]:
    """Return what a browser would send of the arrangement's form."""
    form = page[page.index('id="arrange"') : page.index('class="form-foot sticky-foot"')]
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name = re.search(r'name="([^"]*)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if name and ("checkbox" not in tag or " checked" in tag):
            found.setdefault(name[1], []).append(html.unescape(value[1]) if value else "")
    return found


def test_a_layout_is_arranged_with_buttons_alone(cast: Cast, make: Make) -> None:
    root = browser(cast, "root")
    role = Role.objects.get(name="alice")
    made = root.post(HERE, {"name": "销售", "audience": "role", "role": role.pk})
    layout = Layout.objects.get()
    here = f"{HERE}{layout.pk}/"
    assert made.headers["Location"] == here
    page = root.get(here).content.decode()
    for do in ("add:", "hide:f:postcode", "up:f:phone", "down:s:0"):
        page = root.post(here, {**_post_of(page), "do": do}).content.decode()
    assert not Layout.objects.get().hidden, "nothing is kept before it is saved"
    given = _post_of(page) | {"audience": ["role"], "role": [str(role.pk)]}
    assert "Preview" in root.post(f"{here}preview/", given).content.decode()
    assert root.post(here, given).status_code == 302
    layout.refresh_from_db()
    assert "postcode" in layout.hidden
    titles = [part["title"] for part in layout.sections]
    assert (titles[1], titles[-1]) == ("Basics", "New section")
    assert layout.sections[1]["fields"][-1] == "phone"
    row = make(Party, cast.alice, name="王小明", postcode="510000")
    seen, other = (browser(cast, n).get(f"/customers/party/{row.pk}/") for n in ("alice", "bob"))
    assert "510000" not in seen.content.decode()
    assert "510000" in other.content.decode()
    page = browser(cast, "alice").get(f"/customers/party/{row.pk}/edit/").content.decode()
    assert 'name="seen.postcode"' not in page
    browser(cast, "alice").post(f"/customers/party/{row.pk}/layout/", {"layout": "product"})
    again = browser(cast, "alice").get(f"/customers/party/{row.pk}/").content.decode()
    assert "510000" in again


def test_the_nearest_layout_is_shown_where_its_condition_holds(cast: Cast, make: Make) -> None:
    root, alice = cast.actor("root"), cast.actor("alice")
    row = make(Party, cast.alice)
    firm = make(Party, cast.alice, kind="organisation")
    entity = entity_of(Party)
    section = [{"title": "一", "fields": ["name"]}]

    def seen(one: Party) -> str:
        layout = chosen(alice, entity, entity.fields(alice), one).layout
        return layout.name if layout else ""

    assert seen(row) == ""
    given: dict[str, Any] = {"sections": section, "name": "标准"}
    editing.add_layout(root, LABEL, given)
    assert seen(row) == "标准"
    role = Role.objects.get(name="alice")
    when = ["kind", "is", "organisation"]
    more = {"name": "角色", "audience": "role", "role_id": role.pk, "when": when}
    editing.add_layout(root, LABEL, given | more)
    assert (seen(row), seen(firm)) == ("标准", "角色")
    mine = editing.add_layout(alice, LABEL, given | {"name": "我的", "audience": "personal"})
    assert (seen(row), seen(firm)) == ("我的", "我的")
    with pytest.raises(PermissionDenied):
        editing.add_layout(alice, LABEL, given)
    with pytest.raises(PermissionDenied):
        editing.edit_layout(root, mine, {"name": "x"})


def test_a_required_field_can_t_be_left_out_and_new_ones_come_last(cast: Cast) -> None:
    root, entity = cast.actor("root"), entity_of(Party)
    with pytest.raises(ValidationError):
        editing.add_layout(root, LABEL, {"name": "x", "sections": [{"title": "一", "fields": []}]})
    layout = editing.add_layout(
        root, LABEL, {"name": "x", "sections": [{"title": "一", "fields": ["name"]}], "hidden": []}
    )
    add_field(root, LABEL, {"label": "新", "name": "fresh", "kind": "text", "required": True})
    shape = editing.shape_for_editing(root, layout)
    assert "extra.fresh" in shape.parts[-1].fields
    for bad in (
        [{"title": "", "fields": ["name"]}],
        [{"title": "一", "fields": ["name"]}, {"title": "二", "fields": ["name"]}],
        [{"title": "一", "fields": ["name", "nothing"]}],
    ):
        with pytest.raises(ValidationError):
            editing.edit_layout(root, layout, {"sections": bad})
    assert entity.fields(root)["extra.fresh"].required


def test_a_form_is_told_what_its_rules_say(cast: Cast) -> None:
    when = ["kind", "is", "organisation"]
    set_rule(cast.actor("root"), LABEL, "industry", when, True)
    client = browser(cast, "alice")
    told = client.post("/customers/party/rules/", {"seen.kind": "", "kind": "organisation"}).json()
    assert (told["hidden"], told["required"]) == ([], ["industry"])
    told = client.post("/customers/party/rules/", {"seen.kind": "", "kind": "person"}).json()
    assert (told["hidden"], told["required"]) == (["industry"], [])
    wrong = client.post(
        "/customers/party/quick/",
        {"seen.name": "", "name": "甲", "seen.kind": "", "kind": "organisation"},
    )
    assert wrong.status_code == 422
    assert 'name="industry"' in wrong.content.decode(), "the box asks for what was missing"


def test_a_rule_is_made_on_screen(cast: Cast) -> None:
    root = browser(cast, "root")
    given = {"shown.name": ["kind", ""], "shown.op": ["is", "is"], "shown.value": ["个人", ""]}
    given["shown.value"][0] = "person"
    here = f"{HERE}rule/family/"
    assert root.post(here, {**given, "always": "1"}).status_code == 302
    page = root.get(here).content.decode()
    assert "person" in page
    assert root.get(HERE).content.decode().count("rule/family/") == 2


def test_a_field_of_one_record_alone(cast: Cast, make: Make, client: Client) -> None:
    """Added on the page, told in history, file and API, found, and taken back."""
    row = make(Party, cast.alice, name="王小明")
    alice, here = browser(cast, "alice"), f"/customers/party/{row.pk}/"
    for label, kind, value in (("停车位", "text", "负二层88号"), ("赠品", "money", "1280")):
        assert alice.post(f"{here}own/", {"label": label, "kind": kind, "value": value}).status_code
    wrong = alice.post(f"{here}own/", {"label": "日期", "kind": "date", "value": "不知"})
    assert wrong.status_code == 422
    page = alice.get(here).content.decode()
    assert "停车位" in page
    assert "1,280.00" in page
    assert "停车位" in alice.get(f"{here}history/").content.decode()
    columns = "columns=name,extra._own"
    assert "停车位 (text): 负二层88号" in words_of(
        alice.get(f"/customers/party/export/?kind=csv&{columns}")
    )
    actor, entity = cast.actor("alice"), entity_of(Party)
    assert Party.objects.filter(search_condition(actor, entity, "负二层88号")).exists()
    with translation.override("en"):
        page = alice.post(f"{here}own/0/", {"label": "停车位", "kind": "text", "value": "一层"})
    assert Party.objects.get().extra["_own"][0]["value"] == "一层"
    alice.post(f"{here}own/0/", {"remove": "1"})
    assert [one["label"] for one in Party.objects.get().extra["_own"]] == ["赠品"]
    from huike.kernel.change.models import Change

    undo(actor, Change.objects.order_by("-pk")[0].group)
    assert [one["label"] for one in Party.objects.get().extra["_own"]] == ["停车位", "赠品"]
    assert browser(cast, "bob").post(f"{here}own/", {"label": "x"}).status_code == 403
