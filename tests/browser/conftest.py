"""A running demo firm, a real Chromium, and pictures at desk and phone width, light and dark."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.breadth import WIDE

USUAL = {"desk": "light", "phone": "dark"}
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 375, "height": 812}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
    "--lang=zh-CN",
]
STARTING = 300  # seconds for the demo firm to be made and served
Opener = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every story as one of the browser."""
    for item in items:
        if "tests/browser" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start `huike demo` with a data folder of its own; give its address without a last slash."""
    if given := os.environ.get("HUIKE_TEST_SERVER"):
        yield given.rstrip("/")  # one that runs already: quick while writing a story
        return
    folder = tmp_path_factory.mktemp("demo")
    port = _free_port()
    command = [sys.executable, "-m", "huike.cli", "demo", "--port", str(port)]
    environment = {**os.environ, "HUIKE_HOME": str(folder)}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        _wait(f"http://127.0.0.1:{port}/", process, folder / "server.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + STARTING
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except urllib.error.HTTPError:
            return  # it answers
        except OSError:
            time.sleep(0.2)
        else:
            return
    process.kill()
    pytest.fail(f"huike demo did not start:\n{log.read_text('utf8', 'replace')[-4000:]}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser, one for all stories."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("HUIKE_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, server: str) -> Iterator[Opener]:
    """Open pages: open_page(), open_page(PHONE), open_page(dark=True), open_page(locale="en").

    A page that logs an error or answers 500 fails its story at the end.
    """
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            problems.append(message.text)

    def opened(
        size: dict[str, int] = DESK, *, dark: bool = False, locale: str = "zh-CN", **more: object
    ) -> Page:
        context = chromium.new_context(
            base_url=server,
            viewport=size,  # type: ignore[arg-type]
            color_scheme="dark" if dark else "light",
            locale=locale,
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
            **more,  # type: ignore[arg-type]
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", heard)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on(
            "response",
            lambda answer: (
                problems.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None
            ),
        )
        return page

    yield opened
    for context in contexts:
        with suppress(Exception):
            context.close()
    assert not problems, problems


@pytest.fixture
def page(open_page: Opener) -> Page:
    """A page at desk width, in light colours, in Chinese."""
    return open_page()


@pytest.fixture
def phone(open_page: Opener) -> Page:
    """A page at phone width."""
    return open_page(PHONE, is_mobile=True, has_touch=True)


@pytest.fixture
def shoot(tmp_path: Path) -> Callable[[Page, str], list[Path]]:
    """Take pictures of a page as it is: desk and phone width, light and dark (HUIKE_SHOTS).

    A short run takes one of each width.
    """
    folder = Path(os.environ.get("HUIKE_SHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)

    def taken(page: Page, name: str) -> list[Path]:
        before, files = page.viewport_size, []
        for width, size in (("desk", DESK), ("phone", PHONE)):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            for scheme in ("light", "dark") if WIDE else (USUAL[width],):
                page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                files.append(folder / f"{name}-{width}-{scheme}.png")
                page.wait_for_timeout(150)
                page.screenshot(path=files[-1])
            assert fits(page), f"{name} is wider than the screen at {size['width']} px"
        page.emulate_media(color_scheme="light")
        if before:
            page.set_viewport_size(before)
        return files

    return taken


def fits(page: Page) -> bool:
    """Whether nothing on the page makes it scroll sideways.

    A phone widens its window to what is too wide, so the screen is asked, not the window.
    """
    page.wait_for_load_state()
    width = (page.viewport_size or DESK)["width"]
    return bool(page.evaluate(f"document.documentElement.scrollWidth <= {width} + 1"))
