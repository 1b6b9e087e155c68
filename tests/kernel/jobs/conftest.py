"""A database of these tests' own that worker processes can reach, on SQLite or PostgreSQL."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.test import override_settings

from huike.kernel import organisations
from huike.kernel.jobs import actors
from huike.kernel.jobs.models import Job, Schedule
from tests.kernel.jobs import sample

ROOT = Path(__file__).resolve().parents[3]
SECOND = "second"


def _on_server(address: str, *statements: str) -> None:
    server = urlsplit(address)._replace(path="/postgres").geturl()
    with closing(psycopg.connect(server, autocommit=True)) as server_connection:
        for statement in statements:
            server_connection.execute(statement)


@pytest.fixture(scope="module")
def place(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any
) -> Iterator[dict[str, str]]:
    """Point Django at new databases for two organisations; gives the variables of a process."""
    home = tmp_path_factory.mktemp("home")
    (home / "organisations.txt").write_text(SECOND)
    variables = {"HUIKE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "tests.kernel.jobs.lean"}
    address, name = os.environ.get("HUIKE_DATABASE"), f"huike_jobs_{os.getpid()}"
    both = [name, f"{name}_{SECOND}"]
    drops = [f"DROP DATABASE IF EXISTS {each} WITH (FORCE)" for each in both]
    if address:
        variables["HUIKE_DATABASE"] = urlsplit(address)._replace(path=f"/{name}").geturl()
        _on_server(address, *drops, *(f"CREATE DATABASE {each}" for each in both))
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        for variable, value in variables.items():
            patch.setenv(variable, value)
        with _pointed_at(home):
            for organisation in (organisations.FIRST, SECOND):
                with organisations.working_for(organisation):
                    with override_settings(MIGRATION_MODULES={}):  # unlike tests.settings
                        call_command("migrate", "jobs", verbosity=0)
                    with connection.cursor() as cursor:
                        cursor.execute(sample.TABLE)
            yield variables
            with organisations.working_for(SECOND):
                connection.close()
    if address:
        _on_server(address, *drops)


class _pointed_at:
    """Make every new connection of any thread lead to the databases of `home`."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.settings = override_settings(HOME=home)

    def __enter__(self) -> None:
        self.settings.enable()
        self.template = connections.settings["default"]
        self.before, self.connection = dict(self.template), connections["default"]
        self.template.update(organisations.database_settings(self.home))
        connections["default"] = connections.create_connection("default")

    def __exit__(self, *error: object) -> None:
        connections["default"].close()
        connections["default"] = self.connection
        self.template.clear()
        self.template.update(self.before)
        organisations._thread.__dict__.pop("opened", None)
        self.settings.disable()


@pytest.fixture
def queue(place: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """An empty queue in both organisations, and users that can be made again."""
    monkeypatch.setattr(actors, "_resolver", sample.user)
    yield place
    for organisation in (SECOND, organisations.FIRST):
        with organisations.working_for(organisation), connection.cursor() as cursor:
            Job.objects.all().delete()
            Schedule.objects.all().delete()
            cursor.execute("DELETE FROM sample_step")


Start = Callable[..., "subprocess.Popen[str]"]


@contextmanager
def workers(variables: dict[str, str], logs: Path) -> Iterator[Start]:
    """Start real worker processes; what still runs at the end of the block is killed."""
    started: list[subprocess.Popen[str]] = []

    def begin(*options: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.kernel.jobs.sample", *options]
        with (logs / f"worker{len(started)}.log").open("w") as out:
            process = subprocess.Popen(
                command, cwd=ROOT, env=os.environ | variables, stdout=out, stderr=out, text=True
            )
        started.append(process)
        return process

    try:
        yield begin
    finally:
        for process in started:
            process.kill()
            process.wait()


@pytest.fixture
def start(queue: dict[str, str], tmp_path: Path) -> Iterator[Start]:
    """Start worker processes that end with the test."""
    with workers(queue, tmp_path) as begin:
        yield begin


@pytest.fixture(scope="class")
def two_workers(
    place: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[set[int]]:
    """Two worker processes, with a schedule that ticks every second; gives their numbers."""
    with workers(place, tmp_path_factory.mktemp("logs")) as begin:
        yield {begin("--ticking").pid, begin("--ticking").pid}


def until(happened: Callable[[], Any], seconds: float = 180) -> None:
    """Wait until something is so; fail where it takes too long."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.06)
