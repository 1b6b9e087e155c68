"""Web-hooks against a real server: signed, as far as the owner sees, again until it is taken."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import override

from huike.api.hooks import actions, jobs
from huike.api.hooks.models import Delivery, Hook
from huike.api.hooks.posting import secret
from huike.customers.models import Party
from huike.kernel.change.work import change
from huike.kernel.jobs.models import Job, State
from huike.kernel.records.verbs import bin_, store
from tests.api.conftest import CallerOf
from tests.cast import Cast, Make


class Heard(HTTPServer):
    """A program outside: keeps what it was sent, and answers as it is told to."""

    said: list[tuple[dict[str, str], bytes]]
    status = 200

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _headers, body in self.said]


class _Handler(BaseHTTPRequestHandler):
    server: Heard

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.said.append((dict(self.headers), body))
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(b"thank you")

    def log_message(self, *words: object) -> None:
        pass


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> Iterator[Heard]:
    monkeypatch.setenv("HUIKE_HOOKS_INSIDE", "127.0.0.0/8")
    server = Heard(("127.0.0.1", 0), _Handler)
    server.said = []
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def hook(outside: Heard, make: Make, cast: Cast) -> Hook:
    address = f"http://127.0.0.1:{outside.server_port}/in?x=1"
    made = make(Hook, cast.alice, address=address, records="customers/party")
    assert isinstance(made, Hook)
    Job.objects.all().delete()
    return made


def work_off() -> int:
    """Do what waits and is due, as a worker would; return how many jobs that were."""
    done = 0
    while (
        job := Job.objects.filter(
            name__startswith="hooks.", state=State.WAITING, run_at__lte=timezone.now()
        )
        .order_by("pk")
        .first()
    ):
        getattr(jobs, job.name.removeprefix("hooks."))(None, **job.arguments)
        Job.objects.filter(pk=job.pk).update(state=State.DONE)
        done += 1
    return done


def test_a_change_is_told_signed_and_as_far_as_the_owner_sees(
    hook: Hook, outside: Heard, cast: Cast, make: Make
) -> None:
    with change(cast.actor("mona"), "test.two"):
        mine = store(cast.actor("mona"), Party(name="Mine", owner=cast.alice))
        store(cast.actor("mona"), Party(name="Carol's", owner=cast.carol))
    work_off()
    ((headers, body),) = outside.said
    given = dict(part.split("=", 1) for part in headers["Huike-Signature"].split(","))
    signed = f"{given['t']}.".encode() + body
    told = hmac.new(secret(hook).encode(), signed, hashlib.sha256).hexdigest()
    assert told == given["v1"]
    (event,) = json.loads(body)["events"]
    assert (event["event"], event["id"]) == ("customers/party.create", mine.pk)
    assert event["data"]["name"] == "Mine"
    assert Delivery.objects.get().state == Delivery.State.DELIVERED
    assert b"Carol" not in body


def test_what_is_not_taken_is_tried_again_and_can_be_sent_again(
    hook: Hook, outside: Heard, cast: Cast
) -> None:
    outside.status = 503
    row = store(cast.actor("alice"), Party(name="Ant", owner=cast.alice))
    work_off()
    message = Delivery.objects.get()
    assert (message.state, message.status, message.attempts) == ("retrying", 503, 1)
    assert message.answer == "thank you"
    later = Job.objects.get(name="hooks.send", state=State.WAITING)
    assert later.run_at > timezone.now() + jobs.PAUSE / 2
    for _ in range(jobs.TRIES):
        jobs.send(None, delivery=message.pk)  # type: ignore[arg-type]
    message.refresh_from_db()
    assert message.state == Delivery.State.GIVEN_UP
    outside.status = 204
    row.name = "Bee"
    store(cast.actor("alice"), row)
    outside.said.clear()
    Job.objects.all().delete()
    actions.replay(cast.actor("alice"), hook)
    work_off()
    assert [one["events"][0]["data"]["name"] for one in outside.bodies] == ["Bee"]
    with override("en"), pytest.raises(ValidationError, match="There is no such message"):
        actions.replay(cast.actor("alice"), hook)


def test_many_records_come_in_messages_of_a_hundred(hook: Hook, outside: Heard, cast: Cast) -> None:
    with change(cast.actor("alice"), "test.many"):
        for n in range(101):
            Party(name=f"P{n}", owner=cast.alice).save()
    work_off()
    assert [len(body["events"]) for body in outside.bodies] == [100, 1]


def test_only_what_was_asked_for_is_told(hook: Hook, outside: Heard, cast: Cast) -> None:
    alice = cast.actor("alice")
    hook.on_edit = False
    store(alice, hook)
    row = store(alice, Party(name="Ant", owner=cast.alice))
    row.name = "Bee"
    store(alice, row)
    bin_(cast.actor("mona"), row)
    work_off()
    told = [event["event"] for body in outside.bodies for event in body["events"]]
    assert told == ["customers/party.create", "customers/party.bin"]
    assert [e["data"] for body in outside.bodies for e in body["events"]] == [None, None]


def test_work_given_up_is_not_told(hook: Hook, cast: Cast) -> None:
    def fails() -> None:
        with change(cast.actor("alice"), "test.fails"):
            Party(name="Never", owner=cast.alice).save()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert not Job.objects.filter(name="hooks.tell").exists()


def test_addresses_inside_are_not_asked(
    hook: Hook, outside: Heard, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HUIKE_HOOKS_INSIDE")
    store(cast.actor("alice"), Party(name="Ant", owner=cast.alice))
    work_off()
    assert outside.said == []
    assert "lies inside the network" in Delivery.objects.get().answer


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"records": "customers/nobody"}, "records"),
        ({"records": " "}, "records"),
        ({"address": "ftp://x.example/"}, "address"),
    ],
)
def test_a_wrong_hook_is_refused(
    given: dict[str, str], field: str, api: CallerOf, cast: Cast
) -> None:
    wrong = {"name": "x", "address": "https://x.example/", **given}
    answer = api("mona").post("/api/v1/hooks/hook/", wrong)
    assert answer.status_code == 422, answer.content
    assert field in json.loads(answer.content)["errors"]
