"""Pivots by mail, to a real server: when they are due, what each recipient gets, never twice."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import Message
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from aiosmtpd.controller import Controller
from django.conf import LazySettings
from django.utils import timezone

from huike.analytics.pivot import mailing as mails
from huike.analytics.pivot.definition import Definition
from huike.analytics.pivot.entities import when
from huike.analytics.pivot.models import Mailing, Pivot, Sent
from huike.analytics.runs.loading import load
from huike.catalog.models import Product
from huike.customers.models import Party
from huike.kernel.access.models import Grant
from huike.kernel.change.work import change
from huike.kernel.jobs import claims, heartbeat
from huike.kernel.jobs.execute import execute
from huike.kernel.jobs.models import Job
from huike.kernel.jobs.queue import enqueue
from huike.kernel.mail import Mail, NotAccepted, Unsure, send, settings_from
from huike.kernel.records import raw
from tests.analytics.conftest import buy
from tests.cast import SYSTEM, Cast

LONG = timedelta(hours=10)


class Post:
    """Takes mails as a server does; refuses whom it is told to, or drops the line."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, Message]] = []
        self.refused: set[str] = set()
        self.drops = False

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address in self.refused:
            return "550 nobody here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.taken += [(to, message_from_bytes(envelope.content)) for to in envelope.rcpt_tos]
        if self.drops:
            server.transport.close()
        return "250 OK"

    @property
    def to(self) -> list[str]:
        return sorted(to for to, _message in self.taken)


@pytest.fixture
def post(settings: LazySettings) -> Iterator[Post]:
    """A mail server of its own, and the product set to it."""
    taking = Post()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(taking, hostname="127.0.0.1", port=port)
    server.start()
    for name, value in settings_from(f"smtp://127.0.0.1:{port}", "huike@firm.cn").items():
        setattr(settings, name, value)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    yield taking
    server.stop()


