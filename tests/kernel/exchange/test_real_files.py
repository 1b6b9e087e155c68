"""The real files that must load: counts, kinds and speed."""

import time
import tracemalloc
from pathlib import Path

import pytest

from huike.kernel.exchange.formats.reading import open_table
from huike.kernel.exchange.formats.tables import Table
from huike.kernel.exchange.profiles import profile_columns

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
pytestmark = pytest.mark.data


def opened(name: str) -> Table:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{name} is not in {DATA}")
    return open_table(path)


@pytest.mark.parametrize(
    ("name", "rows", "columns", "header"),
    [
        ("people/febrl_dataset1.csv", 1000, 11, True),
        ("people/febrl_dataset2.csv", 5000, 11, True),
        ("people/febrl_dataset3.csv", 5000, 11, True),
        ("cdnow/CDNOW_master.txt.gz", 69_659, 4, True),
        ("cdnow/CDNOW_sample.txt", 6919, 5, False),
        ("baskets/groceries.csv", 9835, 32, False),
        ("churn/Telco-Customer-Churn.csv", 7043, 21, True),
        ("hotel/hotel_bookings.parquet", 119_390, 32, True),
        ("reviews/chinese_hotel_reviews.csv.gz", 7766, 2, True),
    ],
)
def test_every_row_arrives(name: str, rows: int, columns: int, header: bool) -> None:
    with opened(name) as table:
        lengths = [len(row) for _, row in table.rows()]
        assert (len(lengths), set(lengths)) == (rows, {columns})
        assert table.has_header is header
        assert len(table.columns) == columns


def test_online_retail_is_read_fast() -> None:
    began = time.perf_counter()
    with opened("online_retail.csv.gz") as table:
        quantity = customerless = 0
        for _, row in table.rows():
            quantity += 1
            customerless += row[6] == ""
        took = time.perf_counter() - began
        assert (quantity, customerless, table.estimated_rows) == (541_909, 135_080, 541_909)
        kinds = {one.name: one.kind for one in profile_columns(table.columns, table.sample())}
    assert kinds["InvoiceDate"] == "datetime"
    assert kinds["InvoiceNo"] == "code"
    assert (kinds["UnitPrice"], kinds["Quantity"]) == ("number", "integer")
    assert took < 4 * 3  # measured at 1.3 s; the machine may be shared


def test_memory_is_flat() -> None:
    with opened("online_retail.csv.gz") as table:
        tracemalloc.start()
        for line, _ in table.rows():
            if line > 100_000:
                break
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 5_000_000
