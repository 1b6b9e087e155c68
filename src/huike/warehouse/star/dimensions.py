"""The dimensions that facts share: time, customer, product, staff, department, plain ones."""

from __future__ import annotations

from typing import Any

from ibis.expr.types import Table

from huike.warehouse.star import times
from huike.warehouse.star.declaring import DEPTH, Dimension, Hierarchy, Level, words

TREE_LEVELS = range(1, DEPTH + 1)
PARTY = "customers.party"


def _with_tree(rows: Table, tree: Table, column: str, key: str, prefix: str) -> Table:
    """`rows` with the levels of the tree node that `column` refers to."""
    names = {f"{prefix}{kind}_{n}": tree[f"{kind}_{n}"] for kind in ("key", "name")
             for n in TREE_LEVELS}  # fmt: skip
    return rows.left_join(tree, rows[column] == tree[key]).select(
        *[rows[name] for name in rows.columns], **names, **{f"{prefix}name": tree["name"]}
    )


def customers(backend: Any) -> Table:
    """Customers as they were from valid_from until before valid_to, with their category's tree."""
    tree = backend.table("customer_category_tree")
    return _with_tree(backend.table("customer"), tree, "category", "category", "category_")


def products(backend: Any) -> Table:
    """Products with the tree of their group."""
    tree = backend.table("product_group_tree")
    return _with_tree(backend.table("product"), tree, "group", "group", "group_")


def staff(backend: Any) -> Table:
    """People with the tree of their present department."""
    tree = backend.table("department_tree")
    return _with_tree(backend.table("staff"), tree, "department", "department", "department_")


def departments(backend: Any) -> Table:
    """Departments with the tree above them."""
    tree = backend.table("department_tree")
    return tree.rename(department_name="name", **{
        f"department_{kind}_{n}": f"{kind}_{n}" for kind in ("key", "name") for n in TREE_LEVELS
    })  # fmt: skip


def days(backend: Any) -> Table:
    """Days with Chinese holidays and make-up days."""
    return backend.table("day")


def _tree_levels(prefix: str, zh: str, en: str, record: str) -> tuple[Level, ...]:
    return tuple(
        Level(
            f"{prefix}_{n}",
            words(f"{n} 级{zh}", f"{en}, level {n}"),
            f"{prefix}_name_{n}",
            f"{prefix}_key_{n}",
            record=record,
        )
        for n in TREE_LEVELS
    )


def _names(prefix: str, last: str = "") -> tuple[str, ...]:
    return (*(f"{prefix}_{n}" for n in TREE_LEVELS), *([last] if last else []))


def _party(name: str, zh: str, en: str, *, coded: bool = False) -> Level:
    """A level that is a plain column of customers."""
    return Level(name, words(zh, en), name, field=f"{PARTY}.{name}" if coded else "")


_STAFF_TREE = _tree_levels("department", "部门", "department", "staff.department")

TIME = Dimension(
    "time",
    words("时间", "Time"),
    (
        Level("year", words("年", "year"), made=times.year),
        Level("quarter", words("季度", "quarter"), made=times.quarter),
        Level("month", words("月", "month"), made=times.month),
        Level("week", words("周", "week"), made=times.week),
        Level("day", words("日", "day"), made=times.whole_day),
        Level("weekday", words("星期", "weekday"), made=times.weekday),
        Level("holiday", words("法定节假日", "Chinese holiday"), "holiday"),
        Level("is_workday", words("工作日", "working day"), "is_workday"),
        Level("is_make_up", words("调休上班", "make-up working day"), "is_make_up"),
    ),
    days,
    "day",
    hierarchies=(
        Hierarchy("calendar", words("年月日", "calendar"), ("year", "quarter", "month", "day")),
        Hierarchy("weeks", words("周", "weeks"), ("year", "week", "day")),
    ),
)

