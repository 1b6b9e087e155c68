"""Packs, layouts and rules of fields by API: done by who may, wrong ones refused."""

from __future__ import annotations

from typing import Any

import pytest

from huike.kernel.entity.custom import CustomField
from huike.kernel.layouts.models import FieldRule, Layout
from huike.kernel.packs.models import AppliedPack
from tests.api.conftest import CallerOf, told
from tests.cast import Cast

PARTY = "customers.party"


def test_a_pack_is_listed_read_applied_and_taken_back(cast: Cast, api: CallerOf) -> None:
    root = api("root")
    assert {"hotel", "car_dealer"} <= {p["name"] for p in told(root.get("/api/v1/packs/"))["rows"]}
    at = "/api/v1/packs/hotel/"
    steps = told(root.get(at))["steps"]
    assert {one["what"] for one in steps} == {"make"}
    done = told(root.post(at, {"sample": False}, Idempotency_Key="hotel"))
    assert told(root.post(at, {"sample": False}, Idempotency_Key="hotel")) == done
    assert done["counts"]["make"] == len(steps)
    assert told(root.get(at))["applied"] == AppliedPack.objects.get().version
    assert CustomField.objects.filter(record=PARTY).exists()
    assert told(root.delete(at))["kept"] == []
    assert not CustomField.objects.filter(record=PARTY).exists()
    assert root.delete(at).status_code == 404
    assert root.get("/api/v1/packs/nothing/").status_code == 404
    assert root.post(at, {"sample": "yes"}).status_code == 422
    for caller in (api("mona"), api("root", scopes=["customers/party:write"])):
        assert caller.get("/api/v1/packs/").status_code == 403
        assert caller.post(at, {}).status_code == 403


def test_layouts_are_made_changed_and_taken_away_by_whose_they_are(
    cast: Cast, api: CallerOf
) -> None:
    root, alice = api("root"), api("alice")
    sections = [{"title": "一", "fields": ["name", "phone"], "columns": 1}]
    all_ = told(root.post("/api/v1/layouts/", _layout("all", sections=sections)), 201)
    own = told(alice.post("/api/v1/layouts/", _layout("personal")), 201)
    assert all_["sections"] == sections
    assert alice.post("/api/v1/layouts/", _layout("all")).status_code == 403
    at = "/api/v1/layouts/?record=customers/party"
    assert {row["id"] for row in told(alice.get(at))["rows"]} == {all_["id"], own["id"]}
    assert {row["id"] for row in told(root.get(at))["rows"]} == {all_["id"]}
    row = f"/api/v1/layouts/{own['id']}/"
    assert told(alice.patch(row, {"name": "我的"}))["name"] == "我的"
    assert api("bob").patch(row, {"name": "x"}).status_code == 404
    assert alice.patch(f"/api/v1/layouts/{all_['id']}/", {"name": "x"}).status_code == 403
    assert alice.delete(row).status_code == 204
    assert not Layout.objects.filter(pk=own["id"]).exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"record": "nothing.here"},
        {"sections": "x"},
        {"sections": [{"title": "一", "fields": [1]}]},
        {"sections": [{"title": "一", "fields": ["nothing"]}]},
        {"role": 10**9},
        {"audience": "nobody"},
        {"when": ["name", "what", 1]},
        {"position": True},
        {"colour": "red"},
    ],
)
def test_wrong_layouts_are_refused(cast: Cast, api: CallerOf, wrong: dict[str, Any]) -> None:
    assert api("root").post("/api/v1/layouts/", _layout("all") | wrong).status_code == 422
    assert not Layout.objects.exists()


def test_rules_of_fields_are_set_and_taken_away(cast: Cast, api: CallerOf) -> None:
    root, at = api("root"), "/api/v1/rules/"
    asked = {"record": PARTY, "field": "phone", "required": ["kind", "is", "person"]}
    rule = told(root.post(at, asked))
    assert rule["required"] == ["kind", "is", "person"]
    assert told(root.get(f"{at}?record=customers/party"))["rows"] == [rule]
    assert root.post(at, {**asked, "field": "nothing"}).status_code == 422
    assert root.post(at, {**asked, "required": ["phone", "empty", None]}).status_code == 422
    assert api("mona").post(at, asked).status_code == 403
    root.post(at, {"record": PARTY, "field": "phone"})
    assert told(root.get(at))["rows"] == []
    assert FieldRule.objects.get().removed_at is not None


def _layout(audience: str, **more: Any) -> dict[str, Any]:
    return {"record": PARTY, "name": "简版", "audience": audience, **more}
