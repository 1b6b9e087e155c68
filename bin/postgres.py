"""A PostgreSQL server of the tests' own: in a temporary folder, on a socket, gone afterwards."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from machine import postgresql_version

# Nothing here outlives the tests, so nothing needs to reach the disk.
SPEED = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=256MB")


@contextmanager
def server(programs: Path) -> Iterator[str]:
    """Start a server and give its address in the form of HUIKE_DATABASE."""
    folder = Path(tempfile.mkdtemp(prefix="huike-pg-"))
    owner: dict[str, Any] = {}
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        owner = {"user": "postgres", "group": "postgres", "extra_groups": []}
        shutil.chown(folder, "postgres", "postgres")
    try:
        _initialise(programs, folder, owner)
        process = _started(programs, folder, owner)
        try:
            yield f"postgresql://huike@/huike?host={folder}"
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _initialise(programs: Path, folder: Path, owner: dict[str, Any]) -> None:
    # Under locale C pg_trgm finds no letters in Chinese; C.UTF-8 knows them.
    locale = ["--locale=C.UTF-8", "--encoding=UTF8"]
    if postgresql_version(programs) >= 17:
        locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    command = [programs / "initdb", "-D", folder / "data", "-U", "huike", "--auth=trust"]
    said = subprocess.run(
        [*command, "--no-sync", *locale],
        capture_output=True,
        text=True,
        cwd=folder,
        check=False,
        **owner,
    )
    if said.returncode:
        raise RuntimeError(f"initdb failed: {said.stderr}")


def _started(programs: Path, folder: Path, owner: dict[str, Any]) -> subprocess.Popen[bytes]:
    settings = [word for setting in SPEED for word in ("-c", setting)]
    process = subprocess.Popen(
        [programs / "postgres", "-D", folder / "data", "-k", folder, "-h", "", *settings],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=(folder / "log").open("wb"),
        preexec_fn=_end_with_parent,
        **owner,
    )
    create = [programs / "createdb", "-h", folder, "-U", "huike", "huike"]
    for _ in range(100):
        time.sleep(0.1)
        if subprocess.run(create, capture_output=True, check=False).returncode == 0:
            return process
        if process.poll() is not None:
            break
    process.kill()
    raise RuntimeError(f"PostgreSQL did not start: {(folder / 'log').read_text()}")


def _end_with_parent() -> None:
    if sys.platform == "linux":  # the server ends even when the tests are killed
        ctypes.CDLL(None).prctl(1, signal.SIGINT)
