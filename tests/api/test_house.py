"""Idempotency, lines of orders, verbs, files, search, groups, jobs and docs."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator

from huike.api.docs import as_yaml
from huike.api.models import KeptAnswer
from huike.api.openapi.document import description
from huike.catalog.models import Product
from huike.channels.models import Interaction
from huike.customers.models import Party
from huike.kernel.access.models import FieldLimit
from huike.kernel.entity.entity import entities
from huike.kernel.files import StoredFile
from huike.kernel.jobs.models import Job
from huike.office.models import Task
from huike.trade.actions import set_lines
from huike.trade.models import Order, OrderLine
from tests.api.conftest import Api, CallerOf, rows, told, url
from tests.cast import SYSTEM, Cast, Make, name_field

PARTIES, ORDERS = "/api/v1/customers/party/", "/api/v1/trade/order/"
SNAPSHOT = Path(__file__).parent / "openapi.yaml"


def test_the_same_request_is_done_once(cast: Cast, api: CallerOf) -> None:
    mona, body = api("mona"), {"name": "Once"}
    first = mona.post(PARTIES, body, Idempotency_Key="k1")
    again = mona.post(PARTIES, body, Idempotency_Key="k1")
    assert told(first, 201) == told(again, 201)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["Location"] == first.headers["Location"]
    assert Party.objects.filter(name="Once").count() == 1
    assert mona.post(PARTIES, {"name": "Other"}, Idempotency_Key="k1").status_code == 422
    assert api("dora").post(PARTIES, {"name": "Once"}, Idempotency_Key="k1").status_code == 201
    KeptAnswer.objects.update(at=timezone.now() - timezone.timedelta(hours=25))
    assert mona.post(PARTIES, body, Idempotency_Key="k1").status_code == 201
    assert Party.objects.filter(name="Once").count() == 3


def test_what_failed_is_not_kept(cast: Cast, api: CallerOf) -> None:
    mona = api("mona")
    assert mona.post(PARTIES, {"name": ""}, Idempotency_Key="k1").status_code == 422
    assert not KeptAnswer.objects.exists()
    assert mona.post(PARTIES, {"name": "Now"}, Idempotency_Key="k1").status_code == 201
    assert mona.post(PARTIES, {"name": "Now"}, Idempotency_Key="a b").status_code == 400


def test_orders_are_read_and_written_with_their_lines(
    cast: Cast, api: CallerOf, make: Make
) -> None:
    party, product, dora = make(Party, cast.alice), make(Product), api("dora")
    line = {"product": product.pk, "quantity": "2", "price": "9.5", "cost": "3"}
    body = {"party": party.pk, "on": "2026-11-22T10:00:00+08:00", "state": "open", "lines": [line]}
    made = dora.post(ORDERS, body)
    order = told(made, 201)
    assert (order["total"], order["lines_count"]) == ("19.00", 1)
    assert order["lines"][0]["product_text"] == str(product)
    assert made.headers["ETag"] == f'"{order["version"]}"'
    kept = {"id": order["lines"][0]["id"], "quantity": 3}
    patch = {"lines": [kept, {"text": "Wash", "price": 10}], "version": order["version"]}
    changed = told(dora.patch(f"{ORDERS}{order['id']}/", patch))
    assert [one["amount"] for one in changed["lines"]] == ["28.50", "10.00"]
    assert changed["total"] == "38.50"
    assert changed["version"] == order["version"] + 1
    assert dora.patch(f"{ORDERS}{order['id']}/", patch).status_code == 409
    wrong = {"lines": [{"id": 987654, "amount": 3, "product": 987654, "quantity": "x"}, 7]}
    assert list(told(dora.patch(f"{ORDERS}{order['id']}/", wrong), 422)["errors"]) == ["lines"]
    wrong["lines"].pop()
    errors = told(dora.patch(f"{ORDERS}{order['id']}/", wrong), 422)["errors"]
    assert errors.keys() == {f"lines.0.{name}" for name in ("id", "amount", "product", "quantity")}
    assert OrderLine.objects.filter(order=order["id"]).count() == 2
    one = rows(dora.get(f"{ORDERS}?fields=number,lines"))[0]
    assert one.keys() == {"id", "version", "number", "lines"}


def test_a_hidden_cost_of_lines_shows_nowhere_and_survives(
    cast: Cast, api: CallerOf, make: Make
) -> None:
    order = make(Order, cast.alice, state="open")
    line = OrderLine(order=order, quantity=Decimal(1), price=Decimal(5), cost=Decimal(3))
    set_lines(SYSTEM, order, [line])
    role = cast.dora.roles.get()
    FieldLimit.objects.create(role=role, record="trade.order", field="lines.cost", right="hidden")
    dora = api("dora")
    seen = told(dora.get(f"{ORDERS}{order.pk}/"))["lines"][0]
    assert "cost" not in seen
    body = {"lines": [{"id": seen["id"], "quantity": 2}]}
    assert dora.patch(f"{ORDERS}{order.pk}/", body).status_code == 200
    assert OrderLine.objects.get(order=order).cost == 3
    FieldLimit.objects.create(role=role, record="trade.order", field="lines", right="hidden")
    assert "lines" not in told(dora.get(f"{ORDERS}{order.pk}/"))
    assert dora.patch(f"{ORDERS}{order.pk}/", {"lines": []}).status_code == 422


def test_verbs(cast: Cast, api: CallerOf, make: Make) -> None:
    task, at = make(Task, cast.alice, state="open"), "/api/v1/office/task/"
    assert api("bob").post(f"{at}{task.pk}/finish/").status_code == 403
    assert api("carol").post(f"{at}{task.pk}/finish/").status_code == 404
    dora = api("dora")
    assert dora.post(f"{at}{task.pk}/finish/", {"x": 1}).status_code == 422
    assert told(dora.post(f"{at}{task.pk}/finish/"))["state"] == "done"
    assert told(dora.post(f"{at}{task.pk}/finish/"), 409)["code"] == "not_now"


def test_files_hang_on_records_and_fields(cast: Cast, api: CallerOf, make: Make) -> None:
    row = make(Party, cast.alice)
    dora, carol = api("dora"), api("carol")

    def send(caller: Api, path: str, name: str = "a.txt") -> Any:
        upload = SimpleUploadedFile(name, b"hello")
        return caller.client.post(path, {"file": upload}, headers=caller.headers)

    done = told(send(dora, f"{PARTIES}{row.pk}/files/"), 201)
    assert [one["name"] for one in rows(dora.get(f"{PARTIES}{row.pk}/files/"))] == ["a.txt"]
    answer = dora.client.get(done["url"], headers=dora.headers)
    assert b"".join(answer.streaming_content) == b"hello"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert carol.get(done["url"]).status_code == 404
    assert send(carol, f"{PARTIES}{row.pk}/files/").status_code == 404
    assert send(api("bob"), f"{PARTIES}{row.pk}/files/").status_code == 403
    assert send(dora, f"{PARTIES}{row.pk}/files/", "a.exe").status_code == 422
    assert dora.post(f"{PARTIES}{row.pk}/files/", {"file": 1}).status_code == 415
    own = told(send(dora, "/api/v1/files/"), 201)
    assert carol.get(own["url"]).status_code == 404
    at = "/api/v1/channels/interaction/"
    stolen = carol.post(at, {"party": make(Party, cast.carol).pk, "file": own["id"]})
    assert list(told(stolen, 422)["errors"]) == ["file"]
    given = told(dora.post(at, {"party": row.pk, "file": own["id"]}), 201)
    assert given["file_text"] == "a.txt"
    stored = StoredFile.objects.get(pk=own["id"])
    assert (stored.record, stored.record_id) == (Interaction.label(), given["id"])
    assert api("alice").client.get(own["url"], headers=api("alice").headers).status_code == 200


def test_search_groups_jobs_and_me(cast: Cast, api: CallerOf, make: Make) -> None:
    row = make(Party, cast.alice, name="Weiqiang Trading", kind="organisation")
    make(Party, cast.carol, name="Weiqiang South", kind="person")
    dora = api("dora")
    assert [hit["id"] for hit in rows(dora.get("/api/v1/search/?q=Weiqiang"))] == [row.pk]
    assert dora.get("/api/v1/search/?q=Wei&record=no/such").status_code == 400
    assert dora.get("/api/v1/search/").status_code == 400
    groups = told(api("mona").get(f"{PARTIES}?group=kind&count=true"))
    assert {(g["value"], g["count"]) for g in groups["groups"]} == {
        ("organisation", 1),
        ("person", 1),
    }
    assert (groups["rows"], groups["count"], groups["count_is_exact"]) == ([], 2, True)
    job = Job.objects.create(name="x", user_id=cast.dora.pk, actor="dora")
    assert told(dora.get(f"/api/v1/jobs/{job.pk}/"))["state"] == "waiting"
    assert api("mona").get(f"/api/v1/jobs/{job.pk}/").status_code == 403
    assert dora.get("/api/v1/jobs/999999/").status_code == 404
    assert dora.delete(f"/api/v1/jobs/{job.pk}/").status_code == 204
    me = told(dora.get("/api/v1/me/"))
    assert (me["username"], me["token"]["scopes"]) == ("dora", ["*:write"])


def test_the_description_is_the_one_that_was_committed() -> None:
    now = description("en")
    assert now["openapi"].startswith("3.1")
    ids = [o["operationId"] for methods in now["paths"].values() for o in methods.values()]
    assert len(ids) == len(set(ids))
    if json.loads(json.dumps(now)) != snapshot():
        SNAPSHOT.with_suffix(".new.yaml").write_text(as_yaml(now), "utf8")
        pytest.fail("the API's description changed: if it is meant, openapi.new.yaml replaces it")


@pytest.mark.long  # eleven seconds for a megabyte
def test_the_committed_description_is_valid() -> None:
    committed = snapshot()
    validate_schema(committed)
    for schema in committed["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def snapshot() -> Any:
    """Return the committed description; libyaml reads it five times as fast."""
    return yaml.load(SNAPSHOT.read_text("utf8"), Loader=yaml.CSafeLoader)


def test_no_verb_is_called_like_an_address() -> None:
    for entity in entities():
        assert not {v.name for v in entity.verbs} & {"restore", "history", "files", "bulk"}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_of_docs_needs_no_other_host(db: None, language: str) -> None:
    answer = Client().get("/api/docs/", headers={"Accept-Language": language})
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "/api/v1/trade/order/{id}/" in text
    assert "<script>" not in text
    assert 'src="http' not in text
    assert 'href="http' not in text
    assert ("快速开始" in text) == (language == "zh-hans")
    assert Client().get("/api/schema/").json()["openapi"].startswith("3.1")


def test_links_out_of_sight_are_covered(cast: Cast, api: CallerOf, make: Make) -> None:
    party = make(Party, cast.alice, name="Unseen")
    order = make(Order, cast.carol, party=party)
    seen = told(api("carol").get(url(next(e for e in entities() if e.model is Order), order.pk)))
    assert (seen["party"], seen["party_text"]) == (None, "···")
    assert name_field(next(e for e in entities() if e.model is Order))
