"""Backups taken while people work, restored elsewhere, and interrupted: with real processes."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.reliability.conftest import Firm

pytestmark = pytest.mark.long

ROWS = 3000
FILL = f"""
from huike.customers.models import Party
from huike.kernel.actor import Actor
from huike.kernel.change.work import change
actor = Actor.system("test")
with change(actor, "test.fill"):
    for n in range({ROWS}):
        Party(name=f"客户{{n}}", extra={{"n": n}}).save()
"""
WORK = """
from huike.customers.models import Party
from huike.kernel.actor import Actor
from huike.kernel.change.work import change
actor = Actor.system("test")
print("working", flush=True)
while True:
    with change(actor, "test.work"):
        Party(name="One").save()
        Party(name="Other").save()
"""
PAIRS = """
from huike.customers.models import Party
from huike.kernel.change.journal import broken_links
ones, others = (Party.objects.filter(name=n).count() for n in ("One", "Other"))
assert ones == others, (ones, others)
assert not list(broken_links())
print(Party.objects.count())
"""


def huike(variables: dict[str, str], *words: str) -> subprocess.Popen[str]:
    plain = {k: v for k, v in os.environ.items() if k != "HUIKE_DATABASE"}
    return subprocess.Popen(
        [sys.executable, "-m", "huike.cli", *words],
        env={**plain, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def done(process: subprocess.Popen[str]) -> str:
    out, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors
    return out


def test_a_backup_is_of_one_moment_and_comes_back_on_sqlite(firm: Firm, tmp_path: Path) -> None:
    firm.run(FILL)
    archive, home = tmp_path / "a.backup", tmp_path / "new"
    worker = firm.start(WORK)
    assert worker.stdout
    assert worker.stdout.readline().strip() == "working"
    try:
        told = json.loads(done(huike(firm.variables, "backup", str(archive), "--json")))
    finally:
        worker.kill()
        worker.communicate()
    assert told["rows"] > ROWS
    fresh = {"HUIKE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "tests.settings"}

    killed = huike(fresh, "restore", str(archive), "--home", str(home))
    while not _has_parties(home):  # the tables are there and being filled
        assert killed.poll() is None, killed.communicate()
        time.sleep(0.02)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()

    back = json.loads(done(huike(fresh, "restore", str(archive), "--home", str(home), "--json")))
    assert back["rows"] == told["rows"]
    count = int(_run(fresh, PAIRS))
    assert count >= ROWS
    refused = huike(fresh, "restore", str(archive), "--home", str(home))
    _out, errors = refused.communicate(timeout=120)
    assert refused.returncode == 1
    assert "data here already" in errors


def _has_parties(home: Path) -> bool:
    if not (home / "huike.db").exists():
        return False
    with sqlite3.connect(home / "huike.db") as read:
        found = read.execute("SELECT 1 FROM sqlite_master WHERE name = 'customers_party'")
        return found.fetchone() is not None


def _run(variables: dict[str, str], code: str) -> str:
    plain = {k: v for k, v in os.environ.items() if k != "HUIKE_DATABASE"}
    words = [sys.executable, "-c", f"import django; django.setup()\n{code}"]
    told = subprocess.run(
        words, env={**plain, **variables}, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stderr
    return told.stdout


def test_what_is_no_backup_is_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.backup"
    wrong.write_bytes(b"PK nothing")
    home = tmp_path / "home"
    process = huike({"HUIKE_HOME": str(home)}, "restore", str(wrong), "--home", str(home))
    _out, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "not a backup" in errors
    assert not home.exists()
