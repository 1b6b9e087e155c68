"""One target in one process: `one.py NAME FOLDER-OF-FINDS [options of libFuzzer]`."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
import traceback
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huike.site.settings")
with atheris.instrument_imports(include=["huike"]):
    import django

    django.setup()
    from bench.fuzz import pieces, targets

name, finds = sys.argv[1], Path(sys.argv[2])
door = targets.DOORS[name]


def once(data: bytes) -> None:
    """Feed one piece; write down an exception that is no refusal, unless it is known."""
    try:
        door(data)
    except Exception:
        told = traceback.format_exc()
        frames = [line for line in told.splitlines() if line.lstrip().startswith("File ")]
        kind = hashlib.sha256(f"{frames[-1]}{told.splitlines()[-1][:60]}".encode()).hexdigest()[:12]
        path = finds / kind
        if not path.exists() or len(data) < int(path.read_text().split(maxsplit=1)[0]):
            path.write_text(f"{len(data)} bytes: {data!r}\n{told[-2500:]}")


def spelled(word: str) -> str:
    """Write a word as libFuzzer's dictionaries want it: every byte by its number."""
    return "".join(f"\\x{byte:02x}" for byte in word.encode())


with tempfile.TemporaryDirectory() as folder:
    for number, seed in enumerate(pieces.SEEDS[name]):
        (Path(folder) / str(number)).write_bytes(seed)
    words = Path(folder + ".words")
    words.write_text("".join(f'"{spelled(word)}"\n' for word in pieces.WORDS[name]))
    given = [sys.argv[0], *sys.argv[3:], f"-dict={words}", "-max_len=600", folder]
    atheris.Setup(given, once)
    atheris.Fuzz()
