"""Column profiles, and columns matched to fields by memory, name, synonym and content."""

from collections.abc import Sequence

from huike.kernel.exchange.matching import Target, column_key, match_columns, missing_required
from huike.kernel.exchange.profiles import profile_column, profile_columns

TARGETS = [
    Target("name", "姓名", ("客户名称", "full name", "customer name"), required=True),
    Target("phone", "手机号", ("电话", "mobile", "tel", "联系电话"), kind="phone"),
    Target("email", "邮箱", ("e-mail", "mail", "电子邮件"), kind="email"),
    Target("birthday", "生日", ("出生日期", "date of birth"), kind="date"),
    Target("city", "城市", ("所在城市",)),
    Target("amount", "金额", ("总金额", "price"), kind="number"),
]


def kind_of(*values: object) -> str:
    return profile_column("x", values).kind


def test_kinds_are_guessed_from_content() -> None:
    assert kind_of("是", "否", "是") == "boolean"
    assert kind_of("Yes", "No", "No phone service") == "text"
    assert kind_of("0", "1", "1") == "integer"
    assert kind_of("1,234", "5.5", "¥3") == "number"
    assert kind_of("12%", "5%") == "percent"
    assert kind_of("2026-01-02", "2026/1/3", "") == "date"
    assert kind_of("2026-01-02 08:00", "2026/1/3") == "datetime"
    assert kind_of("20260102", "20260103") == "date"
    assert kind_of("13800138000", "138 0013 8001") == "phone"
    assert kind_of("010-62345678", "021-12345678") == "phone"
    assert kind_of("a@b.cn", "c@d.com") == "email"
    assert kind_of("007", "008") == "code"
    assert kind_of("110101199001011234", "110101199001021234") == "code"
    assert kind_of(*["536365"] * 99, "C536379") == "code"
    assert kind_of("张伟", "王芳") == "text"
    assert kind_of("", None, "NULL") == "empty"
    assert kind_of(1.5, 2) == "number"
    assert kind_of("2" * 30 + ".5", "3.5") == "number"


def test_a_profile_tells_what_a_person_needs_to_judge() -> None:
    values = ["1/2/2026", "1/3/2026", "", "1/2/2026"]
    profile = profile_column("日期", values)
    assert (profile.distinct, profile.filled, profile.empty_share) == (2, 3, 0.25)
    assert profile.samples == ("1/2/2026", "1/3/2026")
    assert profile.style.order == "mdy"
    assert not profile.certain_order
    assert not profile.unique
    assert profile_column("日期", [*values, "31/1/2026"]).style.order == "dmy"
    assert profile_column("价", ["1.234,56", "5,5"]).style.decimal == ","


def matched(
    columns: Sequence[str],
    *rows: Sequence[object],
    remembered: dict[str, str | None] | None = None,
) -> dict[str, tuple[str | None, str]]:
    found = match_columns(profile_columns(columns, rows), TARGETS, remembered)
    assert [match.column for match in found] == list(columns)
    return {match.column: (match.target, match.reason) for match in found}


def test_by_name_label_and_synonym() -> None:
    found = matched(["Name", "手机号", "E-Mail", "所在城市", "总金额（元）"])
    assert found == {
        "Name": ("name", "name"),
        "手机号": ("phone", "label"),
        "E-Mail": ("email", "name"),
        "所在城市": ("city", "synonym"),
        "总金额（元）": ("amount", "synonym"),
    }


def test_by_likeness_and_content() -> None:
    found = matched(
        ["客户姓名", "Col2", "Col3", "备注"], ["张伟", "13800138000", "a@b.cn", "老客户"]
    )
    assert found["客户姓名"] == ("name", "similar")
    assert found["Col2"] == ("phone", "content")
    assert found["Col3"] == ("email", "content")
    assert found["备注"] == (None, "none")


def test_content_vetoes_a_name() -> None:
    assert matched(["生日"], ["不详"])["生日"] == (None, "none")
    assert matched(["生日"], ["1990-01-02"])["生日"][0] == "birthday"
    assert matched(["生日"], [32874])["生日"][0] == "birthday"


def test_a_target_is_given_once_to_the_best() -> None:
    found = matched(["电话", "手机号", "电话 (2)"], ["010-62345678", "13800138000", ""])
    assert found["手机号"] == ("phone", "label")
    assert found["电话"] == (None, "none")


def test_memory_takes_precedence_also_for_what_stays_out() -> None:
    memory = {column_key("甲方"): "name", column_key("Name"): None, column_key("gone"): "removed"}
    found = matched(["Name", "甲 方", "gone"], remembered=memory)
    assert found["甲 方"] == ("name", "remembered")
    assert found["Name"] == (None, "remembered")
    assert found["gone"] == (None, "none")


def test_missing_required_targets_are_named() -> None:
    found = match_columns(profile_columns(["电话"], []), TARGETS)
    assert [target.name for target in missing_required(found, TARGETS)] == ["name"]


def test_keys_forget_case_marks_and_units() -> None:
    assert column_key("Unit_Price (€)") == column_key("unitPrice") == "unitprice"
    assert column_key("金额（元）") == "金额"
    assert column_key("(1)") == "(1)"
