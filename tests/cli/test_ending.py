"""A process that is done leaves at once: with its code, with what it said, whatever still runs."""

from __future__ import annotations

import subprocess
import sys

BUSY = """
import sys, threading, time
from huike.cli.ending import ending_code, leave
threading.Thread(target=time.sleep, args=[60]).start()
print("said")
try:
    sys.exit(CODE)
finally:
    leave(ending_code())
"""


def ended(code: str) -> subprocess.CompletedProcess[str]:
    script = BUSY.replace("CODE", code)
    return subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=False
    )


def test_it_leaves_with_its_code_and_words_though_a_thread_runs_on() -> None:
    for code, expected in (("0", 0), ("3", 3), ("'broken'", 1), ("None", 0)):
        done = ended(code)
        assert (done.returncode, done.stdout, done.stderr) == (expected, "said\n", ""), code
