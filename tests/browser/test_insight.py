"""From a picture to the customer, to the work, to whether it helped; and a pivot down to an order.

These stories make the pictures of docs/tour.md (HUIKE_TOUR=1).
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import fits
from tests.browser.story import picture, sign_in

PATIENCE = 240_000  # the first analysis of the demo firm goes on in the background
OPEN = re.compile("score__pyramid")


@pytest.fixture(scope="module")
def analysed(server: str, chromium: Browser) -> None:
    """Wait until the firm's first analysis has ended."""
    page = chromium.new_context(base_url=server, locale="zh-CN").new_page()
    sign_in(page, "boss")
    for _n in range(PATIENCE // 3000):
        page.goto("/insight/value/")
        if page.locator("[data-chart]").count():
            break
        page.wait_for_timeout(3000)
    expect(page.locator("[data-chart]").first).to_be_visible()
    page.context.close()


def test_from_the_pyramid_to_a_customer_to_a_task(analysed: None, page: Page) -> None:
    sign_in(page, "boss")
    page.goto("/insight/value/")
    expect(page.locator("[data-drawn=pyramid]").first).to_be_visible()
    picture(page, "value")
    row = page.get_by_role("row", name=re.compile("重要客户")).last
    number = row.locator("td").first.inner_text()
    row.get_by_role("link").click()
    expect(page).to_have_url(OPEN)
    expect(page.locator("#list-count")).to_have_text(number)
    page.locator("a.row-link").first.click()
    panel = page.locator(".insight-why").first
    expect(panel).to_be_visible()
    panel.click()
    expect(page.locator("[id^=why-]", has_text=re.compile("购买|消费")).first).to_be_visible()
    picture(page, "insight-panel")
    page.get_by_role("link", name="任务").last.click()
    page.fill("#modal-body [name=title]", "邀请参加答谢会")
    page.locator("#modal-body button[type=submit], #modal-body .btn-primary").first.click()
    expect(page.locator("main")).to_contain_text("邀请参加答谢会")


@pytest.mark.long
def test_the_churn_list_is_split_worked_and_judged(
    analysed: None, page: Page, shoot: Callable[..., object]
) -> None:
    sign_in(page, "boss")
    page.goto("/insight/churn/")
    expect(page.locator("main")).to_contain_text("可能流失")
    picture(page, "churn")
    shoot(page, "churn")
    page.goto("/marketing/win-back/")
    expect(page.locator(".told-size")).not_to_have_text("0")
    page.get_by_role("button", name=re.compile("生成细分和活动")).click()
    expect(page).to_have_url(re.compile(r"/marketing/campaign/\d+/"))
    picture(page, "campaign-power")
    page.get_by_role("button", name=re.compile("抽取|随机")).first.click()
    expect(page.locator("main")).to_contain_text("对照组")
    page.get_by_role("button", name=re.compile("开始|启动")).first.click()
    expect(page.locator("main")).to_contain_text("进行中")
    page.goto("/marketing/campaign/?filter=%5B%22state%22%2C%22in%22%2C%5B%22ended%22%5D%5D")
    page.locator("a.row-link").first.click()
    page.get_by_role("link", name="全部数字").click()
    expect(page.locator("main")).to_contain_text(re.compile("有效|看不出|适得其反"))
    picture(page, "campaign-result")
    shoot(page, "campaign-result")


def test_a_pivot_is_drilled_down_to_an_order(analysed: None, page: Page) -> None:
    sign_in(page, "admin")
    page.goto("/pivot/")
    expect(page.locator("main table")).to_contain_text("合计")
    picture(page, "pivot")
    cell = page.locator(
        "table.pivot-table tbody tr", has_text=re.compile(r"\d{4}-\d\d")
    ).first.locator("button")
    number = cell.last.inner_text()
    cell.last.click()
    expect(page).to_have_url(re.compile("/pivot/documents/"))
    expect(page.locator("main")).to_contain_text(number)
    page.locator("main a[href*='/trade/order/']").first.click()
    expect(page).to_have_url(re.compile(r"/trade/order/\d+/"))


def test_a_seller_sees_numbers_of_own_customers_only(analysed: None, page: Page) -> None:
    numbers = {}
    for who in ("boss", "sales"):
        page.context.clear_cookies()
        sign_in(page, who)
        page.goto("/analytics/score/")
        shown = page.locator("#list-count").inner_text()
        numbers[who] = int(re.sub(r"\D", "", shown))
    assert 0 < numbers["sales"] < numbers["boss"]


@pytest.mark.long
def test_the_insight_pages_fit_a_phone(analysed: None, phone: Page) -> None:
    sign_in(phone, "boss")
    for name in ("value", "matrix", "lifecycle", "churn", "scorecard", "baskets", "groups"):
        phone.goto(f"/insight/{name}/")
        expect(phone.locator("[data-chart]").first).to_be_visible()
        assert fits(phone), name