@pytest.fixture
def weekly(
    cast: Cast, tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> Mailing:
    """Mona shares a pivot and mails it to Alice, Carol, Bob (who has no address) and herself."""
    settings.HOME = tmp_path
    monkeypatch.setattr(heartbeat, "BEAT", timedelta(hours=1))
    for name in ("alice", "carol", "mona"):
        user = cast.users[name]
        user.email, user.language = f"{name}@firm.cn", "en"
        user.save()
    with change(SYSTEM, "test.sold"):
        product = Product(code="OIL", name="机油")
        product.save()
        for name, days, amount in (("alice", [10, 40, 80], 100), ("carol", [20, 30], 250)):
            owner = cast.users[name]
            party = Party(name=f"客户 {name}", owner=owner, department=owner.department)
            party.save()
            buy(party, product, days, amount)
        shape = Definition(rows=("customer.customer",), columns=(), measures=("revenue", "orders"))
        pivot = Pivot(name="客户销售", is_shared=True, owner=cast.mona, definition=shape.written())
        pivot.save()
        row = Mailing(name="周报", pivot=pivot, owner=cast.mona, rhythm="daily", hour=0)
        row.save()
        row.recipients.set([cast.users[n] for n in ("alice", "carol", "bob", "mona")])
    load()
    return row


def go(mailing: Mailing, moment: datetime) -> Job:
    """Queue the sending of one moment, and carry it out as a worker does."""
    asked = enqueue(SYSTEM, "analytics.mail_pivot", None, mailing=mailing.pk,
                    moment=moment.isoformat())  # fmt: skip
    job = claims.claim("test", lease=LONG)
    assert job is not None
    execute(job, lease=LONG)
    return Job.objects.get(pk=asked.pk)


def states(mailing: Mailing) -> dict[str, str]:
    return {sent.recipient.username: sent.state for sent in mailing.sent.all()}


def parts(post: Post, to: str) -> tuple[str, list[list[Any]] | None]:
    """Return the HTML of a mail, and the rows of its spreadsheet."""
    message = next(m for address, m in post.taken if address == to)
    told, rows = "", None
    for part in message.walk():
        content = part.get_payload(decode=True)
        if part.get_content_type() == "text/html":
            assert isinstance(content, bytes)
            told = content.decode()
        if part.get_filename():
            assert isinstance(content, bytes)
            sheet = openpyxl.load_workbook(BytesIO(content)).active
            rows = [[cell.value for cell in row] for row in sheet.rows]
    return told, rows


@pytest.mark.long
def test_each_gets_the_own_figures_and_nobody_gets_them_twice(
    weekly: Mailing, post: Post, cast: Cast
) -> None:
    Grant.objects.filter(role__users=cast.carol, op="export").delete()
    now = timezone.now()
    assert go(weekly, now).state == "done"
    assert states(weekly) == {"alice": "sent", "carol": "sent", "mona": "sent", "bob": "skipped"}
    assert post.to == ["alice@firm.cn", "carol@firm.cn", "mona@firm.cn"]
    told, rows = parts(post, "alice@firm.cn")
    assert "客户 alice" in told
    assert "300" in told
    assert "carol" not in told
    assert rows is not None
    assert ["客户 alice", 300, 3] in rows
    assert "carol" not in str(rows)
    told, rows = parts(post, "carol@firm.cn")
    assert "500" in told
    assert rows is None  # who may not take files away gets the table alone
    told, _rows = parts(post, "mona@firm.cn")
    assert "客户 alice" in told
    assert "客户 carol" in told
    assert go(weekly, now).state == "done"
    assert len(post.taken) == 3


@pytest.mark.long
def test_the_refused_are_tried_again_and_the_others_are_left_in_peace(
    weekly: Mailing, post: Post
) -> None:
    post.refused = {"carol@firm.cn"}
    now = timezone.now()
    assert go(weekly, now).state == "waiting"  # to be tried again by itself
    assert states(weekly)["carol"] == "failed"
    assert "nobody here" in weekly.sent.get(state="failed").problem
    post.refused = set()
    Job.objects.all().delete()
    assert go(weekly, now).state == "done"
    assert post.to == ["alice@firm.cn", "carol@firm.cn", "mona@firm.cn"]


def test_what_may_have_arrived_is_not_sent_again(weekly: Mailing, post: Post, cast: Cast) -> None:
    now = timezone.now()
    with change(SYSTEM, "test.killed"):  # a worker was killed while it sent to Alice
        Sent(mailing=weekly, recipient=cast.alice, due_at=now, state="sending").save()
    go(weekly, now)
    assert states(weekly)["alice"] == "unsure"
    assert post.to == ["carol@firm.cn", "mona@firm.cn"]
    post.drops = True
    with pytest.raises(Unsure):
        send(Mail("x@firm.cn", "s", "t"))
    assert "x@firm.cn" in post.to


def test_a_pivot_that_is_not_theirs_is_left_out(weekly: Mailing, post: Post, cast: Cast) -> None:
    with change(SYSTEM, "test.unshare"):
        weekly.pivot.is_shared = False
        weekly.pivot.save()
    go(weekly, timezone.now())
    assert states(weekly)["alice"] == "skipped"
    assert "alice@firm.cn" not in post.to


def test_the_clock_queues_once_what_is_due(weekly: Mailing, post: Post) -> None:
    class Work:
        actor = SYSTEM

    def waiting() -> int:
        return Job.objects.filter(name="analytics.mail_pivot").count()

    mails.clock(Work())  # type: ignore[arg-type]
    assert waiting() == 0  # made after the hour had struck: due the next time
    weekly.created_at = timezone.now() - timedelta(days=9)
    weekly.hour = timezone.localtime().hour
    raw.update(Mailing, [weekly], ["created_at", "hour"])
    for _again in range(2):
        mails.clock(Work())  # type: ignore[arg-type]
        assert waiting() == 1
    Job.objects.all().delete()
    weekly.is_on = False
    raw.update(Mailing, [weekly], ["is_on"])
    mails.clock(Work())  # type: ignore[arg-type]
    assert waiting() == 0


def test_when_a_mailing_is_due() -> None:
    now = timezone.make_aware(datetime(2026, 11, 25, 9, 30))  # a Wednesday

    def at(**given: Any) -> str:
        return f"{mails.due(Mailing(hour=8, **given), now):%m-%d %H:%M}"

    assert at(rhythm="daily") == "11-25 08:00"
    assert at(rhythm="weekly", weekday="3") == "11-19 08:00"
    assert at(rhythm="monthly", day=26) == "10-26 08:00"
    assert f"{mails.due(Mailing(hour=10, rhythm='daily'), now):%m-%d}" == "11-24"


def test_without_a_server_it_says_so_and_sends_nothing(settings: LazySettings) -> None:
    settings.EMAIL_HOST = ""
    assert "HUIKE_MAIL" in when()
    with pytest.raises(NotAccepted, match="HUIKE_MAIL"):
        send(Mail("x@firm.cn", "s", "t"))
    settings.EMAIL_HOST = "127.0.0.1"
    assert "HUIKE_MAIL" not in when()


def test_one_setting_names_the_server() -> None:
    found = settings_from("smtps://li%40firm.cn:p%3Aw@mail.firm.cn")
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == ("mail.firm.cn", 465)
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("li@firm.cn", "p:w")
    assert found["DEFAULT_FROM_EMAIL"] == "li@firm.cn"
    assert settings_from("smtp+tls://mail.firm.cn:2525")["EMAIL_PORT"] == 2525
    for wrong in ("mail.firm.cn", "http://mail.firm.cn", "smtp://host:x"):
        with pytest.raises(ValueError, match="HUIKE_MAIL"):
            settings_from(wrong)
