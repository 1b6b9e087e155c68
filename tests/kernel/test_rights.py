"""Several roles add up: a field is limited only where all roles that see the record limit it."""

from __future__ import annotations

from huike.kernel.access.models import FieldLimit, Grant, Role
from huike.kernel.access.rights import rights_of

RECORD = "customers.party"


def role(name: str, limit: str = "") -> Role:
    made = Role.objects.create(name=name)
    Grant.objects.create(role=made, record=RECORD, op="view", reach="own")
    if limit:
        FieldLimit.objects.create(role=made, record=RECORD, field="phone", right=limit)
    return made


def test_one_role_without_a_limit_lifts_it(db: None) -> None:
    masked, free = role("masked", "masked"), role("free")
    assert rights_of([masked.pk]).fields == {(RECORD, "phone"): "masked"}
    assert rights_of([masked.pk, free.pk]).fields == {}


def test_of_two_limits_the_more_generous_holds(db: None) -> None:
    both = [role("masked", "masked").pk, role("read", "read").pk]
    assert rights_of(both).fields == {(RECORD, "phone"): "read"}


def test_reaches_add_up(db: None) -> None:
    one, two = role("one"), role("two")
    Grant.objects.filter(role=two).update(reach="department")
    found = rights_of([one.pk, two.pk]).grants[RECORD, "view"]
    assert found == frozenset({"own", "department"})
