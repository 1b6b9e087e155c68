"""Sealed text leaves its column, the journal and all copies; it is read only opened, and told."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from huike.customers.models import Party
from huike.kernel.actor import Actor
from huike.kernel.change.journal import broken_links
from huike.kernel.change.models import REDACTED, Change, Entry
from huike.kernel.change.work import change
from huike.kernel.entity.entity import entity_of
from huike.kernel.lists.acting import bulk
from huike.kernel.lists.acting.acts import Edit
from huike.kernel.lists.acting.selection import Selection
from huike.kernel.lists.view import ListView
from huike.kernel.records.undo import undo
from huike.kernel.sealing import cipher, contents
from huike.kernel.sealing.models import Sealed
from huike.kernel.sealing.opening import Opened
from tests.cast import Cast, Make

MARK = "zqx7marker"


@pytest.fixture
def party(cast: Cast, make: Make) -> Party:
    found: Party = make(Party, cast.alice, name="张三", about=f"秘密 {MARK}", family="一子")
    return found


@pytest.fixture
def sealed(root: Actor, opened: Opened, party: Party) -> Party:
    contents.seal(root, opened, party, ["about", "family"])
    return Party.objects.get(pk=party.pk)


def test_sealed_text_is_read_back_and_the_journal_tells_who_read(
    root: Actor, opened: Opened, sealed: Party
) -> None:
    assert (sealed.about, sealed.family, sealed.sealed) == ("", "", ["about", "family"])
    assert contents.read(root, opened, sealed) == {"about": f"秘密 {MARK}", "family": "一子"}
    told = Entry.objects.filter(kind="view", change__action="sealing.view").get()
    assert (told.record_id, told.change.user_id) == (sealed.pk, root.user_id)
    assert MARK not in str(told.fields)


def test_the_journal_loses_the_text_and_keeps_its_chain(sealed: Party) -> None:
    held = list(Entry.objects.filter(record_id=sealed.pk, record="customers.party"))
    assert MARK not in str([e.fields for e in held])
    assert next(e for e in held if e.kind == "create").fields["about"][1] == REDACTED
    assert next(e for e in held if e.kind == "create").fields["name"][1] == "张三"
    assert list(broken_links()) == []


def test_a_covered_entry_that_is_altered_again_breaks_the_chain(sealed: Party) -> None:
    entry = Entry.objects.get(record_id=sealed.pk, kind="create", record="customers.party")
    entry.fields["name"] = [None, "李四"]
    entry.save()
    assert len(list(broken_links())) == 1


def test_nothing_is_written_in_clear_into_what_is_sealed(root: Actor, sealed: Party) -> None:
    sealed.about = "in clear"
    with pytest.raises(ValidationError, match="sealed"), change(root, "test.edit"):
        sealed.save()
    selection = Selection(ListView(entity_of(Party)), (sealed.pk,))
    outcome = bulk.run(root, selection, Edit("about", "in clear"))
    assert (outcome.changed, outcome.refused) == (0, 1)
    assert Party.objects.get(pk=sealed.pk).about == ""


def test_surfaces_show_that_it_is_sealed(root: Actor, sealed: Party) -> None:
    fields = entity_of(Party).fields(root)
    assert fields["about"].text(sealed) == "(sealed)"
    assert fields["about"].plain(sealed) == ""


def test_sealed_values_change_without_being_in_clear(
    root: Actor, opened: Opened, sealed: Party
) -> None:
    contents.rewrite(root, opened, sealed, {"about": "新的 other9mark", "family": ""})
    again = Party.objects.get(pk=sealed.pk)
    assert again.sealed == ["about"]
    assert contents.read(root, opened, again) == {"about": "新的 other9mark"}
    assert "other9mark" not in str(list(Entry.objects.values_list("fields", flat=True)))


def test_unsealing_puts_it_back(root: Actor, opened: Opened, sealed: Party) -> None:
    contents.unseal(root, opened, sealed)
    again = Party.objects.get(pk=sealed.pk)
    assert (again.about, again.family, again.sealed) == (f"秘密 {MARK}", "一子", [])
    assert not Sealed.objects.exists()


def test_content_copied_to_another_record_does_not_open(
    root: Actor, opened: Opened, sealed: Party, make: Make, cast: Cast
) -> None:
    other = make(Party, cast.alice, sealed=["about"])
    Sealed.objects.update(record_id=other.pk)
    with pytest.raises(cipher.WrongKey):
        contents.read(root, opened, other)


def test_only_who_may_change_the_row_seals_it(
    cast: Cast, opened: Opened, party: Party, root: Actor
) -> None:
    with pytest.raises(PermissionDenied):
        contents.seal(cast.actor("bob"), opened, party, ["about"])
    with pytest.raises(PermissionDenied):
        contents.read(cast.actor("carol"), opened, party)
    with pytest.raises(ValidationError, match="nothing to seal"):
        contents.seal(root, opened, party, ["preferences"])


def test_undo_takes_back_neither_sealing_nor_unsealing(
    root: Actor, opened: Opened, sealed: Party
) -> None:
    contents.unseal(root, opened, sealed)
    for action, about in (("sealing.unseal", f"秘密 {MARK}"), ("sealing.seal", f"秘密 {MARK}")):
        group = Change.objects.get(action=action).group
        assert undo(root, group).count == 0
        assert Party.objects.get(pk=sealed.pk).about == about
