"""From how satisfied customers are to one who is not, and to the task of who answers for it.

These stories make the pictures of docs/tour.md (HUIKE_TOUR=1).
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import fits
from tests.browser.story import picture, sign_in
from tests.browser.test_insight import analysed

__all__ = ["analysed"]


@pytest.mark.long
def test_who_is_not_satisfied_is_spoken_with(
    analysed: None, page: Page, shoot: Callable[..., object]
) -> None:
    sign_in(page, "care")
    page.goto("/insight/satisfaction/")
    expect(page.locator("main")).to_contain_text("NPS")
    expect(page.locator("[data-drawn=bars]").first).to_be_visible()
    picture(page, "satisfaction")
    shoot(page, "satisfaction")
    assert fits(page)
    page.get_by_role("link", name=re.compile("全部 .* 条")).click()
    expect(page).to_have_url(re.compile("/surveys/answer/"))
    page.locator("a.row-link").first.click()
    page.get_by_role("button", name="给负责人建任务").first.click()
    expect(page.locator("main")).to_contain_text("与客户沟通这次评价")
    page.locator("main a[href^='/customers/party/']").first.click()
    expect(page.locator("#timeline, .line-list").first).to_contain_text("满意度回答")
    picture(page, "satisfaction-timeline")
