"""Signing in: passwords, locks, second factor, sessions, doors that lead nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pyotp
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client, override_settings
from django.utils import timezone

from huike.kernel.actor import Actor
from huike.kernel.change.models import Entry
from huike.site import settings as product
from huike.staff.door import account, recovery, signing
from huike.staff.models import RecoveryCode, SignIn, User
from tests.cast import PASSWORD, Cast


@pytest.fixture
def alice(cast: Cast) -> User:
    user = cast.alice
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A clock that tests set forward."""

    class Clock:
        now: datetime = timezone.now()

        def on(self, **span: float) -> None:
            self.now += timedelta(**span)

    found = Clock()
    monkeypatch.setattr(timezone, "now", lambda: found.now)
    return found


def sign_in(client: Client, username: str = "alice", password: str = PASSWORD, **more: str) -> Any:
    return client.post("/sign-in/", {"username": username, "password": password, **more})


def actor(user: User) -> Actor:
    return Actor(user.name, user.pk)


def test_the_right_password_opens_and_is_noted(alice: User, client: Client) -> None:
    assert sign_in(client).status_code == 302
    assert client.get("/account/").status_code == 200
    assert Entry.objects.filter(kind="sign_in", record_id=alice.pk).count() == 1


def test_a_user_name_is_the_same_in_capitals(alice: User, client: Client) -> None:
    assert sign_in(client, "ALICE").status_code == 302


def test_a_wrong_password_and_an_unknown_name_read_alike(alice: User, client: Client) -> None:
    wrong, unknown = sign_in(client, password="no"), sign_in(client, "nobody")
    assert wrong.status_code == unknown.status_code == 401
    assert Entry.objects.filter(kind="refused", record_id=alice.pk).count() == 1


def test_passwords_are_kept_as_argon2(alice: User) -> None:
    """The tests themselves hash fast (tests/settings.py)."""
    with override_settings(PASSWORD_HASHERS=product.PASSWORD_HASHERS):
        alice.set_password(PASSWORD)
        assert alice.password.startswith("argon2$argon2id$")
        assert alice.check_password(PASSWORD)
        assert not alice.check_password("no")


