"""Speed, memory and agreement of huike.insight against its peers, on the same rows, in one run.

Run: python bench/insight [--only rfm,bg,...] [--customers N] [--lines N] [--huge N] [--runs 3]

Every side works in a process of its own, on rows written once; the sides take turns, so that other
work on the machine weighs on all of them, and medians are shown: seconds by the clock, seconds of
processor, and the memory added by the work. One row of a Markdown table for each comparison.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from importlib import metadata
from pathlib import Path
from typing import Any

import click
import rows
import sides

PEERS = ("duckdb", "ibis-framework", "numpy", "pandas", "scipy", "scikit-learn", "lifetimes",
         "lifelines", "mlxtend")  # fmt: skip


def main() -> None:
    """Run what was asked for, or (--side) one side of it."""
    given = _arguments()
    if given.side:
        click.echo(json.dumps(_measured(given.side, Path(given.folder))))
        return
    click.echo(f"{platform.machine()}, Python {platform.python_version()}, "
          + ", ".join(f"{name} {metadata.version(name)}" for name in PEERS))  # fmt: skip
    click.echo(
        "\n| what | side | clock s | processor s | memory MB | times huike | largest difference |"
    )
    click.echo("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="huike-bench-", dir=given.folder) as folder:
        for name in given.only.split(","):
            rows.MAKERS[name](Path(folder), given)
            _compare(name, Path(folder), given.runs)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default=",".join(sides.SIDES))
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--lines", type=int, default=10_000_000)
    parser.add_argument("--huge", type=int, default=100_000_000)
    parser.add_argument("--baskets", type=int, default=150_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--side", help=argparse.SUPPRESS)
    parser.add_argument("--folder")
    return parser.parse_args()


def _compare(name: str, folder: Path, runs: int) -> None:
    """Both sides by turns; a side that takes over a minute runs once."""
    found: dict[str, list[dict[str, Any]]] = {side: [] for side in sides.SIDES[name]}
    for _ in range(runs):
        for side, seen in found.items():
            if not seen or seen[0]["clock"] < 60:
                seen.append(_child(f"{name}.{side}", folder))
    ours = found["huike"]
    for side, seen in found.items():
        clock, cpu, memory = (
            statistics.median(run[key] for run in seen) for key in ("clock", "cpu", "memory")
        )
        times = statistics.median(
            other["clock"] / mine["clock"] for other, mine in zip(seen, ours, strict=False)
        )
        gap = sides.gap(ours[0]["result"], seen[0]["result"])
        click.echo(f"| {name} | {side} | {clock:.2f} | {cpu:.2f} | {memory:,.0f} | {times:.2f} | "
              f"{gap:.1e} |")  # fmt: skip


def _child(side: str, folder: Path) -> dict[str, Any]:
    command = [sys.executable, str(Path(__file__).parent), "--side", side, "--folder", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr[-3000:])
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _measured(side: str, folder: Path) -> dict[str, Any]:
    name, _, who = side.partition(".")
    work = sides.SIDES[name][who](folder)
    Path("/proc/self/clear_refs").write_text("5")  # the peak of memory starts anew
    before = _memory("VmRSS")
    clock, cpu = time.perf_counter(), time.process_time()
    result = work()
    clock, cpu = time.perf_counter() - clock, time.process_time() - cpu
    memory = (_memory("VmHWM") - before) / 1024
    return {"clock": clock, "cpu": cpu, "memory": memory, "result": sides.told(result)}


def _memory(name: str) -> int:
    """Memory of this process in kB (Linux)."""
    found = Path("/proc/self/status").read_text().split(f"{name}:")[1]
    return int(found.split()[0])


if __name__ == "__main__":
    main()
