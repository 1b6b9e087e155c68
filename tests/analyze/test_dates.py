"""Days as people write them, read by the engine: also with two digits of the year."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from huike.cli.order_file import parts
from huike.insight.report.reading.parsing import date_of, in_century
from huike.insight.report.reading.source import DateOrder
from huike.kernel.exchange.profiles import profile_columns


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2025-01-02 08:30:00", "ymd", date(2025, 1, 2)),
        ("2025年1月2日", "ymd", date(2025, 1, 2)),
        ("12/1/2010 8:26", "mdy", date(2010, 12, 1)),
        ("12/1/2010 8:26", "dmy", date(2010, 1, 12)),
        ("1/2/25", "mdy", date(2025, 1, 2)),
        ("1/25/25", "mdy", date(2025, 1, 25)),
        ("1/2/99", "dmy", date(1999, 2, 1)),
        ("20250102", "ymd", date(2025, 1, 2)),
        ("45659", "ymd", date(2025, 1, 2)),
        ("昨天", "ymd", None),
    ],
)
def test_a_day_is_read_as_it_is_written(text: str, order: DateOrder, day: date | None) -> None:
    asked = (
        f"SELECT {in_century('d')} FROM (SELECT {date_of('t', order)} AS d FROM (SELECT ? AS t))"
    )
    row = duckdb.sql(asked, params=[text]).fetchone()
    assert row == (day,)


def test_a_column_is_known_by_its_name_though_some_of_it_cannot_be_read() -> None:
    rows = [(f"客{n % 5}", "面议" if n % 3 == 0 else "12.50", "2025-01-02") for n in range(30)]
    found = parts(profile_columns(["会员卡号", "实收金额", "销售日期"], rows), {})
    assert found == {"customer": "会员卡号", "amount": "实收金额", "date": "销售日期"}
