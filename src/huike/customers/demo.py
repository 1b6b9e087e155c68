"""The demo firm's customers: people and companies with categories, tags and ties."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from random import Random
from typing import Any

from django.utils import timezone

from huike.customers import demo_cards, demo_roles
from huike.customers.days import demo as demo_days
from huike.customers.days import examples as days
from huike.customers.dossier import examples as dossiers
from huike.customers.duplicates import demo as duplicates
from huike.customers.models import Category, Party, Tag, Tie
from huike.customers.pool import demo as demo_pool
from huike.customers.pool import examples as pools
from huike.customers.privacy import demo as privacy
from huike.customers.quality import examples as quality
from huike.customers.stages import demo as demo_stages
from huike.customers.stages import examples as stages
from huike.kernel.actor import Actor
from huike.kernel.change.work import change
from huike.kernel.records.bulk import chunks, create_all
from huike.staff.models import User

SEED = 20261123
PERSONS, FIRMS = 2250, 180
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蔡蒋余"
    "于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方白邹孟熊秦邱江尹薛闫段雷侯"
    "龙史陶黎贺顾毛郝龚邵万钱严单仇解查盖区"
)
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红玲志建国文辉力鑫宇浩然子轩"
    "雨欣梓涵思远佳琪晓东海燕春梅雪婷鹏飞俊峰慧颖振宁学林大同少东逸云"
)
CITIES = {
    "天河区": "广州市",
    "越秀区": "广州市",
    "番禺区": "广州市",
    "白云区": "广州市",
    "南海区": "佛山市",
    "顺德区": "佛山市",
}
STREETS = (
    "中山大道",
    "体育西路",
    "黄埔大道",
    "广州大道",
    "东风路",
    "番禺大道",
    "桂城路",
    "江南西路",
)
JOBS = (
    "教师",
    "工程师",
    "医生",
    "个体经营",
    "公务员",
    "销售",
    "设计师",
    "会计",
    "司机",
    "退休",
    "律师",
)
TRADES = ("物流", "建材", "食品", "电子", "服装", "医药", "装修", "旅游", "租赁", "教育")
PLACES = ("广州", "佛山", "番禺", "南海", "顺德", "岭南", "珠江", "天河")
WORDS = (
    "顺达",
    "恒通",
    "鸿运",
    "金星",
    "嘉和",
    "华信",
    "万利",
    "德源",
    "新城",
    "宏远",
    "创展",
    "安捷",
)
CATEGORIES = {
    "车主": ("新车客户", "老车主", "二手车客户"),
    "意向客户": ("到店未订", "网络咨询"),
    "大客户": ("企业车队", "政府机关", "租赁公司"),
    "会员": ("俱乐部会员",),
}
TAGS = {
    "VIP": "purple",
    "怕等待": "orange",
    "爱自驾游": "green",
    "价格敏感": "grey",
    "转介绍多": "blue",
    "有过投诉": "red",
    "需要接送": "blue",
}


def fill(say: Callable[[str], None]) -> None:
    """Make categories, tags, persons, firms and their contacts."""
    rng = Random(SEED)
    _sellers.cache_clear()
    with change(Actor.system("demo"), "customers.demo"):
        categories, tags = _categories(), _tags()
        people = [make_person(rng, n) for n in range(PERSONS)]
        firms = [make_firm(rng, n) for n in range(FIRMS)]
        for party in (*people, *firms):
            _place(rng, party, categories)
        demo_cards.deal((*people, *firms))
        demo_days.give_lunar_birthdays(people)
        for chunk in chunks((*people, *firms), 500):
            create_all(chunk)
        _ties(rng, people, firms)
        _tag(rng, tags)
        demo_roles.fill()
        duplicates.fill()
        dossiers.fill()
        privacy.fill()


def finish() -> None:
    """Make what rests on contacts, tasks and orders: pool, days, stages, quality."""
    with change(Actor.system("demo"), "customers.demo"):
        demo_pool.fill()
        demo_days.fill()
        demo_stages.fill()
    quality.fill()


def make_person(rng: Random, n: int) -> Party:
    """Return an unsaved person; `n` makes the phone number unlike any other."""
    name = rng.choice(SURNAMES) + "".join(rng.sample(GIVEN, rng.choice((1, 2, 2))))
    age = rng.triangular(19, 75, 38)
    today = timezone.localdate()
    return Party(
        kind="person",
        name=name,
        code=f"P{n + 1:05d}",
        phone=f"+861{rng.choice('35789')}{rng.randrange(10)}{(n * 7919 + 13) % 10**8:08d}",
        email=f"user{n}@example.com" if rng.random() < 0.4 else "",
        sex=rng.choice(("male", "female")),
        birthday=today - timedelta(days=round(age * 365.25)),
        job=rng.choice(JOBS),
        marital_status=rng.choice(("已婚", "未婚", "已婚")),
        education=rng.choice(("高中", "大专", "本科", "本科", "硕士")),
        source=rng.choice(("visit", "visit", "phone", "web", "referral", "campaign")),
    )


def make_firm(rng: Random, n: int) -> Party:
    """Return an unsaved company."""
    place, word, trade = rng.choice(PLACES), rng.choice(WORDS), rng.choice(TRADES)
    return Party(
        kind="organisation",
        name=f"{place}{word}{trade}有限公司",
        short_name=f"{word}{trade}",
        code=f"C{n + 1:04d}",
        telephone=f"+8620{38000000 + n * 137}",
        email=f"office{n}@example.com" if rng.random() < 0.7 else "",
        industry=trade,
        size=round(rng.lognormvariate(4, 1)) + 3,
        credit_limit=rng.choice((50_000, 100_000, 300_000, 500_000)),
        credit_days=rng.choice((15, 30, 60)),
        source=rng.choice(("visit", "phone", "referral", "other")),
    )


def make_party(**given: Any) -> Party:
    """Return an unsaved party, for tests and docs."""
    return Party(**{"name": "张三", **given})


def days_ago(days: float, hour: int = 10) -> datetime:
    """Return a moment that many days before today, in the firm's time zone."""
    day: date = timezone.localdate() - timedelta(days=int(days))
    return timezone.make_aware(datetime.combine(day, time(hour % 24, 15)))


