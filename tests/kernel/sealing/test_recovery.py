"""Recovery by two administrators together, and re-keying that may be killed at any point."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from huike.customers.models import Party
from huike.kernel.access.models import Role
from huike.kernel.actor import Actor
from huike.kernel.sealing import cipher, contents, opening, readers, recovery, rekeying
from huike.kernel.sealing.models import DataKey, Reader, RecoveryCode, RecoveryPair, Sealed
from huike.kernel.sealing.opening import Opened
from tests.cast import Cast, Make
from tests.kernel.sealing.conftest import SECRET, reader


@pytest.fixture
def two(cast: Cast, root: Actor, opened: Opened) -> tuple[Actor, Opened]:
    """A second administrator who can open."""
    cast.mona.roles.add(Role.objects.get(name="root"))
    return reader(cast, "mona", root, opened)


def _codes(root: Actor, opened: Opened, mona: Actor, theirs: Opened) -> tuple[str, str]:
    recovery.set_up(root, opened, readers.admitted())
    return recovery.collect(root, opened), recovery.collect(mona, theirs)


def test_two_admit_who_forgot_and_neither_alone(
    cast: Cast, root: Actor, opened: Opened, two: tuple[Actor, Opened]
) -> None:
    mona, theirs = two
    one, other = _codes(root, opened, mona, theirs)
    readers.set_secret(root, "all of us forgot it")
    forgot = readers.set_secret(mona, "I forgot it as well")
    for codes in ((one, one), (other, other), (one, cipher.new_code()), ("", other)):
        with pytest.raises(ValidationError):
            recovery.recover(root, mona, codes, forgot)
    with pytest.raises(PermissionDenied):
        recovery.recover(root, root, (one, other), forgot)
    with pytest.raises(PermissionDenied):
        recovery.recover(root, cast.actor("dora"), (one, other), forgot)
    recovery.recover(root, mona, (one, other), forgot)
    assert opening.open_with(mona, "I forgot it as well").keys == opened.keys


def test_a_code_is_collected_once_and_then_nowhere(
    root: Actor, opened: Opened, two: tuple[Actor, Opened]
) -> None:
    mona, theirs = two
    codes = _codes(root, opened, mona, theirs)
    assert list(RecoveryCode.objects.values_list("given", flat=True)) == [None, None]
    with pytest.raises(ValidationError, match="no code"):
        recovery.collect(root, opened)
    assert all(
        code.encode() not in bytes(p.private) for p in RecoveryPair.objects.all() for code in codes
    )


def test_recovery_needs_two_holders(root: Actor, opened: Opened) -> None:
    with pytest.raises(ValidationError):
        recovery.set_up(root, opened, readers.admitted())


@pytest.fixture
def sealed(cast: Cast, make: Make, root: Actor, opened: Opened) -> list[Party]:
    parties = [make(Party, cast.alice, about=f"暗语 {n}") for n in range(5)]
    return [contents.seal(root, opened, party, ["about"]) for party in parties]


def test_rekeying_changes_every_content_and_drops_the_old_key(
    root: Actor, opened: Opened, two: tuple[Actor, Opened], sealed: list[Party]
) -> None:
    before = dict(Sealed.objects.values_list("pk", "content"))
    renewed = rekeying.begin(root, opened)
    assert rekeying.left() == 5
    assert rekeying.go_on(root, renewed) == 0
    after = dict(Sealed.objects.values_list("pk", "content"))
    assert all(bytes(before[pk]) != bytes(after[pk]) for pk in before)
    assert DataKey.objects.count() == 1
    theirs = opening.open_with(two[0], "the secret of mona")
    assert theirs.keys.keys() == {renewed.newest}
    assert contents.read(two[0], theirs, sealed[3]) == {"about": "暗语 3"}


def test_a_rekeying_stopped_in_the_middle_goes_on(
    root: Actor, opened: Opened, sealed: list[Party], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rekeying, "BATCH", 2)
    renewed = rekeying.begin(root, opened)
    assert rekeying.go_on(root, renewed, seconds=0) == 3
    again = opening.open_with(root, SECRET)
    assert [contents.read(root, again, p)["about"] for p in sealed] == [
        f"暗语 {n}" for n in range(5)
    ]
    assert rekeying.go_on(root, again) == 0
    assert DataKey.objects.count() == 1


def test_who_was_dismissed_is_not_handed_the_new_key(
    root: Actor, opened: Opened, two: tuple[Actor, Opened], sealed: list[Party]
) -> None:
    mona, theirs = two
    readers.dismiss(root, Reader.objects.get(user_id=mona.user_id))
    rekeying.go_on(root, rekeying.begin(root, opened))
    with pytest.raises(KeyError):
        contents.read(mona, theirs, sealed[0])


def test_recovery_works_after_rekeying(
    root: Actor, opened: Opened, two: tuple[Actor, Opened], sealed: list[Party]
) -> None:
    mona, theirs = two
    codes = _codes(root, opened, mona, theirs)
    rekeying.go_on(root, rekeying.begin(root, opened))
    forgot = readers.set_secret(mona, "I forgot it as well")
    recovery.recover(root, mona, codes, forgot)
    again = opening.open_with(mona, "I forgot it as well")
    assert contents.read(mona, again, sealed[1]) == {"about": "暗语 1"}
