"""The dossier: what stands in it, for whom, closed volumes that open unchanged, and the loans."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from huike.channels.models import Interaction
from huike.customers.dossier.closing import Altered, close_volume, read_volume
from huike.customers.dossier.contents import Ask, parts_of
from huike.customers.dossier.lending import give_back, lend, overdue
from huike.customers.dossier.models import DossierOriginal, Loan
from huike.customers.dossier.printing import page_of, write_zip
from huike.customers.models import Party
from huike.kernel.access.models import FieldLimit, Role
from huike.kernel.change.models import Entry
from huike.kernel.change.work import change
from huike.kernel.entity.entity import entity_of
from huike.kernel.files import root
from huike.trade.models import Order
from tests.cast import SYSTEM, Cast
from tests.web.records.test_record_page import address, signed_in

LAST = timezone.localdate().year - 1


def full(cast: Cast, make: Callable[..., Any]) -> Party:
    """Return a customer with a visit, an order of last year, and a return of this year."""
    party: Party = make(Party, cast.mona, name="恒通<物流>", kind="organisation", credit_days=30,
                        phone="+8613812345678")  # fmt: skip
    then = timezone.now().replace(year=LAST, month=6, day=1)
    with change(SYSTEM, "test.full"):
        Interaction(party=party, kind="visit", at=then, body="看了车库,要十辆").save()
        Interaction(party=party, kind="call", at=timezone.now(), subject="问交期").save()
    who = {"owner": cast.mona, "department": cast.mona.department, "party": party}
    make(Order, cast.mona, number="SO-旧", on=then, party=party)
    with change(SYSTEM, "test.back"):
        Order(number="TH-新", kind="return", on=timezone.now(), cause="quality", compensation=300,
              responsible=cast.mona.department, **who).save()  # fmt: skip
    return party


def test_four_parts_by_number_and_what_is_closed_is_not_in_it(
    cast: Cast, make: Callable[..., Any]
) -> None:
    party = full(cast, make)
    page = page_of(Ask(cast.actor("mona"), party))
    for told in (
        "恒通&lt;物流&gt;",
        "看了车库",
        "问交期",
        "SO-旧",
        "TH-新",
        "质量问题",
        "300.00",
        'href="#p4-1"',
    ):
        assert told in page
    old = page_of(Ask(cast.actor("mona"), party, LAST))
    assert "SO-旧" in old
    assert "TH-新" not in old
    assert "问交期" not in old
    role = Role.objects.get(name="mona")
    for record, field in (("customers.party", "phone"), ("channels.interaction", "body"),
                          ("trade.order", "compensation")):  # fmt: skip
        FieldLimit.objects.create(role=role, record=record, field=field, right="hidden")
    covered = page_of(Ask(cast.actor("mona"), party))
    assert not any(told in covered for told in ("138", "看了车库", "300.00"))
    assert [part.number for part in parts_of(Ask(cast.actor("carol"), party))] == [1, 2, 3, 4]
    assert not any(part.chapters for part in parts_of(Ask(cast.actor("carol"), party)))


def test_many_at_once_journaled_and_only_with_the_right_to_export(
    cast: Cast, make: Callable[..., Any]
) -> None:
    party = make(Party, cast.mona, name="甲/乙")
    make(Party, cast.mona, name="甲/乙")
    out = io.BytesIO()
    assert write_zip(cast.actor("mona"), entity_of(Party), Party.objects.order_by("pk"), out) == 2
    with zipfile.ZipFile(out) as package:
        names = package.namelist()
        assert package.read(names[0]).startswith(b"%PDF-")
    assert names[0] == "甲_乙.pdf"
    assert len(set(names)) == 2
    entry = Entry.objects.get(kind="export")
    assert entry.fields["kind"] == [None, "dossier"]
    assert "customers.party.name" in entry.fields["fields"][1]
    assert signed_in(cast.bob).get(f"{address(party)}dossier.pdf").status_code == 403
    with pytest.raises(PermissionDenied):
        write_zip(cast.actor("carol"), entity_of(Party), Party.objects.all(), io.BytesIO())


def test_a_closed_volume_opens_unchanged_and_only_for_who_may_read_all(
    cast: Cast, make: Callable[..., Any]
) -> None:
    party, mona = full(cast, make), cast.actor("mona")
    with pytest.raises(ValidationError):
        close_volume(mona, party, LAST + 1)
    volume = close_volume(mona, party, LAST)
    with pytest.raises(ValidationError):
        close_volume(mona, party, LAST)
    before = read_volume(mona, volume)
    Party.objects.filter(pk=party.pk).unjournaled_update(name="改了名")
    assert read_volume(mona, volume) == before
    assert signed_in(cast.mona).get(f"/customers/volume/{volume.pk}/document/").content == before
    with pytest.raises(PermissionDenied):
        read_volume(cast.actor("alice"), volume)
    limit = FieldLimit.objects.create(
        role=Role.objects.get(name="mona"), record="customers.party", field="phone", right="masked"
    )
    with pytest.raises(PermissionDenied):
        read_volume(cast.actor("mona"), volume)
    limit.delete()
    assert volume.file is not None
    (root() / volume.file.path).write_bytes(before + b" ")
    with pytest.raises(Altered):
        read_volume(cast.actor("mona"), volume)


def test_an_original_is_lent_once_and_overdue_is_told(cast: Cast, make: Callable[..., Any]) -> None:
    original = make(DossierOriginal, cast.alice)
    today = timezone.localdate()
    loan = lend(cast.actor("alice"), original, cast.bob.pk, today + timedelta(days=3), "", "续保")
    with pytest.raises(ValidationError, match="bob"):
        lend(cast.actor("dora"), original, None, today, "王律师")
    assert list(overdue(cast.actor("dora"), today)) == []
    assert list(overdue(cast.actor("dora"), today + timedelta(days=4))) == [loan]
    assert list(overdue(cast.actor("carol"), today + timedelta(days=4))) == []
    with change(SYSTEM, "test.late"):
        Loan.objects.filter(pk=loan.pk).unjournaled_update(
            lent_on=today - timedelta(days=9), due_on=today - timedelta(days=1)
        )
    assert str(loan.original) in signed_in(cast.alice).get("/").content.decode()
    loan.refresh_from_db()
    give_back(cast.actor("alice"), loan, "完好")
    assert lend(cast.actor("alice"), original, None, today, "王律师").outside == "王律师"
