"""Runs all checks and tests, in the order in which they are quickest to tell what is wrong."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as Xml
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import machine
import postgres
from environment import PYTHON, ROOT, VENV, make

CHECKS = [
    ("format", ["ruff", "format", "--check", "-q", "."]),
    ("lint", ["ruff", "check", "-q", "."]),
    ("imports", ["lint-imports", "--no-cache"]),
    ("messages", ["python", "-m", "huike.site.messages", "check"]),
    ("migrations", ["python", "-m", "django", "makemigrations", "--check", "--dry-run"]),
    ("types", ["mypy"]),
]
# What asks no database of the product is run once, with SQLite
NO_DATABASE = [
    f"--ignore=tests/{name}"
    for name in (
        "insight",
        "analyze",
        "browser",
        "api/test_schema.py",
        "kernel/exchange/test_fuzz.py",
        "kernel/exchange/test_reading.py",
        "kernel/exchange/test_real_files.py",
        "test_docs.py",
        "test_house.py",
        "test_server.py",
        *(f"warehouse/test_{name}.py" for name in ("cube", "history", "loading", "reference")),
    )
]
# These ask PostgreSQL little that kernel and contract did not; CI asks them there too
PAGES = [
    f"--ignore=tests/{name}"
    for name in (
        "web",
        "api",
        "cli",
        "analytics",
        "bench",
        "kernel/packs",
        "kernel/sealing",
        "customers/dossier",
        "customers/privacy",
        "marketing/test_campaigns.py",
        "staff",
        "warehouse/test_engines.py",
        *(
            f"contract/test_{name}.py"
            for name in ("surfaces", "secrets", "hostile", "custom", "results", "backup")
        ),
    )
]
KEPT = {"HUIKE_LONG", "HUIKE_TOUR"}
LONG = os.environ.get("HUIKE_LONG") == "1"
# A story waits for a real browser and server on a machine that others use too: one that fails is
# told once more, and named in the summary when it needed that. CI, which nobody can ask again, does
# so for every test: of seven thousand one may meet a second that no other day has.
SECOND_TRY = ("--reruns", "1", "-rR")
IN_CI = SECOND_TRY if os.environ.get("CI") == "true" else ()
# Two workers share two cores: threads of NumPy and scikit-learn would only wait for each other
# (two methods of insight took 19 processor seconds instead of 13, all of it busy waiting).
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
# Without kept bytecode every process that the tests start compiles the product anew.
NOT_KEPT = {"PYTHONDONTWRITEBYTECODE"}


class Suite:
    """What has been run so far and how it went."""

    def __init__(self, arguments: list[str]) -> None:
        self.fast = "--fast" in arguments
        self.arguments = [word for word in arguments if word not in {"--fast", "--mutants"}]
        self.passed = self.failed = self.skipped = 0
        self.broken: list[str] = []
        self.started = time.monotonic()
        self.times: list[tuple[str, float, float]] = []
        self.left_out: list[str] = []
        self.folder = Path(tempfile.mkdtemp(prefix="huike-test-"))

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time one part and announce it."""
        print(f"\n== {name}", flush=True)
        started, worked = time.monotonic(), processor_seconds()
        yield
        self.times.append((name, time.monotonic() - started, processor_seconds() - worked))

    def environment(self, name: str, **more: str) -> dict[str, str]:
        """Return the variables for one part, with a data folder of its own."""
        home = self.folder / name
        home.mkdir(exist_ok=True)
        kept = {
            k: v
            for k, v in os.environ.items()
            if k not in NOT_KEPT and (not k.startswith("HUIKE_") or k in KEPT)
        }
        kept["PATH"] = f"{VENV / 'bin'}{os.pathsep}{kept.get('PATH', '')}"
        settings = {"DJANGO_SETTINGS_MODULE": "huike.site.settings", "HUIKE_HOME": str(home)}
        return {**kept, **settings, **ONE_THREAD, **more}

    @contextmanager
    def checks(self) -> Iterator[None]:
        """Run the checks two at a time; the last, which is by far the longest, beside the block."""
        pool = ThreadPoolExecutor(2)
        started = [(name, pool.submit(self.check, name, words)) for name, words in CHECKS]
        with self.stage("checks"):
            for name, future in started[:-1]:
                self.tell(name, *future.result())
        yield
        self.tell(started[-1][0], *started[-1][1].result())

    def tell(self, name: str, code: int, said: str, seconds: float) -> None:
        """Print how one check went."""
        print(f"{'ok    ' if code == 0 else 'FAILED'} {name} ({seconds:.1f} s)", flush=True)
        if code:
            print(said, flush=True)
            self.broken.append(name)
            self.failed += 1

    def check(self, name: str, words: list[str]) -> tuple[int, str, float]:
        """Run one check; return its exit code, what it said and how long it took."""
        started = time.monotonic()
        command = [str(VENV / "bin" / words[0]), *words[1:]]
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=self.environment(f"check-{name}"),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout, time.monotonic() - started

    def pytest(self, name: str, *words: str, aside: bool = False, **variables: str) -> None:
        """Run pytest once and add up what it counted; what runs aside prints when it is done."""
        report = self.folder / f"{name}.xml"
        command = [
            str(PYTHON),
            "-m",
            "pytest",
            f"--junitxml={report}",
            "--durations=5",
            *words,
            *self.arguments,
        ]
        variables.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
        with self.stage(f"pytest: {name}"):
            done = subprocess.run(
                command,
                cwd=ROOT,
                env=self.environment(name, **variables),
                check=False,
                stdout=subprocess.PIPE if aside else None,
                stderr=subprocess.STDOUT if aside else None,
                text=True,
            )
        if aside:
            print(f"\n== what pytest: {name} said\n{done.stdout}", flush=True)
        before = self.failed
        if report.exists():
            self.count(report)
        if done.returncode not in {0, 5}:  # 5: no test of that name here
            self.broken.append(f"pytest {name}")
            self.failed += self.failed == before  # it broke down without counting a failure

    def count(self, report: Path) -> None:
        """Add the numbers of one report."""
        for suite in Xml.parse(report).getroot().iter("testsuite"):
            tests, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
            failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            self.failed += failed
            self.skipped += skipped
            self.passed += max(tests - failed - skipped, 0)

    def tests(self) -> None:
        """Run pytest on SQLite, on PostgreSQL and in the browser."""
        several = [] if self.arguments else ["-n", "2", "--dist", "worksteal"]
        units = ["--ignore=tests/browser", *IN_CI, *several]
        if self.fast or self.arguments:
            self.pytest("SQLite", *units)
        else:
            with self.checks():
                self.pytest("SQLite", *units)
        if self.fast:
            return
        with ThreadPoolExecutor(1) as beside:  # a browser waits more than it works
            seen = beside.submit(self.stories)
            if programs := machine.postgresql():
                left = NO_DATABASE if LONG or self.arguments else [*NO_DATABASE, *PAGES]
                with postgres.server(programs) as address:
                    self.pytest("PostgreSQL", *units, *left, HUIKE_DATABASE=address)
            seen.result()

    def stories(self) -> None:
        """Tell the stories in a real browser."""
        if (ROOT / "tests" / "browser").is_dir() and (browser := machine.chromium()):
            shots = str(Path(os.environ.get("HUIKE_SHOTS", self.folder / "shots")))
            words = ("tests/browser", *SECOND_TRY)
            self.pytest("browser", *words, aside=True, HUIKE_CHROMIUM=browser, HUIKE_SHOTS=shots)

    def report(self) -> int:
        """Print times, what was left out and the closing line; return the exit code."""
        print("\n== times: clock, processor")
        total = ("in all", time.monotonic() - self.started, processor_seconds())
        for name, seconds, worked in [*self.times, total]:
            print(f"{seconds:7.1f} s {worked:7.1f} s  {name}")
        for line in self.left_out:
            print(line)
        for name in self.broken:
            print(f"FAILED {name}")
        if self.failed:
            print(f"pictures and reports are kept in {self.folder}")
        else:
            shutil.rmtree(self.folder, ignore_errors=True)
        print(f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped")
        return 1 if self.failed or not self.passed else 0


def processor_seconds() -> float:
    """Return what all processes that have ended so far took; on a busy machine it tells more."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> int:
    """Make the environment, find what the machine lacks, and run everything asked for."""
    suite = Suite(sys.argv[1:])
    with suite.stage("environment"):
        make(tests=True)
        suite.left_out = [] if suite.fast else machine.provide()
        print("\n".join(suite.left_out))
    if "--mutants" in sys.argv:
        return subprocess.run(
            [PYTHON, "tests/mutants.py", *suite.arguments], cwd=ROOT, check=False
        ).returncode
    suite.tests()
    return suite.report()


if __name__ == "__main__":
    sys.exit(main())
