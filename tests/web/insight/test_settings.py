"""The settings of the analysis: limits in words, the journal, what a change moved, who may."""

from __future__ import annotations

import pytest
from django.utils import timezone

from huike.analytics.governing.tuning import set_value, tuned
from huike.analytics.models import Setting
from huike.analytics.queries import values
from huike.analytics.settings import KNOWN
from huike.kernel.access.models import FieldLimit, Role
from huike.kernel.change.models import Change, Entry
from huike.kernel.change.work import change
from huike.kernel.entity.writing import Refused
from huike.kernel.records.undo import undo
from tests.web.insight.conftest import Firm

PAGE = "/insight/settings/"


def one(firm: Firm, code: str, who: str = "mona") -> object:
    groups = tuned(firm.cast.actor(who))
    return next(s for group in groups.values() for s in group if s.code == code)


def test_everything_stands_there_with_default_and_limits(firm: Firm) -> None:
    page = firm.page("mona", PAGE)
    assert "Everything stands at its default." in page
    for known in KNOWN.values():
        assert str(known.label) in page
    assert "default 0.7 · 0.01 to 0.99" in " ".join(page.split())
    assert not Setting.objects.exists()


def test_a_change_is_saved_journaled_and_can_be_undone(firm: Firm) -> None:
    client = firm.client("mona")
    given = {"value": "0.8", "remark": "fewer in A", "seen": "0.7"}
    assert client.post(f"{PAGE}abc.a/", given).status_code == 302
    assert values()["abc.a"] == 0.8
    entry = Entry.objects.filter(record="analytics.setting", kind="edit").get()
    assert entry.fields["value"] == ["0.7", "0.8"]
    assert entry.change.actor == "mona"
    page = client.get(PAGE).content.decode()
    assert "1 setting differs from its default." in page
    assert "0.7 → 0.8" in page
    assert "fewer in A" in page
    undo(firm.cast.actor("mona"), Change.objects.latest("pk").group)
    assert values()["abc.a"] == 0.7
    assert set_value(firm.cast.actor("mona"), "abc.a", {"value": "0.6", "remark": ""})
    assert values()["abc.a"] == 0.6


@pytest.mark.parametrize(
    ("code", "value", "words"),
    [
        ("abc.a", "2", "This must be at most 0.99."),
        ("abc.a", "many", "is not a number"),
        ("abc.a", "", "This needs a value; the default is 0.7."),
        ("run.hour", "24", "This must be at most 23."),
        ("run.hour", "2.5", "Write a whole number"),
        ("matrix.split", "mode", "is not a choice"),
    ],
)
def test_nonsense_is_refused_in_words(firm: Firm, code: str, value: str, words: str) -> None:
    answer = firm.client("mona").post(f"{PAGE}{code}/", {"value": value, "remark": "x"})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Setting.everything.exists()
    assert not Entry.objects.filter(record="analytics.setting").exists()


def test_an_unknown_setting_is_not_found(firm: Firm) -> None:
    assert firm.client("mona").post(f"{PAGE}abc.z/", {"value": "1"}).status_code == 404


def test_two_who_set_at_once_do_not_overwrite_each_other(firm: Firm) -> None:
    mona = firm.cast.actor("mona")
    set_value(mona, "abc.a", {"value": "0.8", "remark": ""}, seen="0.7")
    with pytest.raises(Refused, match=r"just set this to 0\.8"):
        set_value(mona, "abc.a", {"value": "0.6", "remark": ""}, seen="0.7")
    assert values()["abc.a"] == 0.8
    # nothing new is no change, and leaves no trace
    count = Entry.objects.count()
    assert not set_value(mona, "abc.a", {"value": "0.80", "remark": ""})
    assert Entry.objects.count() == count


def test_who_may_only_look_or_not_even_that(firm: Firm) -> None:
    assert "<button" not in firm.page("bob", PAGE).split("says")[1].split("</main>")[0]
    assert firm.client("bob").post(f"{PAGE}abc.a/", {"value": "0.8"}).status_code == 403
    assert firm.client("iris").get(PAGE).status_code == 403
    FieldLimit.objects.create(
        role=Role.objects.get(name="mona"), record="analytics.setting", field="value", right="read"
    )
    answer = firm.client("mona").post(f"{PAGE}abc.a/", {"value": "0.8", "remark": ""})
    assert answer.status_code == 422
    assert values()["abc.a"] == 0.7


def test_what_a_change_moved(firm: Firm) -> None:
    firm.ran()
    set_value(firm.cast.actor("mona"), "abc.a", {"value": "0.8", "remark": "fewer"})
    assert one(firm, "abc.a").changes[0].effect is None  # type: ignore[attr-defined]
    details = {"set_anew": {"abc.a": [0.7, 0.8]}, "moved": {"abc": {"A": [5, 9], "B": [8, 4]}}}
    firm.ran(started_at=timezone.now(), details=details)
    effect = one(firm, "abc.a").changes[0].effect  # type: ignore[attr-defined]
    assert [(m.group, m.before, m.after) for m in effect.moved] == [("A", 5, 9), ("B", 8, 4)]
    assert "5 → 9" in " ".join(firm.page("mona", PAGE).split())
    # counts of all customers are not for those who see only their own
    assert "5 → 9" not in " ".join(firm.page("alice", PAGE).split())
    FieldLimit.objects.create(
        role=Role.objects.get(name="mona"), record="analytics.score", field="abc", right="hidden"
    )
    assert one(firm, "abc.a").changes[0].effect.moved == []  # type: ignore[attr-defined]


def test_yes_and_no_mean_the_same_in_every_language(firm: Firm) -> None:
    with change(firm.cast.actor("mona"), "test.set"):
        Setting(code="run.nightly", value="是").save()
    found = one(firm, "run.nightly")
    assert (found.edit, found.is_changed) == ("1", False)  # type: ignore[attr-defined]
    set_value(firm.cast.actor("mona"), "run.nightly", {"value": "0", "remark": ""}, seen="1")
    assert values()["run.nightly"] is False
