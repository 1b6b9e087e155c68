"""Sealed files: encrypted on the disk, opened with the second secret, whole through re-keying."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from huike.customers.models import Party
from huike.kernel.actor import Actor
from huike.kernel.change.work import change
from huike.kernel.entity.attachments import hang
from huike.kernel.files import FileIsSealed, StoredFile, keep
from huike.kernel.files import root as folder
from huike.kernel.sealing import arriving, cipher, contents, opening, rekeying
from huike.kernel.sealing.files import filing
from huike.kernel.sealing.files.streams import PIECE, lock_stream, unlock_stream
from huike.kernel.sealing.models import DataKey, Sealed
from huike.kernel.sealing.opening import Opened
from tests.cast import Cast, Make
from tests.kernel.sealing.conftest import SECRET

TEXT = "病历 zqx7marker ".encode() * 9000  # four pieces


@pytest.fixture(autouse=True)
def place(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def party(cast: Cast, make: Make) -> Party:
    found: Party = make(Party, cast.alice, name="张三")
    return found


@pytest.fixture
def stored(root: Actor, party: Party) -> StoredFile:
    made = keep(root, SimpleUploadedFile("肝炎病历.txt", TEXT, "text/plain"))
    hang(made, party)
    return StoredFile.objects.get(pk=made.pk)


def _bytes(place: Path) -> list[bytes]:
    return [p.read_bytes() for p in place.rglob("*") if p.is_file()]


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_a_stream_comes_back_and_nothing_else_does(size: int) -> None:
    key, clear, out = cipher.new_key(), bytes(range(256)) * (size // 256 + 1), io.BytesIO()
    lock_stream(key, io.BytesIO(clear[:size]), out, "file 1")
    locked = out.getvalue()
    assert b"".join(unlock_stream(key, io.BytesIO(locked), "file 1")) == clear[:size]
    step = PIECE + 16
    wrong = [locked[:-1], locked[:-1] + bytes([locked[-1] ^ 1]), locked + b"x"]
    wrong += [locked[:step]] if len(locked) > step else []  # cut where a piece ends
    wrong += [locked[step : 2 * step] + locked[:step]] if len(locked) >= 2 * step else []
    for given in wrong:
        with pytest.raises(cipher.WrongKey):
            list(unlock_stream(key, io.BytesIO(given), "file 1"))
    with pytest.raises(cipher.WrongKey):
        list(unlock_stream(key, io.BytesIO(locked), "file 2"))


@pytest.mark.django_db(transaction=True)
def test_a_sealed_file_is_encrypted_and_its_name_gone(
    root: Actor, opened: Opened, party: Party, stored: StoredFile, place: Path
) -> None:
    assert any(b"zqx7marker" in held for held in _bytes(place))
    sealed = filing.seal_file(root, opened, party, stored)
    (held,) = _bytes(place)
    assert b"zqx7marker" not in held
    assert (sealed.name, sealed.is_sealed) == (f"sealed-{stored.pk}.txt", True)
    with pytest.raises(FileIsSealed):
        sealed.open()
    name, pieces = filing.read_file(root, opened, sealed, party)
    assert (name, b"".join(pieces)) == ("肝炎病历.txt", TEXT)
    clear = filing.unseal_file(root, opened, party, sealed)
    assert (clear.name, clear.digest, _bytes(place)) == (stored.name, stored.digest, [TEXT])
    assert not Sealed.objects.exists()


def test_who_may_not_change_the_customer_seals_none_of_its_files(
    cast: Cast, opened: Opened, party: Party, stored: StoredFile
) -> None:
    with pytest.raises(PermissionDenied):
        filing.seal_file(cast.actor("bob"), opened, party, stored)


def test_rekeying_covers_files(
    root: Actor, opened: Opened, party: Party, stored: StoredFile
) -> None:
    sealed = filing.seal_file(root, opened, party, stored)
    assert rekeying.go_on(root, rekeying.begin(root, opened)) == 0
    assert DataKey.objects.count() == 1
    again = opening.open_with(root, SECRET)
    assert b"".join(filing.read_file(root, again, sealed)[1]) == TEXT
    with pytest.raises(KeyError):
        filing.read_file(root, opened, sealed)


def test_what_is_added_closed_opens_after_rekeying_too(
    root: Actor, opened: Opened, party: Party, stored: StoredFile, cast: Cast, client: Client
) -> None:
    filing.seal_file(root, opened, party, stored)
    client.force_login(cast.alice)  # she owns the customer and has no second secret
    upload = SimpleUploadedFile("化验单.txt", TEXT, "text/plain")
    page = f"/customers/party/{party.pk}/"
    assert client.post(f"{page}files/", {"file": upload}).status_code == 302
    api = f"/api/v1{page}files/"
    assert client.post(api, {"file": SimpleUploadedFile("血型.txt", TEXT)}).json()["is_sealed"]
    assert StoredFile.objects.filter(is_sealed=True).count() == 3
    assert rekeying.go_on(root, rekeying.begin(root, opened)) == 0
    assert not Sealed.objects.filter(is_handed=True).exists()
    again = opening.open_with(root, SECRET)
    held = filing.files_with(root, party)
    told = {t.name for t in filing.told_of(again, held).values()}
    assert told == {"肝炎病历.txt", "化验单.txt", "血型.txt"}
    assert {b"".join(filing.read_file(root, again, one)[1]) for one in held} == {TEXT}


def test_a_firm_from_before_seals_closed_once_somebody_has_opened(
    root: Actor, opened: Opened, party: Party, stored: StoredFile, cast: Cast
) -> None:
    filing.seal_file(root, opened, party, stored)
    DataKey.objects.update(public=None, private=None)
    assert not arriving.seals_at_once(party)
    opening.open_with(root, SECRET)
    assert arriving.seals_at_once(party)


def _seal_and_fail(root: Actor, opened: Opened, party: Party, stored: StoredFile) -> None:
    filing.seal_file(root, opened, party, stored)
    raise RuntimeError


def test_a_failed_change_leaves_the_file_as_it_was(
    root: Actor, opened: Opened, party: Party, stored: StoredFile, place: Path
) -> None:
    with pytest.raises(RuntimeError), change(root, "test.fail"):
        _seal_and_fail(root, opened, party, stored)
    assert _bytes(place) == [TEXT]
    assert StoredFile.objects.get(pk=stored.pk).open().read() == TEXT


def test_a_clear_twin_that_a_killed_process_left_is_wiped(
    root: Actor, opened: Opened, party: Party, stored: StoredFile, place: Path
) -> None:
    sealed = filing.seal_file(root, opened, party, stored)  # inside the test's transaction:
    assert (folder() / stored.path).exists()  # nothing is committed yet, the twin is still there
    assert filing.wipe_leftovers() == 1
    assert [p.name for p in place.rglob("*.sealed")] == [Path(sealed.path).name]
    assert not any(b"zqx7marker" in held for held in _bytes(place))


def test_erasing_a_row_drops_what_is_sealed_of_its_files(
    root: Actor, opened: Opened, party: Party, stored: StoredFile
) -> None:
    from huike.customers.privacy.erasing import erase

    filing.seal_file(root, opened, party, stored)
    with change(root, "test.erase"):
        erase(root, party)
    assert not Sealed.objects.exists()
    assert contents.drop(filing.LABEL, [stored.pk]) == 0


def test_by_page_and_api_it_opens_with_the_second_secret_only(
    root: Actor, opened: Opened, party: Party, stored: StoredFile, cast: Cast, client: Client
) -> None:
    client.force_login(cast.root)
    header, api = {"Huike-Second-Secret": SECRET}, f"/api/v1/customers/party/{party.pk}/sealed/"
    answer = client.post(api, {"files": True}, "application/json", headers=header)
    assert answer.status_code == 200, answer.content
    assert [f["name"] for f in answer.json()["files"]] == ["肝炎病历.txt"]
    assert [f["name"] for f in client.get(api).json()["files"]] == [f"sealed-{stored.pk}.txt"]
    at = f"/api/v1/files/{stored.pk}/"
    assert client.get(at).status_code == 403
    assert b"".join(client.get(at, headers=header)) == TEXT
    page = f"/files/{stored.pk}/"
    assert client.get(page)["Location"] == f"/customers/party/{party.pk}/sealed/"
    client.post("/sealed/open/", {"secret": SECRET, "next": page})
    assert b"".join(client.get(page)) == TEXT
    shown = client.get(f"/customers/party/{party.pk}/sealed/").content.decode()
    assert "肝炎病历.txt" in shown
    client.post(f"/customers/party/{party.pk}/sealed/{stored.pk}/clear/")
    assert not StoredFile.objects.get(pk=stored.pk).is_sealed
