"""After sealing, the text is in no file: database, freed pages, log, index, journal, export."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from huike.api.models import KeptAnswer
from huike.channels.actions import log_interaction
from huike.channels.models import Interaction
from huike.channels.sealing import clear_notes, seal_notes, write_sealed_note
from huike.customers.models import Party
from huike.kernel import organisations
from huike.kernel.actor import Actor
from huike.kernel.backup.tables import lines, tables
from huike.kernel.change.journal import broken_links
from huike.kernel.change.work import change
from huike.kernel.entity.attachments import hang
from huike.kernel.entity.entity import entity_of
from huike.kernel.exchange.importing.models import BadRow, ImportRun
from huike.kernel.feeds import feeds
from huike.kernel.files import keep
from huike.kernel.jobs.models import Job, State
from huike.kernel.lists.exporting import write_file
from huike.kernel.sealing import contents, opening, readers, scrubbing
from huike.kernel.sealing.arriving import keep_for
from huike.kernel.sealing.fields import REMARK
from huike.kernel.sealing.files.filing import files_with, seal_file, told_of
from huike.kernel.sealing.opening import Opened
from huike.kernel.sealing.scrubbing import scrub_now
from huike.kernel.search.find import find
from huike.staff.models import User
from huike.staff.rights.acting import actor_of
from tests.cast import Cast
from tests.kernel.sealing.conftest import SECRET

MARK = "zqx7sealedmarker"
SECOND = "qwv8writtensealed"
NUMBERS = itertools.count(1)

pytestmark = pytest.mark.once(reason="about SQLite's file; PostgreSQL's heap is told in 0015")


@pytest.fixture
def root(cast: Cast, settings: Any, tmp_path: Path) -> Iterator[Actor]:
    """An administrator of an organisation whose database is a file of its own, in WAL mode."""
    name = f"sealed{next(NUMBERS)}"  # a thread keeps its connections by name
    held = connection.connection.serialize()
    (tmp_path / f"huike-{name}.db").write_bytes(held)
    settings.HOME, settings.MEDIA_ROOT = tmp_path, tmp_path / "files"
    organisations.enter(tmp_path, name, "")
    with organisations.working_for(name):
        yield actor_of(User.objects.get(username="root"))
        connection.close()


def _places(folder: Path, *marks: bytes) -> list[str]:
    """Return which files hold one of the marks, plain or as escaped JSON."""
    found = [p for p in folder.rglob("*") if p.is_file()]
    return sorted(p.name for p in found if any(m in p.read_bytes() for m in marks))


def _attach(root: Actor, party: Party) -> None:
    """Hang files on the customer and on its timeline, the text in their bytes and in a name."""
    note = Interaction.objects.filter(party=party).first()
    assert note is not None
    for row, name in ((party, f"{MARK}.txt"), (note, "x.txt")):
        stored = keep(root, SimpleUploadedFile(name, f"{MARK}".encode() * 9000, "text/plain"))
        hang(stored, row)


def _fill(root: Actor) -> Party:
    """Leave the text in every place that it gets to before anybody thinks of sealing it."""
    with change(root, "test.fill"):
        party = Party(name="张三", about=f"秘密 {MARK}", preferences=MARK)
        party.save()
    with change(root, "test.edit"):
        party.about = f"{MARK} 第二稿 " + "长" * 3000
        party.save()
        Interaction(party=party, subject="谈话", body=f"他说 {MARK}").save()
    Job.objects.create(name="x", actor="root", arguments={"given": MARK}, state=State.DONE)
    run = ImportRun.objects.create(recipe="x", file_name="x", digest="x", actor="root")
    BadRow.objects.create(run=run, line=1, cells=["张三", MARK], reason="x")
    user = User.objects.get(username="root")
    KeptAnswer.objects.create(user=user, key="k", request="r", body={"about": MARK})
    _attach(root, party)
    return party


def _seal(root: Actor, opened: Opened, party: Party) -> Party:
    sealed: Party = contents.seal(root, opened, party, ["about", "preferences"])
    assert seal_notes(root, opened, clear_notes(root, party)) == 1
    found = files_with(root, sealed)
    assert len(found) == 2
    for stored in found:
        seal_file(root, opened, sealed, stored)
    write_sealed_note(root, opened, party, f"从未明文 {SECOND}")
    return sealed


def test_sealed_text_is_in_no_file(
    root: Actor, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scrubbing, "AT_ONCE", 0)  # so that nothing is scrubbed but by this test
    party = _fill(root)
    assert _places(tmp_path, MARK.encode()) != []
    readers.set_secret(root, SECRET)
    opened = opening.open_with(root, SECRET)
    token = opening.remember(opened, "session")
    sealed = _seal(root, opened, party)
    assert contents.read(root, opened, sealed)["preferences"] == MARK
    scrub_now()
    keys = (opened.private, *opened.keys.values(), token.encode(), SECRET.encode())
    assert _places(tmp_path, MARK.encode(), SECOND.encode(), *keys) == []
    assert MARK not in caplog.text
    assert list(broken_links()) == []


def test_what_is_added_to_a_sealed_customer_is_never_in_clear(
    root: Actor, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """By somebody who can open nothing: file, its name, a note; and the backup made afterwards."""
    with change(root, "test.add"):
        alice = User.objects.get(username="alice")
        party = Party(name="张三", owner=alice, department=alice.department)
        party.save()
    readers.set_secret(root, SECRET)
    sealed = contents.seal(root, opening.open_with(root, SECRET), party, (), {REMARK: "x"})
    boss = actor_of(alice)
    upload = SimpleUploadedFile(f"{MARK}.txt", MARK.encode() * 9000, "text/plain")
    hang(keep_for(boss, sealed, upload), sealed)
    body = f"{MARK} 合同"
    row = log_interaction(boss, sealed, body=body, subject=MARK, file=keep(boss, _text(MARK)))
    scrub_now()
    backup = b"".join(b"".join(lines(model)) for model in tables(apps).values())
    assert "张三".encode() in backup
    assert MARK.encode() not in backup
    assert _places(tmp_path, MARK.encode()) == []
    assert MARK not in caplog.text
    assert find(root, MARK, None, 5) == []
    again = opening.open_with(root, SECRET)
    told = contents.read(root, again, Interaction.objects.get(pk=row.pk))
    assert told == {"subject": MARK, "body": body}
    files = files_with(root, sealed)
    assert sorted(t.name for t in told_of(again, files).values()) == [f"{MARK}.txt", f"{MARK}.txt"]
    assert list(broken_links()) == []


def _text(mark: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(f"{mark}.txt", mark.encode() * 100, "text/plain")


def test_before_scrubbing_freed_pages_or_the_log_may_still_hold_it(
    root: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without this the test above could be right for nothing."""
    monkeypatch.setattr(scrubbing, "AT_ONCE", 0)
    party = _fill(root)
    readers.set_secret(root, SECRET)
    _seal(root, opening.open_with(root, SECRET), party)
    assert _places(tmp_path, MARK.encode()) != []
    assert scrubbing.is_due()


def test_sealed_text_is_in_no_export_search_or_feed(root: Actor) -> None:
    party = _fill(root)
    assert find(root, MARK, None, 5)
    readers.set_secret(root, SECRET)
    opened = opening.open_with(root, SECRET)
    _seal(root, opened, party)
    out = io.BytesIO()
    for model in (Party, Interaction):
        entity = entity_of(model)
        fields = list(entity.fields(root).values())
        write_file(root, entity, model.objects.all(), fields, "csv", out)
    assert MARK not in out.getvalue().decode()
    assert "(sealed)" in out.getvalue().decode()
    assert find(root, MARK, None, 5) == []
    for feed in feeds():
        assert MARK not in str([row for batch in feed.rows() for row in batch])
