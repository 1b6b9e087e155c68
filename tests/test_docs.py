"""The docs are true: the page that adds a record is carried out and the contract held to it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CONTRACT = [f"tests/contract/test_{n}.py" for n in ("rows", "journal", "bulk", "fields")]
STEP = re.compile(
    r"^## \d\. [^\n]*`(?P<file>src/[^`]+)`.*?```python\n(?P<code>.*?)```", re.M | re.S
)


@pytest.mark.long
def test_the_page_adds_a_record_in_three_files(tmp_path: Path) -> None:
    steps = list(STEP.finditer((ROOT / "docs/add-an-entity.md").read_text("utf8")))
    assert len(steps) == 3
    ignore = shutil.ignore_patterns("static", "__pycache__")
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=ignore)
    shutil.copytree(
        ROOT / "tests", tmp_path / "tests", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for step in steps:
        with (tmp_path / step["file"]).open("a", encoding="utf8") as file:
            file.write(f"\n\n{step['code']}")
    run(tmp_path, "-m", "django", "makemigrations", "customers", "-v0")
    out = run(tmp_path, "-m", "pytest", *CONTRACT, "-k", "testdrive", "-p", "no:xdist")
    assert re.search(r"[2-9]\d passed", out), out


def run(folder: Path, *arguments: str) -> str:
    """Run Python in `folder`, whose copy of the product comes first; fail with what it printed."""
    variables = {
        **{k: v for k, v in os.environ.items() if not k.startswith("PYTEST")},
        "PYTHONPATH": str(folder / "src"),
        "HUIKE_HOME": str(folder / "home"),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    variables.pop("HUIKE_DATABASE", None)
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=variables,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout
