"""The demo firm's people: a Chinese car dealer's departments, roles and employees."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.contrib.auth.hashers import make_password

from huike.kernel.access.models import FieldLimit, Grant, Role
from huike.kernel.actor import Actor
from huike.kernel.change.work import change
from huike.staff.models import Department, User

PASSWORD = "huike-demo-4s"
SECOND_SECRET = "huike-demo-seal"  # opens what is sealed, for admin, boss and manager
DEPARTMENTS = {
    "启程汽车4S店": None,
    "总经办": "启程汽车4S店",
    "销售部": "启程汽车4S店",
    "展厅一组": "销售部",
    "展厅二组": "销售部",
    "大客户组": "销售部",
    "售后服务部": "启程汽车4S店",
    "服务前台": "售后服务部",
    "维修车间": "售后服务部",
    "市场部": "启程汽车4S店",
    "客户关系部": "启程汽车4S店",
    "会员俱乐部": "客户关系部",
    "财务部": "启程汽车4S店",
}
RECORDS = (
    "customers.party",
    "customers.tie",
    "customers.consent",
    "customers.privacyrequest",
    "customers.duplicatepair",
    "customers.merge",
    "customers.volume",
    "customers.dossieroriginal",
    "customers.loan",
    "customers.finding",
    "customers.collaborator",
    "channels.interaction",
    "office.task",
    "trade.order",
)
SHARED = (
    "customers.fieldweight",
    "customers.qualityrule",
    "customers.qualityday",
    "customers.category",
    "customers.tag",
    "catalog.product",
    "catalog.productgroup",
    "staff.department",
)
ALL_OPS = ("view", "add", "edit", "delete", "import", "export")
# role: (what it may do, how far it sees, how far it changes)
ROLES: dict[str, tuple[str, tuple[str, ...], str, str]] = {
    "总经理": ("看全店，改全店", ("view", "add", "edit", "export"), "all", "all"),
    "部门经理": ("本部门及下级", ALL_OPS, "below", "below"),
    "销售顾问": ("看本部门，改自己的", ("view", "add", "edit"), "department", "own"),
    "服务顾问": ("看全店，改本部门", ("view", "add", "edit"), "all", "department"),
    "客服专员": ("回访与关怀，手机号打码", ("view", "add", "edit"), "all", "all"),
    "市场专员": ("看全店并导出", ("view", "export"), "all", "own"),
    "财务": ("看全店订单", ("view", "export"), "all", "own"),
}
# user name: (name, department, role)
PEOPLE: dict[str, tuple[str, str, str]] = {
    "admin": ("孙建国", "总经办", "系统管理员"),
    "boss": ("周海峰", "总经办", "总经理"),
    "manager": ("陈静", "销售部", "部门经理"),
    "sales": ("王伟", "展厅一组", "销售顾问"),
    "sales2": ("李娜", "展厅一组", "销售顾问"),
    "sales3": ("张磊", "展厅一组", "销售顾问"),
    "sales4": ("刘洋", "展厅二组", "销售顾问"),
    "sales5": ("赵敏", "展厅二组", "销售顾问"),
    "sales6": ("单志强", "展厅二组", "销售顾问"),
    "fleet": ("曾丽华", "大客户组", "销售顾问"),
    "fleet2": ("仇健", "大客户组", "销售顾问"),
    "service_manager": ("黄志明", "售后服务部", "部门经理"),
    "service": ("吴倩", "服务前台", "服务顾问"),
    "service2": ("徐鹏", "服务前台", "服务顾问"),
    "care": ("马晓燕", "客户关系部", "客服专员"),
    "care2": ("何雪", "会员俱乐部", "客服专员"),
    "marketing": ("罗一鸣", "市场部", "市场专员"),
    "finance": ("梁文芳", "财务部", "财务"),
}
SHOWN = ("admin", "boss", "manager", "sales", "service", "care")


def fill(say: Callable[[str], None]) -> None:
    """Make departments, roles and people, if there are none."""
    with change(Actor.system("demo"), "staff.demo"):
        departments = _departments()
        roles = _roles()
        password = make_password(PASSWORD)  # once: hashing is slow on purpose
        for username, (name, department, role) in PEOPLE.items():
            user = User.objects.create(
                username=username, password=password, name=name, department=departments[department]
            )
            user.roles.add(roles[role])


def sign_ins() -> list[str]:
    """Return a line for each person that a visitor may sign in as."""
    lines = []
    for username in SHOWN:
        name, department, role = PEOPLE[username]
        lines.append(f"{username:<10} {PASSWORD}   {name} · {department} · {role}")
    opens = "admin, boss, manager"
    return [*lines, f"加密档案第二口令 second secret ({opens}): {SECOND_SECRET}"]


def grant(role: Role, records: Iterable[str], ops: Iterable[str], reach: str) -> None:
    """Let a role do `ops` to `records` within `reach`."""
    Grant.objects.bulk_create(
        Grant(role=role, record=record, op=op, reach=reach) for record in records for op in ops
    )


def _departments() -> dict[str, Department]:
    made: dict[str, Department] = {}
    for position, (name, parent) in enumerate(DEPARTMENTS.items()):
        made[name] = Department(name=name, parent=made.get(parent or ""), position=position)
        made[name].save()
    return made


def _roles() -> dict[str, Role]:
    made = {"系统管理员": Role.objects.create(name="系统管理员", is_administrator=True)}
    for name, (description, ops, seen, changed) in ROLES.items():
        role = made[name] = Role.objects.create(name=name, description=description)
        looking = [op for op in ops if op in {"view", "export"}]
        grant(role, RECORDS, looking, seen)
        grant(role, RECORDS, [op for op in ops if op not in looking], changed)
        grant(role, SHARED, ["view"], "all")
        if name in {"总经理", "部门经理"}:
            # who may move departments widens the own reach: administrators alone do that
            editable = [record for record in SHARED if record != "staff.department"]
            grant(role, editable, ["add", "edit"], "all")
    _limits(made)
    return made


def _limits(roles: dict[str, Role]) -> None:
    for name in ("客服专员", "市场专员"):
        for field in ("phone", "telephone", "id_number"):
            FieldLimit.objects.create(
                role=roles[name], record="customers.party", field=field, right="masked"
            )
    for name in ("销售顾问", "服务顾问", "客服专员", "市场专员"):
        FieldLimit.objects.create(
            role=roles[name], record="catalog.product", field="cost", right="hidden"
        )


def make_department(**given: object) -> Department:
    """Return an unsaved department, for tests and docs."""
    return Department(**{"name": "测试部门", **given})


MAKERS = {Department: make_department}
