# ruff: noqa: E402, E501, T201
"""Measures search among 1,000,000 seeded customers, beside a plain LIKE in the same run.

    HUIKE_HOME=/tmp/bench .venv/bin/python bench/search.py [rows]
    HUIKE_DATABASE=postgresql://... HUIKE_HOME=/tmp/bench .venv/bin/python bench/search.py [rows]

The database is made where there is none, filled and indexed, and kept for the next run.
"""

from __future__ import annotations

import os
import platform
import random
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huike.site.settings")

import django

django.setup()

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from huike.customers.models import Party
from huike.kernel.access.scope import visible
from huike.kernel.actor import Actor, Op, Rights
from huike.kernel.change.work import change
from huike.kernel.entity.entity import entity_of
from huike.kernel.search.find import find, search_condition
from huike.kernel.search.index import reindex
from huike.kernel.search.query import parts, question
from huike.kernel.search.store import newest, store
from huike.kernel.search.terms import kind, tag
from huike.staff.models import Department

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
TIMES = 20
DEPARTMENTS = 30
COMMON = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖文单仇解区查"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉建国华志红玉春梅海波宁鑫宇浩然子涵欣怡梓轩思雨晨曦俊峰嘉豪天佑一诺可馨若彤佳琪雅婷诗雪慧琳美玲淑珍云飞龙凤金银山水木林森成功胜利民生永远光荣耀祖德才学智勇仁义礼信忠孝和顺安康泰祥瑞福禄寿喜庆丰登盛昌隆兴旺达通顺风"
PLACES = [
    "深圳",
    "广州",
    "北京",
    "上海",
    "东莞",
    "佛山",
    "重庆",
    "成都",
    "武汉",
    "长沙",
    "杭州",
    "南京",
    "苏州",
    "西安",
    "天津",
]
TRADES = [
    "汽车销售服务",
    "物流",
    "电子科技",
    "餐饮管理",
    "建筑工程",
    "医疗器械",
    "贸易",
    "文化传媒",
    "装饰设计",
    "教育咨询",
]
COLUMNS = [
    "kind",
    "name",
    "name_key",
    "code",
    "short_name",
    "phone",
    "telephone",
    "email",
    "wechat",
    "department_id",
]


def customers() -> Iterator[tuple[Any, ...]]:
    """Yield four persons to each firm, surnames as unevenly spread as in life."""
    rng = random.Random(20261123)
    weights = [1 / (place + 3) for place in range(len(COMMON))]
    surnames = rng.choices(COMMON, weights, k=ROWS)
    for number in range(1, ROWS + 1):
        phone = f"1{rng.choice('3578')}{rng.randrange(10**9):09d}"
        mail = f"{rng.choice(['li', 'wang', 'user', 'sales'])}{rng.randrange(10**6)}@example.com"
        if number % 5:
            name = surnames[number - 1] + "".join(rng.choices(GIVEN, k=rng.choice([1, 2, 2, 2])))
            kind = "person"
        else:
            words = "".join(rng.choices(GIVEN, k=2))
            name, kind = (
                rng.choice(PLACES) + words + rng.choice(TRADES) + "有限公司",
                "organisation",
            )
        email = mail if number % 3 == 0 else ""
        department = number % DEPARTMENTS + 1
        yield (kind, name, name, f"K{number:07d}", "", phone, "", email, "", department)


def fill() -> None:
    """Insert the customers with one prepared statement; what they have in common is constant."""
    for number in range(DEPARTMENTS - Department.everything.count()):
        with change(Actor.system("bench"), "bench.fill"):
            Department(name=f"部门{number}").save()
    constant = _constants()
    names = ", ".join([*COLUMNS, *constant])
    holes = ", ".join(["%s"] * len(COLUMNS))
    sql = f"INSERT INTO customers_party ({names}) VALUES ({holes}, {', '.join(constant.values())})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"ALTER TABLE customers_party {_defaults(constant)}")
            with cursor.copy(f"COPY customers_party ({', '.join(COLUMNS)}) FROM STDIN") as copy:
                for row in customers():
                    copy.write_row(row)
            cursor.execute("ANALYZE customers_party")
        else:
            cursor.execute("BEGIN")
            cursor.executemany(sql, customers())
            cursor.execute("COMMIT")
            cursor.execute("ANALYZE")


