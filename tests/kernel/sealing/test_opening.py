"""A second secret: set, changed, forgotten; wrong ones slowed down; open for minutes only."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from huike.kernel.actor import Actor
from huike.kernel.change.models import Entry
from huike.kernel.sealing import cipher, opening, readers
from huike.kernel.sealing.models import Handed, Opening, Reader
from huike.kernel.sealing.opening import Closed, Opened, WrongSecret
from tests.cast import Cast
from tests.kernel.sealing.conftest import SECRET, reader


def test_what_is_locked_opens_with_its_key_in_its_place_only() -> None:
    key = cipher.new_key()
    locked = cipher.lock(key, "暗语".encode(), "customers.party 1")
    assert cipher.unlock(key, locked, "customers.party 1").decode() == "暗语"
    for wrong in (
        lambda: cipher.unlock(cipher.new_key(), locked, "customers.party 1"),
        lambda: cipher.unlock(key, locked, "customers.party 2"),
        lambda: cipher.unlock(key, locked[:-1] + bytes([locked[-1] ^ 1]), "customers.party 1"),
        lambda: cipher.unlock(key, b"", "customers.party 1"),
    ):
        with pytest.raises(cipher.WrongKey):
            wrong()


def test_a_key_is_taken_by_whom_it_was_handed_to_only() -> None:
    (private, public), (other, _seen) = cipher.new_pair(), cipher.new_pair()
    given = cipher.handed(public, b"key", "data key 1")
    assert cipher.taken(private, given, "data key 1") == b"key"
    with pytest.raises(cipher.WrongKey):
        cipher.taken(other, given, "data key 1")


def test_two_codes_open_in_either_order_and_as_people_type_them() -> None:
    one, other = cipher.new_code(), cipher.new_code()
    key = cipher.of_two_codes(one, other)
    assert key == cipher.of_two_codes(other.lower().replace("-", " "), one)
    assert key != cipher.of_two_codes(one, one)


def test_five_wrong_secrets_stop_even_the_right_one_for_a_while(root: Actor) -> None:
    for n in range(5):
        with pytest.raises(WrongSecret, match="wrong" if n < 4 else "Too many"):
            opening.open_with(root, "not this one")
    with pytest.raises(WrongSecret, match="15 minutes"):
        opening.open_with(root, SECRET)
    assert Entry.objects.filter(kind="refused", record="kernel.reader").count() == 6
    past = timezone.now() - timedelta(seconds=1)
    Reader.objects.update(locked_until=past)
    assert opening.open_with(root, SECRET).keys
    assert Reader.objects.get(user_id=root.user_id).failures == 0


def test_a_pause_set_by_a_clock_that_was_wrong_is_over(root: Actor) -> None:
    Reader.objects.update(locked_until=timezone.now() + timedelta(days=1), failures=5)
    assert opening.open_with(root, SECRET).keys


def test_the_pause_is_of_one_person(cast: Cast, root: Actor, opened: Opened) -> None:
    mona, _open = reader(cast, "mona", root, opened)
    for _n in range(5):
        with pytest.raises(WrongSecret):
            opening.open_with(mona, "wrong wrong wrong")
    assert opening.open_with(root, SECRET)


def test_open_lasts_in_this_session_for_some_minutes(root: Actor, opened: Opened) -> None:
    token = opening.remember(opened, "session 1")
    again = opening.recall(root, token, "session 1")
    assert again is not None
    assert again.keys == opened.keys
    assert opening.recall(root, token, "session 2") is None
    assert opening.recall(root, "x" + token, "session 1") is None
    assert opening.recall(Actor("other", (root.user_id or 0) + 1), token, "session 1") is None
    Opening.objects.update(until=timezone.now())
    assert opening.recall(root, token, "session 1") is None


def test_what_the_database_holds_of_an_opening_opens_nothing(root: Actor, opened: Opened) -> None:
    token = opening.remember(opened, "session 1")
    row = Opening.objects.get()
    held = bytes(row.private) + row.digest.encode()
    for key in (opened.private, *opened.keys.values(), token.encode()):
        assert key not in held


def test_closing_ends_it_at_once(root: Actor, opened: Opened) -> None:
    token = opening.remember(opened, "session 1")
    opening.close(root)
    assert opening.recall(root, token, "session 1") is None


def test_who_is_not_admitted_opens_nothing(cast: Cast, root: Actor) -> None:
    mona = cast.actor("mona")
    with pytest.raises(Closed, match="no second secret"):
        opening.open_with(mona, "anything at all")
    readers.set_secret(mona, "the secret of mona")
    assert [r.name for r in readers.waiting()] == ["mona"]
    with pytest.raises(Closed, match="not admitted"):
        opening.open_with(mona, "the secret of mona")


def test_an_administrator_admits_and_dismisses(cast: Cast, root: Actor, opened: Opened) -> None:
    mona, theirs = reader(cast, "mona", root, opened)
    assert theirs.keys == opened.keys
    with pytest.raises(PermissionDenied):
        readers.admit(mona, theirs, Reader.objects.get(user_id=root.user_id))
    readers.dismiss(root, Reader.objects.get(user_id=mona.user_id))
    with pytest.raises(Closed):
        opening.open_with(mona, "the secret of mona")
    with pytest.raises(ValidationError, match="Nobody else"):
        readers.dismiss(root, Reader.objects.get(user_id=root.user_id))


def test_a_changed_secret_needs_nothing_sealed_anew(root: Actor, opened: Opened) -> None:
    readers.change_secret(root, SECRET, "quite another one")
    with pytest.raises(WrongSecret):
        opening.open_with(root, SECRET)
    assert opening.open_with(root, "quite another one").keys == opened.keys


def test_a_forgotten_secret_waits_to_be_admitted_again(
    cast: Cast, root: Actor, opened: Opened
) -> None:
    mona, _theirs = reader(cast, "mona", root, opened)
    readers.set_secret(mona, "a new one for mona")
    assert not Handed.objects.filter(reader__user_id=mona.user_id).exists()


@pytest.mark.parametrize("weak", ["short", "aaaaaaaaaaaaaaaa", ""])
def test_a_weak_secret_is_not_taken(cast: Cast, weak: str) -> None:
    with pytest.raises(ValidationError):
        readers.set_secret(cast.actor("root"), weak)
    assert not Reader.objects.exists()


def test_no_secret_lies_in_the_journal(root: Actor, opened: Opened) -> None:
    readers.change_secret(root, SECRET, "quite another one")
    held: Any = list(Entry.objects.values_list("fields", flat=True))
    assert "quite another" not in str(held)
    assert SECRET not in str(held)