def _categories() -> dict[str, Category]:
    made: dict[str, Category] = {}
    for name, below in CATEGORIES.items():
        made[name] = Category(name=name)
        made[name].save()
        for position, child in enumerate(below):
            made[child] = Category(name=child, parent=made[name], position=position)
            made[child].save()
    return made


def _tags() -> list[Tag]:
    tags = [Tag(name=name, colour=colour) for name, colour in TAGS.items()]
    for tag in tags:
        tag.save()
    return tags


def _place(rng: Random, party: Party, categories: dict[str, Category]) -> None:
    """Give a customer an owner, a home and an age as a customer."""
    sellers = _sellers("fleet" if party.kind == "organisation" else "sales")
    party.owner = rng.choice(sellers)
    party.department = party.owner.department
    district = rng.choice(list(CITIES))
    party.province, party.city, party.district = "广东省", CITIES[district], district
    party.address = f"{rng.choice(STREETS)}{rng.randrange(1, 900)}号"
    names = (
        ("企业车队", "租赁公司", "政府机关")
        if party.kind == "organisation"
        else ("新车客户", "老车主", "老车主", "二手车客户", "到店未订", "俱乐部会员")
    )
    party.category = categories[rng.choice(names)]
    party.contact_cycle = rng.choice((30, 60, 90))
    party.created_at = days_ago(rng.triangular(1, 730, 600), rng.randrange(9, 18))


@lru_cache
def _sellers(beginning: str) -> list[User]:
    return list(User.objects.filter(username__startswith=beginning).select_related("department"))


def _ties(rng: Random, people: list[Party], firms: list[Party]) -> None:
    ties = []
    for firm in firms:
        for position in ("采购经理", "总经理", "车队队长")[: rng.randrange(1, 4)]:
            role = {"采购经理": "buyer", "总经理": "decider", "车队队长": "user"}[position]
            ties.append(
                Tie(
                    party=rng.choice(people),
                    kind="works_at",
                    other=firm,
                    position=position,
                    role=role,
                )
            )
    for _n in range(250):
        one, other = rng.sample(people, 2)
        ties.append(Tie(party=one, kind=rng.choice(("family_of", "referred_by")), other=other))
    for chunk in chunks(ties, 500):
        create_all(chunk)


def _tag(rng: Random, tags: list[Tag]) -> None:
    keys = list(Party.objects.values_list("pk", flat=True))
    links = Party.tags.through
    links.objects.bulk_create(
        [
            links(party_id=key, tag_id=tag.pk)
            for key in keys
            for tag in rng.sample(tags, rng.choice((0, 0, 0, 1, 1, 2)))
        ],
        batch_size=1000,
    )


def make_tie(**given: Any) -> Tie:
    """Return an unsaved tie, for tests and docs."""
    return Tie(**{"kind": "family_of", **given})


def make_category(**given: Any) -> Category:
    return Category(**{"name": "测试分类", **given})


def make_tag(**given: Any) -> Tag:
    return Tag(**{"name": "测试标签", **given})


MAKERS: dict[type[Any], Callable[..., Any]] = {
    Party: make_party,
    Tie: make_tie,
    Category: make_category,
    Tag: make_tag,
}
MAKERS |= pools.MAKERS | days.MAKERS | stages.MAKERS | dossiers.MAKERS | quality.MAKERS
