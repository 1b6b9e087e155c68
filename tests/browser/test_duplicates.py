"""Customers entered twice: found, compared and merged by hand, forty at once, three undone.

The story makes the pictures of docs/tour.md (HUIKE_TOUR=1).
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.story import picture, sign_in

SWEPT = 120_000


def number(page: Page) -> int:
    """Return how many pairs wait to be judged."""
    return int(page.locator(".dup-figures b").first.inner_text().replace(",", ""))


@pytest.mark.long
def test_find_merge_forty_and_undo_three(page: Page, shoot: Callable[..., object]) -> None:
    page.context.set_default_timeout(60_000)
    sign_in(page, "admin")
    page.goto("/customers/duplicates/")
    page.get_by_role("button", name="立即全库查重").click()
    expect(page.locator("#found [role=status]")).to_have_count(0, timeout=SWEPT)
    page.reload()
    before = number(page)
    assert before >= 45
    picture(page, "duplicates")
    shoot(page, "duplicates")

    page.locator(".dup-names").first.click()
    expect(page.locator(".dup-line").first).to_be_visible()
    picture(page, "merge")
    shoot(page, "merge")
    page.locator(".dup-line input[type=radio][value=theirs]").first.check()
    page.fill("[name=why]", "同一人,登记了两次")
    page.locator(".dup-foot .btn-primary").click()
    expect(page).to_have_url(re.compile(r"/customers/party/\d+/$"))
    expect(page.locator("#duplicates")).to_contain_text("同一人,登记了两次")

    page.goto("/customers/duplicates/")
    assert number(page) == before - 1
    for box in page.locator("[name=key]").all()[:40]:
        box.check()
    page.get_by_role("button", name="合并所选").click()
    expect(page.locator("#modal-body .figures b").first).to_have_text("40", timeout=60_000)
    picture(page, "merge-forty")
    page.locator("#modal-body .btn-primary").click()
    expect(page.locator(".toast, [role=status], .toasts").first).to_be_visible(timeout=60_000)

    page.goto("/customers/duplicates/")
    assert number(page) == before - 41
    for _n in range(3):
        page.locator(".dup-merge button").first.click()
        expect(page).to_have_url(re.compile("/customers/duplicates/"))
    assert number(page) == before - 38
    expect(page.locator(".dup-merge .mark", has_text="已撤销")).to_have_count(3)


def test_warned_while_typing(page: Page, phone: Page) -> None:
    page.context.set_default_timeout(60_000)
    sign_in(page, "boss")
    page.goto("/customers/party/")
    page.locator("a.row-link").first.click()
    name = page.locator("h1").first.inner_text().strip()
    sign_in(phone, "boss")
    phone.goto("/customers/party/add/")
    phone.fill("[name=name]", name)
    expect(phone.locator(".dup-warning")).to_contain_text("可能已在系统中")
    picture(phone, "duplicate-warning")
