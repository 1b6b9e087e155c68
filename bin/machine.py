"""What the tests need from the machine: PostgreSQL, Chromium, fonts; installed where that can be.

Standard library only.
"""

from __future__ import annotations

import ctypes.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

OLDEST_POSTGRESQL = 15


@dataclass(frozen=True)
class Need:
    """Something outside Python, the Debian packages that bring it, and what lacks without it."""

    name: str
    packages: tuple[str, ...]
    purpose: str


POSTGRESQL = Need("PostgreSQL 15+", ("postgresql",), "tests on PostgreSQL")
CHROMIUM = Need("Chromium", ("chromium",), "browser stories")
FONTS = Need("Chinese fonts", ("fonts-noto-cjk",), "legible screenshots and PDF files")
PANGO = Need(
    "Pango",
    ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"),
    "tests of PDF files",
)


def postgresql() -> Path | None:
    """Return the folder of the newest PostgreSQL server's programs."""
    folders = list(Path("/usr/lib/postgresql").glob("*/bin"))
    folders += [Path(f).resolve().parent for name in ("initdb",) if (f := shutil.which(name))]
    versions = [(version, folder) for folder in folders if (version := _version(folder))]
    best = max(versions, default=(0, Path()))
    return best[1] if best[0] >= OLDEST_POSTGRESQL else None


def _version(folder: Path) -> int:
    if not ((folder / "initdb").exists() and (folder / "postgres").exists()):
        return 0
    said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True)
    found = re.search(r"\) (\d+)", said.stdout)
    return int(found.group(1)) if found else 0


def postgresql_version(folder: Path) -> int:
    """Return the major version of the server in `folder`."""
    return _version(folder)


def chromium() -> str | None:
    """Return the browser that the stories drive."""
    if given := os.environ.get("HUIKE_CHROMIUM"):
        return given
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if (found := shutil.which(name))), None)


def _fonts() -> bool:
    if not shutil.which("fc-list"):
        return False
    said = subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, text=True)
    return bool(said.stdout.strip())


def _pango() -> bool:
    names = ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset")
    return all(ctypes.util.find_library(name) for name in names)


def missing() -> list[Need]:
    """Return what this machine lacks."""
    found = {
        POSTGRESQL: postgresql() is not None,
        CHROMIUM: chromium() is not None,
        FONTS: _fonts(),
        PANGO: _pango(),
    }
    return [need for need, there in found.items() if not there]


def provide() -> list[str]:
    """Install what is missing where that can be; return one line for each thing that stays so."""
    lacking = missing()
    if lacking and _may_install():
        packages = [package for need in lacking for package in need.packages]
        print(f"· apt-get install {' '.join(packages)}", flush=True)
        quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, **_APT}}
        subprocess.run(["apt-get", "update", "-qq"], **quiet)  # type: ignore[call-overload]
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
        subprocess.run(install, **quiet)  # type: ignore[call-overload]
        lacking = missing()
    return [
        f"SKIPPED {need.purpose}: no {need.name} here and this program may not install it"
        f" (Debian: apt-get install {' '.join(need.packages)})"
        for need in lacking
    ]


_APT = {"DEBIAN_FRONTEND": "noninteractive"}


def _may_install() -> bool:
    return Path("/etc/debian_version").exists() and os.geteuid() == 0
