"""The demo firm's other parties: suppliers, resellers, competitors, partners, and own staff."""

from __future__ import annotations

from huike.customers.models import Party, Tie
from huike.kernel.records.bulk import create_all, edit_all
from huike.staff.models import User

SUPPLIERS = ("广州骏达汽车配件", "佛山恒通轮胎", "广东澳达润滑油", "番禺精工车身涂料")
DISTRIBUTORS = ("清远启程二级经销商", "肇庆顺程汽贸", "从化合众车行")
COMPETITORS = ("宏达汽车销售", "远景汽车贸易", "华南名车销售")
PARTNERS = ("南粤汽车金融", "平和保险代理", "岭南二手车拍卖")
COMPANY = "有限公司"


def fill() -> None:
    """Make them, inside the change of the demo; each tells something of the customers there are."""
    made = {
        role: _firms(names, role)
        for role, names in (
            ("is_supplier", SUPPLIERS),
            ("is_distributor", DISTRIBUTORS),
            ("is_competitor", COMPETITORS),
            ("is_partner", PARTNERS),
        )
    }
    staff = list(User.objects.filter(username__in=("sales2", "service", "finance")))
    create_all([_party(u.name, "is_employee", kind="person", is_customer=True) for u in staff])
    customers = Party.objects.filter(is_customer=True)
    firms = list(customers.filter(kind="organisation").order_by("pk")[:12])
    people = list(customers.filter(kind="person").order_by("pk")[:24])
    senders = made["is_distributor"] + made["is_partner"]
    create_all(
        [
            Tie(party=person, kind="referred_by", other=senders[n % len(senders)])
            for n, person in enumerate(people)
        ]
    )
    resellers = made["is_distributor"]
    create_all(
        [
            Tie(party=supplier, kind="supplies", other=resellers[n % len(resellers)])
            for n, supplier in enumerate(made["is_supplier"])
        ]
    )
    for n, rival in enumerate(made["is_competitor"]):
        keys = [firm.pk for firm in firms[n::3]]
        edit_all(Party.objects.filter(pk__in=keys), {"buys_from": rival.name})


def _firms(names: tuple[str, ...], role: str) -> list[Party]:
    return create_all([_party(name + COMPANY, role, kind="organisation") for name in names])


def _party(name: str, role: str, *, kind: str, is_customer: bool = False) -> Party:
    manager = User.objects.select_related("department").get(username="manager")
    return Party(
        name=name,
        kind=kind,
        is_customer=is_customer,
        owner=manager,
        department=manager.department,
        province="广东省",
        city="广州市",
        **{role: True},
    )
