"""huike import and export in processes of their own, killed as well."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

ROOT = Path(__file__).resolve().parents[2]
LINES = 10_000
STATE = """
import django; django.setup()
from huike.trade.models import Order, OrderLine
from huike.customers.models import Party
from huike.catalog.models import Product
from huike.kernel.change.journal import broken_links
from huike.kernel.exchange.importing.models import BadRow
print(repr([
    list(Order.objects.order_by('number').values_list(
        'number', 'party__code', 'total', 'lines_count', 'kind')),
    list(OrderLine.objects.order_by('order__number', 'position').values_list(
        'order__number', 'position', 'product__code', 'quantity', 'amount')),
    list(Party.objects.order_by('code').values_list('code', 'name')),
    list(Product.objects.order_by('code').values_list('code', 'name', 'price')),
    list(BadRow.objects.order_by('line').values_list('line', 'reason')),
    list(broken_links()),
]))
"""


class Place:
    """An installation of its own."""

    def __init__(self, folder: Path, name: str) -> None:
        self.home = folder / name
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("HUIKE_")}
        self.env |= {"HUIKE_HOME": str(self.home), "DJANGO_SETTINGS_MODULE": "huike.site.settings"}
        self.database = f"huike_{name}_{os.getpid()}"
        self.address = os.environ.get("HUIKE_DATABASE")
        if self.address:
            self.on_server(f"CREATE DATABASE {self.database}")
            found = urlsplit(self.address)._replace(path=f"/{self.database}")
            self.env["HUIKE_DATABASE"] = found.geturl()

    def on_server(self, statement: str) -> None:
        server = urlsplit(str(self.address))._replace(path="/postgres").geturl()
        with closing(psycopg.connect(server, autocommit=True)) as connection:
            connection.execute(statement)

    def close(self) -> None:
        if self.address:
            self.on_server(f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)")

    def start(self, *words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "huike.cli", *words]
        return subprocess.Popen(
            command, env=self.env, cwd=ROOT, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def run(self, *words: str, code: int = 0) -> str:
        process = self.start(*words)
        out, errors = process.communicate(timeout=180)
        assert process.returncode == code, errors
        return out if code == 0 else errors

    def state(self) -> str:
        return subprocess.run(
            [sys.executable, "-c", STATE], env=self.env, cwd=ROOT, text=True, check=True,
            stdout=subprocess.PIPE,
        ).stdout  # fmt: skip


@pytest.fixture
def places(tmp_path: Path) -> Iterator[tuple[Place, Place]]:
    made = (Place(tmp_path, "killed"), Place(tmp_path, "calm"))
    yield made
    for place in made:
        place.close()


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    """A file of orders whose lines lie scattered, with some that are wrong."""
    rows = ["InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"]
    for n in range(LINES):
        order, price = n * 7919 % 3000, "x" if n % 997 == 5 else f"{n % 50}.25"
        customer = "" if order % 5 == 0 else f"{order % 400}.0"
        rows.append(
            f"{order},P{n % 300},Thing {n % 300},{n % 9 - 1},2026-01-02,{price},{customer},CN"
        )
    file = tmp_path / "orders.csv"
    file.write_text("\n".join(rows))
    return file


@pytest.mark.long
def test_an_import_killed_in_the_middle_ends_as_an_undisturbed_one(
    places: tuple[Place, Place], orders: Path, tmp_path: Path
) -> None:
    killed, calm = places
    how = ("import", str(orders), "--as", "orders", "--yes", "--json",
           "--bad-rows", str(tmp_path / "bad.csv"))  # fmt: skip
    calm_told = json.loads(calm.run(*how))
    killed.run("user", "add", "somebody", "--password", "correct horse battery")  # the tables
    with watcher(killed) as watch:
        process = killed.start(*how)
        assert watch.stdout is not None
        watch.stdout.readline()
        process.kill()
    assert process.wait() == -9, "it was done before it could be killed"
    told = json.loads(killed.run(*how, "--resume"))
    assert {k: v for k, v in told.items() if k != "import"} == {
        k: v for k, v in calm_told.items() if k != "import"
    }
    assert told["rejected"] == 11
    assert told["lines"] + told["rejected"] == LINES
    assert killed.state() == calm.state()
    assert "interrupted" in killed.run(*how, "--resume", code=1)
    assert not list((killed.home / "files" / "main" / "imports").iterdir())


WATCH = """
import django, time; django.setup()
from django.db import DatabaseError
from huike.trade.models import Order
print("ready", flush=True)
while True:
    try:
        if Order.objects.exists():
            break
    except DatabaseError:
        pass
    time.sleep(0.01)
print("some are there", flush=True)
"""


def watcher(place: Place) -> subprocess.Popen[str]:
    """Start a process that tells when the first orders are committed."""
    process = subprocess.Popen(
        [sys.executable, "-c", WATCH], env=place.env, cwd=ROOT, text=True, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.long
def test_customers_in_and_out(places: tuple[Place, Place], tmp_path: Path) -> None:
    place = places[0]
    file = tmp_path / "people.csv"
    file.write_text("姓名,手机号\n王伟,13812345678\n,13912345678\n")
    bad = tmp_path / "bad.csv"
    dry = ("import", str(file), "--as", "customers", "--dry-run", "--json", "--yes")
    assert json.loads(place.run(*dry))["problems"][0]["line"] == 3
    how = ("import", str(file), "--as", "customers", "--yes", "--json", "--bad-rows", str(bad))
    told = json.loads(place.run(*how))
    assert (told["created"], told["updated"], told["rejected"]) == (1, 0, 1)
    assert told["bad_rows"] == str(bad)
    assert "13912345678" in bad.read_text("utf-8-sig")
    out = tmp_path / "out.vcf"
    assert json.loads(place.run("export", "customers", "--to", str(out), "--json"))["rows"] == 1
    assert "王伟" in out.read_text()
    assert "there already" in place.run("export", "customers", "--to", str(out), code=1)
    place.run("import", str(file), "--as", "nonsense", "--yes", code=1)
    assert "no user" in place.run(*how, "--user", "nobody", code=1)
