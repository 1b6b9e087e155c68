"""A migrated database of these tests' own, and real processes that work on it and can be killed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

ROOT = Path(__file__).resolve().parents[2]
START = "import django; django.setup()\n"


@dataclass
class Firm:
    """One organisation's database, for processes outside the test's own."""

    variables: dict[str, str]

    def start(self, code: str) -> subprocess.Popen[str]:
        """Start a Python process that runs `code` with Django set up."""
        return subprocess.Popen(
            [sys.executable, "-c", START + code],
            env={**os.environ, **self.variables},
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, code: str) -> str:
        """Run `code` to its end and return what it printed; fail with its errors."""
        process = self.start(code)
        out, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
        return out.strip()


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firm]:
    home = tmp_path_factory.mktemp("firm")
    variables = {"HUIKE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "tests.settings"}
    address, name = os.environ.get("HUIKE_DATABASE"), f"huike_firm_{os.getpid()}"
    if address:
        variables["HUIKE_DATABASE"] = urlsplit(address)._replace(path=f"/{name}").geturl()
        _on_server(address, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        _on_server(address, f"CREATE DATABASE {name}")
    made = Firm(variables)
    made.run(
        "from django.core.management import call_command;"
        " call_command('migrate', run_syncdb=True, verbosity=0)"
    )
    yield made
    if address:
        _on_server(address, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _on_server(address: str, statement: str) -> None:
    server = urlsplit(address)._replace(path="/postgres").geturl()
    with closing(psycopg.connect(server, autocommit=True)) as connection:
        connection.execute(statement)
