# ruff: noqa: T201
"""Feeds whatever comes to the doors that take it, guided by what the code then does (atheris).

    pip install atheris                                   (Linux; not part of the test extra)
    python bench/fuzz [--seconds 300] [--only filter] [--home DIR]

Each target (targets.py) runs in a process of its own, on a small firm of bench.firm in a folder
that is thrown away. A door may answer or refuse in words; any other exception is a find. The same
exception from the same line counts once, and the shortest bytes that led to it are printed.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
NAMES = ("file", "value", "filter", "formula", "search", "api", "page", "attachment")


def main() -> None:
    """Run every target that was asked for and print a row of a Markdown table for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--only", default="")
    parser.add_argument("--home")
    given = parser.parse_args()
    home = given.home or tempfile.mkdtemp(prefix="huike-fuzz-")
    os.environ |= {"HUIKE_HOME": home, "DJANGO_SETTINGS_MODULE": "huike.site.settings"}
    if not any(Path(home).iterdir()):
        making = [sys.executable, "-m", "bench.firm", "--customers", "300"]
        subprocess.run(making, check=True, cwd=HERE.parent.parent, stdout=subprocess.DEVNULL)
    print("| door | tries | tries a second | branches reached | finds |\n|---|---|---|---|---|")
    finds = [find for name in NAMES if given.only in name for find in run(name, given.seconds)]
    print("\n".join(finds))
    sys.exit(1 if finds else 0)


def run(name: str, seconds: int) -> list[str]:
    """Run one target for so long; print its row and return what it found."""
    with tempfile.TemporaryDirectory() as folder:
        finds = Path(folder) / "finds"
        finds.mkdir()
        words = [str(HERE / "one.py"), name, str(finds), f"-max_total_time={seconds}"]
        words += [
            "-timeout=60",
            "-rss_limit_mb=4000",
            f"-artifact_prefix={folder}/",
            "-print_final_stats=1",
        ]
        done = subprocess.run(
            [sys.executable, *words], check=False, capture_output=True, text=True, errors="replace"
        )
        found = [f"{name}: {path.read_text()}" for path in sorted(finds.iterdir())]
        if not (last := re.findall(r"#(\d+)\s+DONE\s+cov: (\d+)", done.stderr)):
            found.append(f"{name} broke down:\n{done.stderr[-3000:]}")
        for tries, reached in last:
            print(
                f"| {name} | {tries} | {int(tries) // seconds} | {reached} | {len(found)} |",
                flush=True,
            )
        return found


main()
