"""huike analyze as a user meets it: reports, figures for programs, and files that are wrong."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from huike.cli.commands import analyze
from huike.cli.commands.analyze import command

Rows = list[tuple[object, ...]]
HEAD = ("客户", "订单号", "日期", "金额", "商品", "数量")
NAMES = ["张伟", "王芳", "李娜", "刘洋", "陈静", "杨帆", "赵磊", "黄敏", "周杰", "吴琼"]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def orders(customers: int = 24) -> Rows:
    """A small firm over two years: some come monthly, some came once."""
    chance = random.Random(4)
    rows: Rows = []
    for person in range(customers):
        name = f"{NAMES[person % 10]}{person}"
        day = date(2024, 1, 3) + timedelta(days=chance.randrange(300))
        for turn in range(1 if person % 3 == 0 else 4 + person % 9):
            number = f"D{person:03}-{turn}"
            for item in [*chance.sample(["机油", "机滤", "雨刮", "轮胎"], 2), "工时"]:
                rows.append((name, number, day.isoformat(), 100 + chance.randrange(900), item, 1))
            day += timedelta(days=20 + chance.randrange(40))
    return rows


def csv(path: Path, rows: Rows, head: tuple[str, ...] = HEAD, encoding: str = "utf-8") -> Path:
    lines = [",".join(map(str, row)) for row in [head, *rows]]
    path.write_bytes("\r\n".join(lines).encode(encoding))
    return path


def figures(result: Result) -> dict[str, object]:
    assert result.exit_code == 0, result.output
    found: dict[str, object] = json.loads(result.stdout)
    assert found["failed"] == {}
    return found


def test_chinese_headers_in_gb18030_give_a_report_with_names(tmp_path: Path) -> None:
    file = csv(tmp_path / "订单.csv", orders(), encoding="gb18030")
    out = tmp_path / "报告.html"
    result = run(file, "--out", out, "--docx", "--xlsx", "--json")
    found = figures(result)
    assert found["customers"] == 24
    assert found["left_out"] == {}
    assert found["columns"] == {
        "customer": "客户", "order": "订单号", "date": "日期", "amount": "金额", "product": "商品",
        "quantity": "数量",
    }  # fmt: skip
    page = out.read_text(encoding="utf-8")
    for title in ("星期一要做的事", "客户金字塔", "CLV 矩阵", "可信到什么程度"):
        assert title in page
    assert "张伟" in page
    assert "<script" not in page
    assert 'src="http' not in page
    assert (tmp_path / "报告.docx").stat().st_size > 5_000
    assert (tmp_path / "报告.xlsx").stat().st_size > 5_000


@pytest.mark.long
def test_a_second_process_finds_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = csv(tmp_path / "orders.csv", orders(400))
    alone = figures(run(file, "--json"))
    monkeypatch.setattr(analyze, "LARGE", 0)
    monkeypatch.setattr(analyze.os, "cpu_count", lambda: 2)
    helped = figures(run(file, "--json"))
    for found in (alone, helped):
        assert found.pop("seconds")
    assert alone["churn"]
    assert helped == alone


@pytest.mark.long
def test_english_and_no_product_column(tmp_path: Path) -> None:
    rows = [(row[0], row[2], row[3]) for row in orders(20)]
    file = csv(tmp_path / "sales.csv", rows, ("customer_id", "order_date", "total"))
    out = tmp_path / "r.html"
    result = run(file, "--lang", "en", "--out", out)
    assert result.exit_code == 0, result.output
    page = out.read_text(encoding="utf-8")
    assert "Things to do on Monday" in page
    assert "Goods bought together" not in page
    assert "Fewer than 100 customers" in page


def test_what_cannot_be_used_is_counted_by_its_reason(tmp_path: Path) -> None:
    rows = orders(20)
    bad: Rows = [
        ("", "X1", "2025-01-01", 10, "机油", 1),
        ("张三", "X2", "昨天", 10, "机油", 1),
        ("张三", "X3", "2199-01-01", 10, "机油", 1),
        ("张三", "X4", "2025-01-01", "面议", "机油", 1),
        ("张三", "X5", "2025-01-01", "", "机油", 1),
    ]
    found = figures(run(csv(tmp_path / "a.csv", rows + bad), "--json"))
    assert found["left_out"] == {
        "amount is not a number": 1, "future date": 1, "no amount": 1, "no customer": 1,
        "no date": 1,
    }  # fmt: skip
    assert found["rows"] == len(rows) + 5


@pytest.mark.long
def test_forty_percent_without_customer_still_reports_and_says_so(tmp_path: Path) -> None:
    rows = [(("" if n % 5 < 2 else row[0]), *row[1:]) for n, row in enumerate(orders(30))]
    out = tmp_path / "r.html"
    result = run(csv(tmp_path / "a.csv", rows), "--out", out)
    assert result.exit_code == 0, result.output
    assert "没有客户编号" in result.stderr
    assert "缺得较多" in out.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([("张三", f"D{n}", "不知道", 5, "油", 1) for n in range(9)], "--date"),
        ([("张三", f"D{n}", "2190-01-01", 5, "油", 1) for n in range(9)], "今天之后"),
        ([("张三", f"D{n}", "2025-01-01", 5, "油", 1) for n in range(9)], "只有一位客户"),
        ([(f"客{n}", f"D{n}", "2025-01-01", -5, "油", 1) for n in range(9)], "退货"),
        ([(f"客{n}", f"D{n}", "2025-01-01", "面议", "油", 1) for n in range(9)], "--amount"),
        ([(f"客{n}", f"D{n}", "2025-01-01", f"{'$' if n % 2 else '¥'}5", "油", 1)
          for n in range(9)], "--currency"),
        ([], "没有"),
    ],
)  # fmt: skip
def test_wrong_files_get_a_sentence_that_says_what_to_do(
    tmp_path: Path, rows: Rows, says: str
) -> None:
    result = run(csv(tmp_path / "错.csv", rows), "--json")
    assert result.exit_code == 1
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert says in result.stderr


@pytest.mark.parametrize("content", [b"", b"\x00\x01\xff\xd8binary\x00" * 50, b"\x89PNG\r\n\x1a\n"])
def test_empty_and_binary_files_are_refused_in_words(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "junk.csv"
    file.write_bytes(content)
    result = run(file)
    assert result.exit_code == 1
    assert "junk.csv" in result.stderr
    assert "Traceback" not in result.output


def test_a_column_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    result = run(csv(tmp_path / "a.csv", orders(5)), "--customer", "买家")
    assert result.exit_code == 1
    assert "买家" in result.stderr
    assert "订单号" in result.stderr
    assert run(tmp_path / "missing.csv").exit_code == 1


def test_a_file_without_dates_or_with_too_late_a_calibration_is_told_what_to_do(
    tmp_path: Path,
) -> None:
    rows = [(row[0], row[1], row[3], row[4]) for row in orders(12)]
    result = run(csv(tmp_path / "a.csv", rows, ("客户", "订单号", "金额", "商品")), "--json")
    assert result.exit_code == 1
    assert "--date" in result.stderr
    late = run(csv(tmp_path / "b.csv", orders(12)), "--calibration-end", "2031-01-01")
    assert late.exit_code == 1
    assert "--calibration-end" in late.stderr


@pytest.mark.long
def test_numbers_written_as_people_write_them_are_read(tmp_path: Path) -> None:
    rows = orders(20)
    one = [(*row[:3], f"￥{row[3]:,}.00".replace(",", "，"), *row[4:]) for row in rows]
    plain = figures(run(csv(tmp_path / "a.csv", rows), "--json"))
    written = figures(run(csv(tmp_path / "b.csv", one), "--json"))
    assert written["revenue"] == plain["revenue"]
    assert written["left_out"] == {}


def test_json_holds_every_figure_promised_and_nothing_else_is_on_standard_output(
    tmp_path: Path,
) -> None:
    found = figures(run(csv(tmp_path / "a.csv", orders(40)), "--json", "--time-unit", "day"))
    promised = {
        "customers", "orders", "revenue", "first", "last", "left_out", "abc", "rfm", "pyramid",
        "matrix", "models", "holdout", "churn", "rules", "seconds",
    }  # fmt: skip
    assert promised <= set(found)
    models = found["models"]
    assert isinstance(models, dict)
    assert set(models["bg_nbd"]) == {"r", "alpha", "a", "b", "log_likelihood"}
    assert set(models["pareto_nbd"]) == {"r", "alpha", "s", "beta", "log_likelihood"}
    assert set(models["gamma_gamma"]) == {"p", "q", "v", "log_likelihood"}
    matrix, abc = found["matrix"], found["abc"]
    assert isinstance(matrix, dict)
    assert isinstance(abc, dict)
    assert sum(matrix.values()) == found["buyers"]
    assert sum(abc[kind]["customers"] for kind in "ABC") == found["customers"]


@pytest.mark.long
def test_one_currency_can_be_kept_and_the_rest_is_counted(tmp_path: Path) -> None:
    rows: Rows = [(f"客{n}", f"D{n}", "2025-01-01", f"{'$' if n % 3 == 0 else '¥'}5", "油", 1)
                  for n in range(9)]  # fmt: skip
    found = figures(run(csv(tmp_path / "a.csv", rows), "--currency", "CNY", "--json"))
    assert found["left_out"] == {"other currency": 3}


@pytest.mark.long
def test_the_same_rows_in_any_order_give_the_same_figures(tmp_path: Path) -> None:
    rows = orders(20)
    one = figures(run(csv(tmp_path / "a.csv", rows), "--json"))
    two = figures(run(csv(tmp_path / "b.csv", rows[::-1]), "--json"))
    for found in (one, two):
        found.pop("seconds")
    assert one == two
