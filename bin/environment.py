"""Makes .venv from the lock files, fetches assets, compiles messages; then starts Huike.

Standard library only: this runs before anything is installed. Each step leaves a stamp with the
digest of what it was made from, so a second start skips it.
"""

from __future__ import annotations

import ast
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
# How uv calls what pip's settings say: uv doesn't read them itself.
UV_NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "no-index": "UV_NO_INDEX",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
    "timeout": "UV_HTTP_TIMEOUT",
    "default-timeout": "UV_HTTP_TIMEOUT",
}


def say(text: str) -> None:
    """Tell the person at the terminal what is going on."""
    print(f"· {text}", flush=True)


def run(*command: str | Path, **more: object) -> None:
    """Run a command; end this program with its message when it fails."""
    if code := subprocess.run([str(word) for word in command], cwd=ROOT, **more).returncode:  # type: ignore[call-overload]
        sys.exit(f"Failed ({code}): {' '.join(str(word) for word in command)}")


def digest(*files: Path) -> str:
    """Return one word for the content of `files` and the place they are used in."""
    content = b"\0".join(file.read_bytes() for file in files)
    return hashlib.sha256(content + str(ROOT).encode() + sys.version.encode()).hexdigest()


def make(*, tests: bool = False) -> None:
    """Bring the environment up to date: packages, the command huike, assets, messages."""
    started = time.monotonic()
    stamp = VENV / "huike.stamp"
    before = stamp.read_text().split() if stamp.is_file() and PYTHON.exists() else []
    # what bin/test once installed stays: the tests' packages include the product's
    tests = tests or before[:1] == ["tests"]
    lock = ROOT / ("requirements-test.lock" if tests else "requirements.lock")
    wanted = ["tests" if tests else "product", digest(lock, ROOT / "requirements-uv.lock")]
    if before != wanted:
        make_venv()
        stamp.unlink(missing_ok=True)
        install(lock)
        stamp.write_text(" ".join(wanted))
        say(f"环境就绪 environment ready ({time.monotonic() - started:.0f} s)")
    sys.path.insert(0, str(ROOT / "src"))
    from huike.ui import assets  # standard library only

    if not assets.present():
        run(PYTHON, "-m", "huike.ui.assets", env={**os.environ, "PYTHONPATH": str(ROOT / "src")})
    if any(
        older(po.with_suffix(".mo"), po) for po in ROOT.glob("src/huike/*/locale/*/*/django.po")
    ):
        run(PYTHON, "-m", "huike.site.messages", "compile")


def older(made: Path, source: Path) -> bool:
    """Whether a file is missing or older than what it is made from."""
    return not made.exists() or made.stat().st_mtime < source.stat().st_mtime


def make_venv() -> None:
    """Create .venv, installing Debian's part of it first where it is missing."""
    if PYTHON.exists() and works([PYTHON, "-m", "pip", "--version"]):
        return
    if not works([sys.executable, "-c", "import ensurepip, venv"]):
        if Path("/etc/debian_version").exists() and os.geteuid() == 0:
            version = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
            say(f"apt-get install {version}")
            run("apt-get", "update", "-qq")
            run("apt-get", "install", "-y", "-qq", "--no-install-recommends", version)
        else:
            sys.exit(
                f"{sys.executable} 缺少 venv / ensurepip。 It has no venv or ensurepip.\n"
                "Debian, Ubuntu: sudo apt-get install python3-venv, then start again."
            )
    say("新建环境 making .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    run(sys.executable, "-m", "venv", VENV)


def works(command: list[str | Path]) -> bool:
    """Whether a command ends well."""
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def install(lock: Path) -> None:
    """Install the locked packages (hashes checked) with uv, or with pip where uv won't go."""
    say(f"安装依赖 installing packages from {lock.name}")
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "-q"]
    settings = {**os.environ, **uv_settings()}
    uv = [VENV / "bin" / "uv", "pip"]
    has_uv = works([*pip, "--require-hashes", "-r", ROOT / "requirements-uv.lock"])
    sync = [*uv, "sync", "-q", "--require-hashes", "--python", PYTHON, lock]
    if not (has_uv and subprocess.run(sync, cwd=ROOT, env=settings, check=False).returncode == 0):
        say("uv is of no use here; installing with pip")
        run(*pip, "--require-hashes", "-r", lock)
    run(*pip, "--no-deps", "--no-build-isolation", "-e", ROOT)


def uv_settings() -> dict[str, str]:
    """Return pip's settings of this user as the variables that uv reads."""
    said = subprocess.run(
        [PYTHON, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    ).stdout
    found: dict[str, str] = {}
    for line in sorted(said.splitlines()):  # ":env:" sorts first, and what comes first stays
        key, _, value = line.partition("=")
        name = UV_NAMES.get(key.rpartition(".")[2])
        if name and name not in os.environ and value:
            words = str(ast.literal_eval(value))
            found.setdefault(name, " ".join(words.split()))
    if "UV_INDEX" in found:
        found.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")  # pip's way; hashes are checked
    return found


def start(arguments: list[str]) -> None:
    """Become the command huike: with the demo firm, or empty when --empty is among the words."""
    if not {"-h", "--help"} & set(arguments):
        make()
    elif not (VENV / "bin" / "huike").exists():
        sys.exit("bin/run [--port N] [--host H] [--home DIR] [--empty]")
    empty = "--empty" in arguments
    words = [word for word in arguments if word != "--empty"]
    huike = str(VENV / "bin" / "huike")
    os.environ.setdefault("HUIKE_HOME", str(ROOT / "data"))
    os.execv(huike, [huike, "serve" if empty else "demo", *words])


if __name__ == "__main__":
    if sys.argv[1:2] == ["run"]:
        start(sys.argv[2:])
    else:
        make(tests="--tests" in sys.argv)