def _constants() -> dict[str, str]:
    """Return SQL for every column that may not be empty and is not one of COLUMNS."""
    now = timezone.now().strftime("'%Y-%m-%d %H:%M:%S'")
    kinds = {"BooleanField": "false", "DateTimeField": now, "JSONField": "'{}'"}
    kinds |= {"PositiveIntegerField": "1"}
    return {
        f.column: kinds.get(f.get_internal_type(), "''")
        for f in Party._meta.concrete_fields
        if not f.null and not f.primary_key and f.column not in COLUMNS
    }


def _defaults(constant: dict[str, str]) -> str:
    return ", ".join(f"ALTER COLUMN {name} SET DEFAULT {sql}" for name, sql in constant.items())


def timed(do: Callable[[], Any], times: int = TIMES) -> tuple[float, float, Any]:
    """Return p50 and p95 in milliseconds, and the last answer."""
    took, answer = [], do()
    for _ in range(times):
        start = time.perf_counter()
        answer = do()
        took.append((time.perf_counter() - start) * 1000)
    return statistics.median(took), statistics.quantiles(took, n=20)[-1], answer


def seller() -> Actor:
    """Return somebody who sees one department of thirty."""
    rights = Rights({(Party.label(), Op.VIEW.value): frozenset({"below"})})
    return Actor("bench", 1, 1, frozenset({1}), rights)


def measure() -> None:
    entity, all_of_it, some = entity_of(Party), Actor.system("bench"), seller()
    tags = [tag(Party.label(), name) for name in entity.search]
    sample = Party.objects.get(pk=ROWS // 2 + 1)
    works = [
        ("one character, common", "王"),
        ("one character, rare", "仇"),
        ("two characters", sample.name[:2]),
        ("pinyin in full", "wangweiguo"),
        ("pinyin, begun", "wang"),
        ("initials", "wwg"),
        ("4 digits of a phone", sample.phone[-4:]),
        ("part of a mail address", "ser4567"),
        ("code", sample.code[2:]),
        ("letters swapped", "wangwieguo"),
        ("no hit", "龘龘"),
        ("no hit, letters", "qzxqzx"),
    ]
    print(
        "| typed | index | find, all | find, 1 department of 30 | list of 50, department | LIKE |"
    )
    print("|---|---|---|---|---|---|")
    for label, typed in works:
        asked = question(parts(typed), tags)
        cells = [
            timed(partial(newest, kind(Party.label()), asked, 20)),
            timed(partial(find, all_of_it, typed, [entity])),
            timed(partial(find, some, typed, [entity])),
            timed(partial(_list, some, typed)),
            timed(partial(_like, some, typed), 5),
        ]
        shown = " | ".join(f"{p50:.1f} / {p95:.1f}" for p50, p95, _ in cells)
        print(f"| {label}: {typed} ({len(cells[1][2])} hits) | {shown} |", flush=True)


def _page(who: Actor, condition: Any) -> list[Any]:
    rows = visible(who, Party).filter(condition).order_by("-changed_at", "-pk")
    return list(rows.values_list("pk", "name")[:51])


def _list(who: Actor, typed: str) -> list[Any]:
    return _page(who, search_condition(who, entity_of(Party), typed))


def _like(who: Actor, typed: str) -> list[Any]:
    """What a list does without an index: LIKE over the fields that search covers."""
    from django.db.models import Q

    found = Q()
    for name in entity_of(Party).search:
        found |= Q(**{f"{name}__icontains": typed})
    return _page(who, found)


def main() -> None:
    call_command("migrate", verbosity=0)
    if Party.everything.count() < ROWS:
        start = time.perf_counter()
        fill()
        print(f"filled in {time.perf_counter() - start:.0f} s", flush=True)
        start, cpu = time.perf_counter(), time.process_time()
        reindex(Party, lambda done: None if done % 100_000 else print(done, flush=True))
        took, cpu = time.perf_counter() - start, time.process_time() - cpu
        print(f"indexed in {took:.0f} s ({cpu:.0f} s of processor in this process)", flush=True)
    version = sqlite3.sqlite_version
    if connection.vendor == "postgresql":
        version = str(connection.cursor().connection.info.server_version)
    print(
        f"{connection.vendor} {version}, Python {platform.python_version()}, {os.cpu_count()} cores,"
        f" load {os.getloadavg()[0]:.1f}, {ROWS:,} rows; p50 / p95 in ms"
    )
    measure()
    print(type(store()).__name__, "load", os.getloadavg())


if __name__ == "__main__":
    main()