def test_an_unknown_name_takes_as_long(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []
    monkeypatch.setattr(signing, "check_password", lambda p, h: checked.append(h) or False)
    signing.check("nobody", "something")
    assert len(checked) == 1  # a hash is computed for nobody, too


def test_five_failures_lock_for_a_quarter_of_an_hour(alice: User, clock: Any) -> None:
    for _ in range(5):
        assert signing.check("alice", "no").user is None
    assert signing.check("alice", PASSWORD).user is None
    clock.on(minutes=14)
    assert signing.check("alice", PASSWORD).user is None
    clock.on(minutes=2)
    said = signing.check("alice", "no").refusal  # an old lock is no lock
    assert said == signing.check("nobody", "no").refusal
    assert signing.check("alice", PASSWORD).user == alice


def test_a_clock_turned_back_keeps_nobody_out(alice: User, clock: Any) -> None:
    secret = signing.new_secret()
    codes = pyotp.TOTP(secret)
    clock.on(days=1)  # wrong by a day
    assert signing.turn_on_second(actor(alice), alice, secret, codes.at(clock.now))
    for _ in range(5):
        signing.check("alice", "no")
    assert signing.check("alice", PASSWORD).user is None
    clock.on(days=-1)  # put right
    assert signing.check("alice", PASSWORD).user == alice
    alice.refresh_from_db()
    assert signing.check_second(alice, codes.at(clock.now)).user == alice
    alice.refresh_from_db()
    assert signing.check_second(alice, codes.at(clock.now)).user is None  # and still good once


def test_signing_in_forgets_earlier_failures(alice: User, client: Client) -> None:
    for _ in range(4):
        signing.check("alice", "no")
    sign_in(client)
    for _ in range(4):
        signing.check("alice", "no")
    assert signing.check("alice", PASSWORD).user == alice


def test_a_closed_account_stays_outside(alice: User, client: Client) -> None:
    sign_in(client)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert client.get("/account/").status_code == 302  # the session is worth nothing any more
    assert sign_in(Client()).status_code == 401


def test_six_digits_are_good_once(alice: User, clock: Any) -> None:
    secret = signing.new_secret()
    codes = pyotp.TOTP(secret)
    assert signing.turn_on_second(actor(alice), alice, secret, codes.at(clock.now))
    assert signing.check_second(alice, codes.at(clock.now)).user is None  # used to turn it on
    clock.on(seconds=30)
    first = codes.at(clock.now)
    assert signing.check_second(alice, first).user
    alice.refresh_from_db()
    clock.on(seconds=30)
    assert signing.check_second(alice, codes.at(clock.now)).user
    alice.refresh_from_db()
    assert signing.check_second(alice, first).user is None  # older than the last one used


def test_the_second_factor_is_asked_at_the_door(alice: User, client: Client, clock: Any) -> None:
    secret = signing.new_secret()
    signing.turn_on_second(actor(alice), alice, secret, pyotp.TOTP(secret).at(clock.now))
    clock.on(seconds=30)
    answer = sign_in(client, next="/office/task/?sort=due_on&q=1")
    assert answer["Location"].startswith("/sign-in/second/")
    assert client.get("/account/").status_code == 302
    code = pyotp.TOTP(secret).at(clock.now)
    answer = client.post(answer["Location"], {"code": code, "next": "/account/"})
    assert answer["Location"] == "/account/"
    assert client.get("/account/").status_code == 200


def test_guessing_digits_locks(alice: User) -> None:
    signing.turn_on_second(actor(alice), alice, secret := signing.new_secret(), _now(secret))
    for _ in range(5):
        signing.check_second(alice, "000000")
    assert signing.check("alice", PASSWORD).user is None


def _now(secret: str) -> str:
    return pyotp.TOTP(secret).now()


def test_recovery_codes_are_kept_as_digests_and_good_once(alice: User) -> None:
    secret = signing.new_secret()
    codes = account.turn_on_second(actor(alice), alice, secret, _now(secret))
    assert len(set(codes)) == recovery.COUNT
    kept = set(RecoveryCode.objects.values_list("digest", flat=True))
    assert not kept & {code.replace("-", "") for code in codes}
    alice.refresh_from_db()
    assert signing.check_second(alice, codes[3].upper()).user
    assert signing.check_second(alice, codes[3]).user is None
    assert recovery.left(alice) == recovery.COUNT - 1
    renewed = account.renew_codes(actor(alice), alice, PASSWORD)
    assert not recovery.use_code(alice, codes[0])
    assert recovery.use_code(alice, renewed[0])


def test_nobody_turns_off_the_factor_of_others(alice: User, cast: Cast) -> None:
    with pytest.raises(PermissionDenied):
        account.turn_off_second(cast.actor("bob"), alice, PASSWORD)


def test_sessions_are_listed_and_ended_one_or_all(alice: User) -> None:
    here, there, third = Client(), Client(), Client()
    for client in (here, there, third):
        sign_in(client)
    found = {s.session_key: s for s in signing.sessions_of(alice)}
    assert len(found) == 3
    other = found[there.session.session_key]
    assert here.post(f"/account/sessions/{other.pk}/end/").status_code == 302
    assert there.get("/account/").status_code == 302
    here.post("/account/sessions/end/")
    assert third.get("/account/").status_code == 302
    assert here.get("/account/").status_code == 200


def test_nobody_ends_the_sessions_of_others(alice: User, cast: Cast, client: Client) -> None:
    sign_in(client)
    other = SignIn.objects.get()
    bob = cast.bob
    bob.set_password(PASSWORD)
    bob.save()
    theirs = Client()
    sign_in(theirs, "bob")
    theirs.post(f"/account/sessions/{other.pk}/end/")
    assert client.get("/account/").status_code == 200


def test_a_new_password_ends_all_other_sessions(alice: User) -> None:
    here, there = Client(), Client()
    sign_in(here), sign_in(there)
    given = {"password": PASSWORD, "new": "another long word 7"}
    assert here.post("/account/password/", given).status_code == 302
    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 302
    assert len(signing.sessions_of(alice)) == 1
    assert sign_in(Client(), password=PASSWORD).status_code == 401


@pytest.mark.parametrize("weak", ["short", "password1234", "alicealice1"])
def test_weak_passwords_are_refused(alice: User, weak: str) -> None:
    alice.name = alice.username = "alicealice"
    with pytest.raises(ValidationError):
        account.change_password(actor(alice), alice, PASSWORD, weak, "")


def test_the_present_password_is_asked_for_and_counted(alice: User) -> None:
    for _ in range(5):
        with pytest.raises(ValidationError):
            account.change_password(actor(alice), alice, "no", "another long word 7", "")
    assert signing.check("alice", PASSWORD).user is None


@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_the_door_leads_nowhere_else(alice: User, client: Client, away: str) -> None:
    assert sign_in(client, next=away)["Location"] == "/"


@pytest.mark.parametrize("path", ["/sign-in/", "/sign-out/", "/account/", "/account/password/"])
def test_forms_of_other_sites_are_refused(alice: User, path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert client.post(path, {}).status_code == 403


def test_everybody_reads_their_own_language(alice: User, client: Client) -> None:
    sign_in(client)
    given = {"name": "Alice", "email": "", "phone": "", "language": "en", "theme": "dark"}
    client.post("/account/", given)
    page = client.get("/account/").content.decode()
    assert 'lang="en"' in page
    assert 'data-theme="dark"' in page
    assert "My account" in page


def test_nobody_changes_the_own_rights(alice: User, client: Client) -> None:
    sign_in(client)
    given = {"name": "A", "username": "root2", "is_active": "", "department": "1", "roles": "1"}
    client.post("/account/", given)
    after = User.objects.get(pk=alice.pk)
    assert (after.username, after.department_id) == ("alice", alice.department_id)
    assert [r.name for r in after.roles.all()] == ["alice"]
