"""On a slow line and without any: nothing is sent twice, nothing typed is lost, and one is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.story import sign_in

LIST = "/customers/party/"
SLOW = {"offline": False, "latency": 1500, "downloadThroughput": 60_000, "uploadThroughput": 20_000}
FAST = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
GONE = {**FAST, "offline": True}


def line(page: Page) -> Any:
    """Return what changes the line of a page: a function of what it is to be."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    return lambda kind: session.send("Network.emulateNetworkConditions", kind)


@pytest.fixture
def lonely(chromium: Browser, server: str) -> Iterator[Page]:
    """A page whose browser may complain of a line that is gone."""
    context = chromium.new_context(base_url=server, locale="zh-CN")
    yield context.new_page()
    context.close()


@pytest.mark.long
def test_pressing_again_while_waiting_makes_one_customer(page: Page) -> None:
    sign_in(page, "sales")
    page.goto(f"{LIST}add/")
    turn = line(page)
    name = "慢线路" + "".join(chr(0x4E00 + byte) for byte in uuid4().bytes[:4])
    page.fill("[name=name]", name)
    turn(SLOW)
    save = page.locator("form[data-draft] .btn-primary").first
    posts: list[str] = []
    page.on("request", lambda r: posts.append(r.url) if r.method == "POST" else None)
    save.scroll_into_view_if_needed()
    box = save.bounding_box()
    assert box is not None
    for _again in range(4):
        page.mouse.click(box["x"] + 5, box["y"] + 5)  # as a hand does, which waits for nothing
        page.wait_for_timeout(250)
    expect(page.locator("h1")).to_contain_text(name, timeout=30_000)
    assert len([url for url in posts if url.endswith("/add/")]) == 1
    turn(FAST)
    page.goto(f"{LIST}?q={name}")
    expect(page.locator("#list-count")).to_have_text("1")


@pytest.mark.long
def test_without_a_line_what_was_typed_stays_and_is_saved_later(lonely: Page) -> None:
    page, words = lonely, f"离线时写的{uuid4().hex[:8]}"
    sign_in(page, "sales")
    page.goto(LIST)
    page.locator("a.row-link").first.click()
    note = page.locator("form.composer textarea").first
    note.fill(words)
    turn = line(page)
    turn(GONE)
    page.locator("form.composer .btn-primary").first.click()
    expect(page.locator("#toasts")).to_contain_text(re.compile("连不上|网络|服务器"))
    expect(note).to_have_value(words)
    turn(FAST)
    page.locator("form.composer .btn-primary").first.click()
    expect(page.locator("#timeline")).to_contain_text(words)
    expect(page.locator("#timeline").get_by_text(words)).to_have_count(1)