CUSTOMER = Dimension(
    "customer",
    words("客户", "Customer"),
    (
        Level("customer", words("客户", "customer"), "name", "customer", record=PARTY),
        _party("kind", "个人或企业", "person or organisation", coded=True),
        _party("level", "客户等级", "customer tier", coded=True),
        _party("sex", "性别", "sex", coded=True),
        Level("age", words("年龄段", "age band"), "born", made=times.age_band),
        _party("education", "学历", "education"),
        _party("marital_status", "婚姻状况", "marital status"),
        _party("job", "职业", "occupation"),
        _party("industry", "行业", "industry"),
        _party("country", "国家", "country"),
        _party("region", "地区", "region"),
        _party("province", "省份", "province"),
        _party("city", "城市", "city"),
        _party("district", "区县", "district"),
        _party("source", "来源", "source", coded=True),
        Level("category", words("客户分类", "category"), "category_name", "category",
              record="customers.category"),
        *_tree_levels("category", "分类", "category", "customers.category"),
        Level("owner", words("负责人编号", "owner's number"), "owner", record="staff.user"),
    ),
    customers,
    "customer",
    dated=True,
    tree="category_",
    hierarchies=(
        Hierarchy("area", words("区域", "area"),
                  ("country", "province", "city", "district", "customer")),
        Hierarchy("class", words("等级", "class"), ("level", "customer")),
        Hierarchy("categories", words("分类", "categories"), _names("category", "customer")),
    ),
)  # fmt: skip

PRODUCT = Dimension(
    "product",
    words("产品", "Product"),
    (
        Level("product", words("产品", "product"), "name", "product", record="catalog.product"),
        Level("code", words("产品编号", "product code"), "code"),
        Level("group", words("产品类别", "product group"), "group_name", "group",
              record="catalog.productgroup"),
        *_tree_levels("group", "类别", "group", "catalog.productgroup"),
        Level("is_withdrawn", words("已停售", "withdrawn"), "is_withdrawn"),
    ),
    products,
    "product",
    tree="group_",
    hierarchies=(Hierarchy("groups", words("类别", "groups"), _names("group", "product")),),
)  # fmt: skip

STAFF = Dimension(
    "staff",
    words("员工", "Staff"),
    (
        Level("staff", words("员工", "person"), "name", "staff", record="staff.user"),
        *_STAFF_TREE,
        Level("is_active", words("在职", "may sign in"), "is_active"),
    ),
    staff,
    "staff",
    tree="department_",
    hierarchies=(Hierarchy("firm", words("组织", "the firm"), _names("department", "staff")),),
)

DEPARTMENT = Dimension(
    "department",
    words("部门", "Department"),
    (
        Level("department", words("部门", "department"), "department_name", "department",
              record="staff.department"),
        *_STAFF_TREE,
    ),
    departments,
    "department",
    tree="department_",
    hierarchies=(Hierarchy("firm", words("组织", "the firm"), _names("department")),),
)  # fmt: skip


def _plain(name: str, zh: str, en: str, field: str = "") -> Dimension:
    """A dimension that is a value of the fact itself."""
    return Dimension(name, words(zh, en), (Level(name, words(zh, en), field=field),))


DIMENSIONS = (
    TIME,
    CUSTOMER,
    PRODUCT,
    STAFF,
    DEPARTMENT,
    _plain("channel", "渠道", "channel", "channels.interaction.kind"),
    _plain("direction", "方向", "direction", "channels.interaction.direction"),
    _plain("place", "地点", "place"),
    _plain("order_kind", "销售或退货", "sale or return", "trade.order.kind"),
    _plain("order_state", "订单状态", "state of the order", "trade.order.state"),
    _plain("task_state", "任务状态", "state of the task", "office.task.state"),
    _plain("priority", "优先级", "priority", "office.task.priority"),
    _plain("event", "事件", "event"),
    _plain("campaign", "活动", "campaign"),
    _plain("segment", "客群", "segment"),
    _plain("treated", "已触达", "treated"),
    _plain("outcome", "结果", "outcome"),
    _plain("answer_kind", "问题种类", "kind of question", "surveys.answer.kind"),
    _plain("verdict", "满意与否", "verdict", "surveys.answer.verdict"),
    _plain("answer_about", "针对", "about what", "surveys.answer.about"),
)
