"""Today, the palette, preferences, help, and pages that say what was wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from huike.channels.models import Interaction
from huike.customers.models import Party
from huike.office.models import Task
from tests.cast import Cast
from tests.web.records.test_record_page import signed_in

Make = Callable[..., Any]


def test_an_empty_day_says_what_to_do(cast: Cast) -> None:
    page = signed_in(cast.alice).get("/").content.decode()
    assert page.count('class="nothing"') >= 6


def test_a_firm_without_customers_begins_with_its_own_file(cast: Cast, make: Make) -> None:
    mona = signed_in(cast.mona)
    page = mona.get("/").content.decode()
    assert page.index("drop-file") < page.index('class="nothing"')
    assert 'href="/import/"' in mona.get("/customers/party/").content.decode().partition("<main")[2]
    make(Party, cast.mona, name="第一位")
    page = mona.get("/").content.decode()
    assert page.count('class="drop-file"') == 1
    assert page.index("drop-file") > page.index('class="nothing"')


def test_today_shows_what_is_due_to_me_alone(cast: Cast, make: Make) -> None:
    today = timezone.localdate()
    make(Party, cast.alice, name="该联系", next_contact_on=today)
    make(Party, cast.alice, name="还不急", next_contact_on=today + timedelta(days=9))
    make(Party, cast.bob, name="别人的", next_contact_on=today)
    make(Task, cast.alice, title="今天到期", due_on=today)
    make(Task, cast.alice, title="已经做完", due_on=today, state="done")
    born = (today + timedelta(days=3)).replace(year=1988)
    make(Party, cast.alice, name="快过生日", birthday=born)
    page = signed_in(cast.alice).get("/").content.decode()
    for text in ("该联系", "今天到期", "快过生日"):
        assert text in page
    for text in ("还不急", "别人的", "已经做完"):
        assert text not in page


def test_a_follow_up_is_done(cast: Cast, make: Make) -> None:
    party = make(Party, cast.alice)
    row = make(
        Interaction,
        None,
        party=party,
        body="再打一次",
        author=cast.alice,
        follow_up_on=timezone.localdate(),
    )
    alice = signed_in(cast.alice)
    assert "再打一次" in alice.get("/").content.decode()
    alice.post(f"/follow-ups/{row.pk}/done/")
    assert Interaction.objects.get().follow_up_on is None


def test_the_palette_goes_and_creates(cast: Cast) -> None:
    found = signed_in(cast.alice).get("/find/?q=", headers={"HX-Request": "true"}).content.decode()
    assert 'href="/customers/party/"' in found
    assert 'hx-get="/customers/party/quick/"' in found
    assert "<html" not in found


def test_the_palette_finds_only_what_may_be_seen(cast: Cast, make: Make) -> None:
    make(Party, cast.alice, name="宋公明")
    assert "宋公明" in signed_in(cast.alice).get("/find/?q=宋公").content.decode()
    assert "宋公明" not in signed_in(cast.carol).get("/find/?q=宋公").content.decode()


def test_look_and_language_are_kept(cast: Cast) -> None:
    alice = signed_in(cast.alice)
    alice.post("/preferences/", {"theme": "dark", "next": "/help/"})
    alice.post("/preferences/", {"language": "en", "theme": "pink"})
    cast.alice.refresh_from_db()
    assert (cast.alice.theme, cast.alice.language) == ("dark", "en")
    page = alice.get("/help/").content.decode()
    assert 'lang="en"' in page
    assert 'data-theme="dark"' in page


def test_nobody_is_sent_elsewhere(cast: Cast) -> None:
    answer = signed_in(cast.alice).post("/preferences/", {"next": "https://evil.example/"})
    assert answer.headers["Location"] == "/"


def test_a_refusal_says_why_and_who_helps(cast: Cast, make: Make) -> None:
    party = make(Party, cast.alice)
    page = signed_in(cast.carol).get(f"/customers/party/{party.pk}/").content.decode()
    assert "carol" in page  # her role, and how far it reaches
    assert "root" in page  # who can change that


def test_what_is_not_there_is_said(cast: Cast) -> None:
    answer = signed_in(cast.alice).get("/no/such/page/")
    assert answer.status_code == 404
    assert 'href="/"' in answer.content.decode()


@pytest.mark.parametrize("path", ["/", "/customers/party/1/", "/find/?q=a", "/bin/", "/files/1/"])
def test_strangers_are_sent_to_the_door(db: None, path: str) -> None:
    assert Client().get(path).status_code == 302
