"""Departments, people and roles changed by administrators, and what follows at once."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from huike.customers.models import Party
from huike.kernel.access.models import Grant, Role
from huike.kernel.access.scope import visible
from huike.kernel.actor import Op
from huike.kernel.change.models import Entry
from huike.kernel.change.work import change
from huike.kernel.entity.entity import entity_of
from huike.kernel.records.undo import undo
from huike.staff import departments, people
from huike.staff.models import Department, User
from huike.staff.rights import roles
from tests.cast import SYSTEM, Cast, Make

LABEL = "customers.party"
LAST = "administers|没有管理员"


def sees(cast: Cast, name: str, row: Party, op: Op = Op.VIEW) -> bool:
    return visible(cast.actor(name), Party, op).filter(pk=row.pk).exists()


def test_a_moved_department_changes_scopes_at_once(cast: Cast, make: Make) -> None:
    row = make(Party, cast.carol)  # in the south
    assert not sees(cast, "dora", row)  # who leads the north
    south, north = cast.departments["south"], cast.departments["north"]
    departments.move_department(cast.actor("root"), south, north)
    assert sees(cast, "dora", row)


def test_a_move_can_be_undone(cast: Cast) -> None:
    south, north = cast.departments["south"], cast.departments["north"]
    with change(cast.actor("root"), "test") as work:
        departments.move_department(cast.actor("root"), south, north, 0)
    undo(cast.actor("root"), work.group)
    assert Department.objects.get(pk=south.pk).parent_id == cast.departments["firm"].pk


def test_no_department_lies_below_itself(cast: Cast) -> None:
    with pytest.raises(ValidationError):
        departments.move_department(
            cast.actor("root"), cast.departments["north"], cast.departments["north 1"]
        )


def test_there_is_one_department_at_the_top(cast: Cast) -> None:
    with pytest.raises(ValidationError):
        departments.move_department(cast.actor("root"), cast.departments["south"], None)


def test_only_an_empty_department_goes(cast: Cast, make: Make) -> None:
    root = cast.actor("root")
    for name in ("firm", "north", "south"):
        with pytest.raises(ValidationError):
            departments.bin_department(root, cast.departments[name])
    empty = departments.add_department(root, "west", cast.departments["firm"])
    row = make(Party, cast.alice, department=empty)
    with pytest.raises(ValidationError):
        departments.bin_department(root, empty)
    with change(SYSTEM, "test"):
        row.department = cast.departments["south"]
        row.save()
    departments.bin_department(root, Department.objects.get(pk=empty.pk))
    assert not Department.objects.filter(pk=empty.pk).exists()


def test_the_tree_counts_people_with_all_below(cast: Cast) -> None:
    (firm,) = departments.tree()
    assert (firm.people, firm.all_people) == (1, 7)
    assert [b.row.name for b in departments.flat([firm])] == ["firm", "north", "north 1", "south"]


@pytest.mark.parametrize("name", ["alice", "dora", "mona", "iris"])
def test_only_administrators_set_up(cast: Cast, name: str) -> None:
    actor = cast.actor(name)
    north = cast.departments["north"]
    role = Role.objects.get(name="alice")
    for verb in (
        lambda: departments.rename_department(actor, north, "x"),
        lambda: departments.move_department(actor, north, cast.departments["south"]),
        lambda: people.edit_person(actor, cast.alice, {"name": "x"}, [role.pk]),
        lambda: people.add_person(actor, {"username": "x", "name": "x"}, [], "long enough 12"),
        lambda: people.set_password(actor, cast.alice, "long enough 12"),
        lambda: people.unlock(actor, cast.alice),
        lambda: roles.save_role(actor, role, {"is_administrator": True}, None),
        lambda: roles.limit_fields(actor, role, LABEL, {"phone": "write"}),
        lambda: roles.copy_role(actor, role),
        lambda: roles.delete_role(actor, role),
    ):
        with pytest.raises(PermissionDenied):
            verb()


def test_a_new_person_signs_in_with_what_the_roles_grant(cast: Cast, make: Make) -> None:
    row = make(Party, cast.alice)
    given = {"username": "erin", "name": "Erin", "department_id": cast.departments["north"].pk}
    role = Role.objects.get(name="dora")
    people.add_person(cast.actor("root"), given, [role.pk], "long enough 12")
    assert sees(cast, "erin", row)


def test_two_people_have_no_user_name_alike_in_capitals(cast: Cast) -> None:
    given = {"username": "ALICE", "name": "Other"}
    with pytest.raises(ValidationError) as refused:
        people.add_person(cast.actor("root"), given, [], "long enough 12")
    assert "username" in refused.value.message_dict


def test_a_leaver_is_closed_and_what_is_owned_is_told(cast: Cast, make: Make) -> None:
    make(Party, cast.alice)
    keep = [r.pk for r in cast.alice.roles.all()]
    people.edit_person(cast.actor("root"), cast.alice, {"is_active": False}, keep)
    assert not User.objects.get(username="alice").is_active
    found = {p.label: p for p in people.possessions(cast.alice)}
    assert found[entity_of(LABEL).label].count == 1
    entry = Entry.objects.filter(record="staff.user", record_id=cast.alice.pk).latest("pk")
    assert entry.fields["is_active"] == [True, False]


def test_the_last_administrator_stays(cast: Cast) -> None:
    root, role = cast.actor("root"), Role.objects.get(name="root")
    with pytest.raises(ValidationError, match=LAST):
        people.edit_person(root, User.objects.get(username="root"), {"is_active": False}, [role.pk])
    with pytest.raises(ValidationError, match=LAST):
        people.edit_person(root, User.objects.get(username="root"), {}, [])
    with pytest.raises(ValidationError, match=LAST):
        roles.save_role(root, Role.objects.get(name="root"), {"is_administrator": False}, None)
    with pytest.raises(ValidationError):
        roles.delete_role(root, Role.objects.get(name="root"))
    again = User.objects.get(username="root")
    assert again.is_active
    assert cast.actor("root").is_administrator


def test_the_matrix_decides_what_is_visible(cast: Cast, make: Make) -> None:
    row = make(Party, cast.alice)
    role, root = Role.objects.get(name="carol"), cast.actor("root")
    for reach, seen in (("own", False), ("all", True), ("", False), ("department", False)):
        matrix = roles.matrix_of(role) | {(LABEL, "view"): reach}
        roles.save_role(root, role, {}, matrix)
        assert sees(cast, "carol", row) is seen, reach
    assert not Grant.objects.filter(role=role, record=LABEL, op="view", reach="all").exists()
    cells = [
        e for e in Entry.objects.filter(record="kernel.role") if f"grant:{LABEL}:view" in e.fields
    ]
    assert cells[1].fields[f"grant:{LABEL}:view"] == ["all", None]


def test_what_nobody_owns_is_all_or_nothing() -> None:
    assert roles.reaches_for(entity_of("catalog.product")) == ["all"]
    assert len(roles.reaches_for(entity_of(LABEL))) == 4


def test_field_rights_hide_and_mask_at_once(cast: Cast) -> None:
    role, root = Role.objects.get(name="alice"), cast.actor("root")
    roles.limit_fields(root, role, LABEL, {"phone": "masked", "remark": "hidden", "no": "hidden"})
    fields = entity_of(LABEL).fields(cast.actor("alice"))
    assert fields["phone"].right == "masked"
    assert "remark" not in fields
    roles.limit_fields(root, role, LABEL, {"phone": "write", "remark": "write"})
    assert roles.limits_of(role, LABEL) == {}


def test_a_copied_role_grants_the_same(cast: Cast) -> None:
    role, root = Role.objects.get(name="dora"), cast.actor("root")
    roles.limit_fields(root, role, LABEL, {"phone": "masked"})
    made = roles.copy_role(root, role)
    assert roles.matrix_of(made) == roles.matrix_of(role)
    assert roles.limits_of(made, LABEL) == {"phone": "masked"}
    assert roles.copy_role(root, role).name != made.name
    roles.delete_role(root, made)
