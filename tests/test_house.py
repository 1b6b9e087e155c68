"""The house itself: assets, messages, headers, the command and what start-up promises."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.http import HttpResponse
from django.test import RequestFactory

from huike.cli import LazyGroup, main
from huike.cli.server import refuse_taken_port
from huike.site import headers, messages
from huike.ui import assets, registry
from huike.ui.statics import static_url

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("name", [n for n in LazyGroup.known if n != "analyze"])
def test_every_command_has_help_with_examples(name: str) -> None:
    said = CliRunner().invoke(main, [name, "--help"])
    assert said.exit_code == 0, said.output
    assert "Example" in said.output


def test_a_taken_port_is_told_with_a_way_out() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Exception, match=f"--port {port + 1}"):
            refuse_taken_port("127.0.0.1", port)


def test_every_locked_package_has_a_hash_and_no_host_is_named() -> None:
    for lock in ROOT.glob("requirements*.lock"):
        text = lock.read_text()
        assert "://" not in text
        for block in re.split(r"\n(?=\S)", text.strip()):
            assert "--hash=sha256:" in block, block[:80]


def test_a_package_that_is_not_what_the_manifest_says_is_refused() -> None:
    package = tomllib.loads(assets.MANIFEST.read_text("utf8"))["package"][0]
    with pytest.raises(assets.BrokenAssets, match="is not what"):
        assets._checked(package, b"something else")


def test_a_broken_download_leaves_the_old_assets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor = tmp_path / "vendor"
    vendor.mkdir()
    (vendor / "old.js").write_text("old")
    monkeypatch.setattr(assets, "registry", lambda: f"file://{tmp_path}/nowhere/")
    with pytest.raises(assets.BrokenAssets, match="could not be fetched"):
        assets.fetch(vendor)
    assert [path.name for path in tmp_path.rglob("*.js")] == ["old.js"]


def test_the_registry_is_what_the_machine_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", "http://127.0.0.1:4873")
    assert registry.registry() == "http://127.0.0.1:4873/"


def test_every_icon_named_once() -> None:
    names = assets.ICONS.read_text("utf8").split()
    assert len(names) == len(set(names))


def test_static_addresses_carry_the_content() -> None:
    assert re.fullmatch(
        r"/static/vendor/htmx\.min\.js\?v=[0-9a-f]{10}", static_url("vendor/htmx.min.js")
    )
    assert static_url("none.js").endswith("missing")


def test_messages_keep_their_chinese(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = tmp_path / "huike" / "room"
    room.mkdir(parents=True)
    (room / "__init__.py").write_text('A = _("Save")\n')
    monkeypatch.setattr(messages, "SOURCE", tmp_path / "huike")
    assert messages.update() == 1  # no Chinese yet
    file = messages.po_file(room)
    file.write_text(file.read_text().replace('"Save"\nmsgstr ""', '"Save"\nmsgstr "保存"'))
    (room / "__init__.py").write_text('A = _("Save")\nB = 1\n')
    assert messages.update() == 0
    assert "保存" in file.read_text()
    assert messages.check() == 0
    (room / "__init__.py").write_text('A = _("Save")\nB = _("Undo")\n')
    assert messages.check() == 1


def test_starting_loads_no_library_that_few_pages_need() -> None:
    heavy = "duckdb", "ibis", "pandas", "pyarrow", "pypinyin", "scipy", "sklearn", "splink"
    code = (
        "import django, sys; django.setup(); from django.urls import get_resolver\n"
        f"get_resolver().url_patterns; print([n for n in {heavy} if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]", "they take seconds: import them where they are used"


def test_pages_run_only_their_own_scripts() -> None:
    request = RequestFactory().get("/")
    response = headers.PolicyMiddleware(lambda _: HttpResponse())(request)
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert f"'nonce-{request.csp_nonce}'" in policy  # type: ignore[attr-defined]
    assert "unsafe-eval" not in policy


def test_every_icon_that_is_asked_for_is_in_the_sprite() -> None:
    names = {line.removeprefix("filled/") for line in assets.ICONS.read_text("utf8").split()}
    asked = re.compile(r"""\bicon\(["']([a-z0-9-]+)["']|\bicon=["']([a-z0-9-]+)["']""")
    for path in (ROOT / "src" / "huike").rglob("*"):
        if path.suffix in {".py", ".html"}:
            for found in asked.finditer(path.read_text("utf8")):
                name = (found[1] or found[2]).removesuffix("-filled")
                assert name in names, f"{path.name} asks for the icon {name}: add it to icons.txt"
