"""From the forecast to a month's orders, from the loyalty types to their customers.

Makes pictures of docs/tour.md (HUIKE_TOUR=1).
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import fits
from tests.browser.story import picture, sign_in
from tests.browser.test_insight import analysed as analysed  # waits for the first analysis


@pytest.mark.long
def test_from_the_forecast_to_orders_and_from_loyalty_to_customers(
    analysed: None, page: Page, phone: Page
) -> None:
    sign_in(page, "boss")
    page.goto("/insight/forecast/")
    expect(page.locator("[data-drawn=trend]").first).to_be_visible()
    expect(page.locator("main")).to_contain_text("五次里有四次会落在")
    expect(page.locator("main")).to_contain_text("采用")
    picture(page, "forecast")
    row = page.get_by_role("row", name=re.compile(r"^\d{4}年\d+月 ")).first
    row.get_by_role("link").click()
    expect(page).to_have_url(re.compile("/trade/order/"))
    expect(page.locator("#list-count")).not_to_have_text("0")
    page.goto("/insight/loyalty/")
    expect(page.locator("[data-drawn=bars]").first).to_be_visible()
    expect(page.locator("main")).to_contain_text("又回头购买")
    picture(page, "loyalty")
    row = page.get_by_role("row", name=re.compile("惰性忠诚")).first
    number = row.locator("td").nth(1).inner_text()
    row.get_by_role("link").click()
    expect(page.locator("#list-count")).to_have_text(number)
    sign_in(phone, "boss")
    for name in ("forecast", "loyalty"):
        phone.goto(f"/insight/{name}/")
        expect(phone.locator("[data-chart]").first).to_be_visible()
        assert fits(phone), name
