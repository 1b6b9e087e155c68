"""The server as it really runs: started, killed, stopped."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="reads /proc")


def children(pid: int) -> dict[int, str]:
    """The processes that `pid` started, with their command lines."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if parent == pid and words:
            found[int(folder.name)] = words
    return found


def jobs_of(pid: int) -> list[int]:
    return [child for child, words in children(pid).items() if " worker " in words]


def soon(what: Callable[[], object], seconds: float = 30) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if what():
            return True
        time.sleep(0.1)
    return False


def answers(port: int) -> bool:
    try:
        address = f"http://127.0.0.1:{port}/static/vendor/htmx.min.js"
        with urllib.request.urlopen(address, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {k: v for k, v in os.environ.items() if k != "HUIKE_DATABASE"}
    environment |= {"HUIKE_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "huike.site.settings"}
    command = [sys.executable, "-m", "huike.cli", "serve", "--port", str(port), "--workers", "1"]
    process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL)
    assert soon(lambda: answers(port), 90)
    yield process, port
    process.kill()
    process.wait()


@pytest.mark.long
def test_it_keeps_its_jobs_process_and_leaves_nothing_behind(
    served: tuple[subprocess.Popen[bytes], int],
) -> None:
    process, port = served
    assert soon(lambda: jobs_of(process.pid))
    first = jobs_of(process.pid)[0]
    os.kill(first, signal.SIGKILL)
    assert soon(lambda: jobs_of(process.pid) and jobs_of(process.pid) != [first])
    family = list(children(process.pid))
    process.kill()
    process.wait()
    assert soon(lambda: not any(Path(f"/proc/{pid}").exists() for pid in family))
    assert not answers(port)


@pytest.mark.long
def test_ctrl_c_ends_it_at_once(served: tuple[subprocess.Popen[bytes], int]) -> None:
    process, _ = served
    process.send_signal(signal.SIGINT)
    assert process.wait(15) == 0
