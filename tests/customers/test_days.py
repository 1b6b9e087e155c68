"""Occasions are made ahead, renewed with what they come of, and ticked off with a note."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from huike.channels.models import Interaction
from huike.customers.days import occasions
from huike.customers.days.greeting import greet
from huike.customers.days.models import Anniversary, Occasion
from huike.customers.days.queries import to_greet
from huike.customers.models import Party
from huike.kernel.access.models import FieldLimit, Role
from huike.kernel.change.work import change
from huike.kernel.days import lunar
from huike.kernel.jobs.models import Job
from huike.kernel.jobs.run import JobRun
from huike.kernel.records.undo import undo
from tests.cast import SYSTEM, Cast, Make


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Refusals are read in English, whether or not the Chinese is compiled."""
    with translation.override("en"):
        yield


def kinds(party: Party) -> list[str]:
    return sorted(Occasion.objects.filter(party=party).values_list("kind", flat=True))


def test_a_day_entered_is_an_occasion_at_once_and_gone_with_it(cast: Cast, make: Make) -> None:
    today = timezone.localdate()
    soon = today + timedelta(days=3)
    born = soon.replace(year=soon.year - 40, day=min(soon.day, 28))
    row = make(Party, cast.alice, birthday=born, lunar_birthday=lunar.of(soon).code)
    make(Anniversary, cast.alice, party=row, on=today - timedelta(days=900), is_yearly=False)
    yearly = make(Anniversary, cast.alice, party=row, kind="contract", on=soon.replace(
        year=soon.year - 2, day=min(soon.day, 28)))  # fmt: skip
    assert kinds(row) == ["birthday", "contract", "lunar"]
    assert {o.kind for o in to_greet(cast.actor("alice"), today)} == {
        "birthday",
        "contract",
        "lunar",
    }
    assert not to_greet(cast.actor("bob"), today).exists()  # not his own
    with change(SYSTEM, "test"):
        row = Party.objects.get(pk=row.pk)
        row.birthday = None
        row.save()
        yearly.binned_at = timezone.now()
        yearly.save()
    assert kinds(row) == ["lunar"]


def test_the_night_makes_what_comes_into_sight_and_drops_what_is_over(
    cast: Cast, make: Make
) -> None:
    row = make(Party, cast.alice, lunar_birthday=lunar.of(timezone.localdate()).code)
    day = timezone.localdate() - timedelta(days=2)
    make(Occasion, cast.alice, party=row, on=day, remind_on=day)
    kept = make(Occasion, cast.alice, party=row, on=day, remind_on=day, greeted_on=day)
    Occasion.everything.filter(kind="lunar").unjournaled_update(kind="other")
    job = Job.objects.create(name="customers.occasions", actor="x", token=1, state="running")
    occasions.look_ahead(JobRun(job, SYSTEM, lease=timedelta(minutes=1)))
    assert kinds(row) == ["birthday", "lunar"]
    assert Occasion.objects.filter(pk=kept.pk).exists()


def test_a_greeting_is_ticked_off_noted_and_undone_together(
    cast: Cast, make: Make, django_capture_on_commit_callbacks: Any
) -> None:
    alice = cast.actor("alice")
    one = make(Occasion, cast.alice)
    with django_capture_on_commit_callbacks(execute=True), change(alice, "test") as work:
        greet(alice, one, note="sent a card")
    (noted,) = Interaction.objects.filter(party=one.party)
    assert (noted.body, noted.author) == ("sent a card", cast.alice)
    assert Occasion.objects.get(pk=one.pk).greeted_by == cast.alice
    with pytest.raises(Exception, match="already"):
        greet(alice, Occasion.objects.get(pk=one.pk))
    undo(cast.actor("root"), work.group)
    assert Occasion.objects.get(pk=one.pk).greeted_on is None
    assert not Interaction.objects.filter(party=one.party).exists()


def test_a_birthdays_greeting_is_seen_by_who_may_read_the_birthday(
    cast: Cast, make: Make, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    row = make(Party, cast.alice, birthday=timezone.localdate().replace(year=1980))
    made = [Occasion.objects.get(party=row), make(Occasion, cast.alice, party=row, kind="contract")]
    with django_capture_on_commit_callbacks(execute=True):
        for one in made:
            greet(cast.actor("alice"), one, note=f"card for the {one.kind}")
    FieldLimit.objects.create(
        role=Role.objects.get(name="bob"), record=Party.label(), field="birthday", right="hidden"
    )
    page = f"/customers/party/{row.pk}/"
    client.force_login(cast.bob)
    for at in (page, f"{page}timeline/", f"/api/v1{page}history/", "/api/v1/channels/interaction/"):
        told = client.get(at).content.decode()
        assert "card for the birthday" not in told
    assert "card for the contract" in told
    client.force_login(cast.alice)
    assert "card for the birthday" in client.get(page).content.decode()


def test_who_may_not_read_a_birthday_sees_no_occasion_of_it_anywhere(
    cast: Cast, make: Make, client: Client
) -> None:
    today = timezone.localdate()
    born = (today + timedelta(days=3)).replace(year=today.year - 40)
    row = make(Party, cast.alice, birthday=born)
    make(Anniversary, cast.alice, party=row, kind="contract", on=born)
    client.force_login(cast.mona)
    at = "/api/v1/customers/occasion/"
    assert {o["kind"] for o in client.get(at).json()["rows"]} == {"birthday", "contract"}
    for right in ("masked", "hidden"):
        FieldLimit.objects.all().delete()
        for role in cast.mona.roles.all():
            limit = {"role": role, "record": "customers.party", "right": right}
            FieldLimit.objects.create(field="birthday", **limit)
        assert [o["kind"] for o in client.get(at).json()["rows"]] == ["contract"]
        assert [o.kind for o in to_greet(cast.actor("mona"), today, mine=False)] == ["contract"]
        day = Occasion.objects.get(kind="birthday")
        assert client.get(f"{at}{day.pk}/").status_code == 404
        assert client.get(f"/customers/occasion/{day.pk}/").status_code in (403, 404)
        page = client.get("/customers/occasion/").content.decode()
        assert f"/customers/occasion/{day.pk}/" not in page
