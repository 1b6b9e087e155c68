"""Plants one fault after the other in a copy of the product and tells which ones the tests catch.

bin/test --mutants          every fault;  bin/test --mutants journal   those whose name says so
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# a fault may name others
TESTS = tuple(f"tests/contract/test_{n}.py" for n in ("rows", "journal", "bulk", "fields", "reach"))
SKIP = shutil.ignore_patterns("static", "__pycache__")


def faults() -> list[dict[str, str]]:
    """Return the faults of mutants.toml, each {name, file, before, after}."""
    with (ROOT / "tests/mutants.toml").open("rb") as file:
        return list(tomllib.load(file)["fault"])


def without(tests: Sequence[str]) -> bool:
    """Tell whether the tests pass where nothing is planted: else they would catch anything."""
    with tempfile.TemporaryDirectory(prefix="huike-fault-") as name:
        _copy(Path(name))
        return _run(Path(name), tests) == 0


def _copy(folder: Path) -> None:
    shutil.copytree(ROOT / "src", folder / "src", ignore=SKIP)
    shutil.copytree(ROOT / "tests", folder / "tests", ignore=SKIP)
    shutil.copy(ROOT / "pyproject.toml", folder)


def asked_of(fault: dict[str, str]) -> tuple[str, ...]:
    return tuple(fault.get("tests", "").split()) or TESTS


def caught(fault: dict[str, str]) -> tuple[str, str, float]:
    """Plant one fault and run the tests; return its name, "caught" or "LIVES", and the seconds."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="huike-fault-") as name:
        folder = Path(name)
        _copy(folder)
        file = folder / "src/huike" / fault["file"]
        text = file.read_text("utf8")
        if text.count(fault["before"]) != 1:
            return fault["name"], "NOT PLANTED: its place is gone or not unique", 0
        file.write_text(text.replace(fault["before"], fault["after"]), "utf8")
        code = _run(folder, asked_of(fault))
    return fault["name"], "caught" if code == 1 else "LIVES", time.monotonic() - started


def _run(folder: Path, tests: Sequence[str]) -> int:
    variables = {k: v for k, v in os.environ.items() if k != "HUIKE_DATABASE"}
    variables |= {"PYTHONPATH": str(folder / "src"), "HUIKE_HOME": str(folder / "home")}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests],
        cwd=folder,
        env=variables,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    ).returncode


def main(words: list[str]) -> int:
    """Try all faults, or those named by `words`; return 1 if one lives."""
    wanted = [f for f in faults() if not words or any(word in f["name"] for word in words)]
    lives = failing = 0
    with ThreadPoolExecutor(2) as pool:
        groups = sorted({asked_of(fault) for fault in wanted})
        for group, passed in zip(groups, pool.map(without, groups), strict=True):
            if not passed:
                print(f"fails with no fault planted: {' '.join(group)}", flush=True)
                failing += 1
        for name, outcome, seconds in pool.map(caught, wanted):
            lives += outcome != "caught"
            print(f"{outcome:<8} {name} ({seconds:.0f} s)", flush=True)
    print(f"{len(wanted) - lives} of {len(wanted)} faults caught")
    return int(lives + failing > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
