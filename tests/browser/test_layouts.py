"""Fields put where they matter, worked out, and brought in by the pack of a trade."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.story import picture, sign_in

LAYOUTS = "/settings/layouts/customers/party/"
FIELDS = "/settings/fields/customers/party/"


@pytest.mark.long
def test_a_field_is_dragged_into_a_section_and_seen_as_that_role(
    page: Page, server: str, chromium: Browser, shoot: Callable[..., object]
) -> None:
    sign_in(page, "admin")
    page.goto(LAYOUTS)
    page.fill("#a-name", "展厅顾问")
    page.select_option("#a-audience", "role")
    page.select_option("#a-role", label="销售顾问")
    page.get_by_role("button", name="建立").or_(page.locator("form .btn-primary")).last.click()
    expect(page.locator("#arrange")).to_be_visible()
    chip = page.locator(".chip", has_text="微信").first
    first = page.locator(".arrange-parts .chips").first
    chip.locator(".grip").drag_to(first, target_position={"x": 60, "y": 20})
    expect(first.locator(".chip", has_text="微信")).to_have_count(1)
    picture(page, "layouts")
    page.locator(".sticky-foot .btn-primary").click()
    expect(page.locator("main")).to_contain_text("展厅顾问")
    other = chromium.new_context(base_url=server, locale="zh-CN").new_page()
    sign_in(other, "sales")
    other.goto("/customers/party/")
    other.locator("a.row-link").first.click()
    other.wait_for_url(re.compile(r"/party/\d+/"))
    expect(other.locator("#layout-choice")).to_contain_text("展厅顾问")
    other.context.close()


@pytest.mark.long
def test_a_formula_and_a_sum_become_columns(page: Page) -> None:
    sign_in(page, "admin")
    page.goto(f"{FIELDS}add/")
    page.fill("#a-label", "人均消费")
    page.select_option("#a-kind", "rollup")
    page.select_option("#a-how", "sum")
    page.select_option("#a-summed", "total")
    page.locator("form .btn-primary").first.click()
    expect(page.locator("main")).to_contain_text("人均消费")
    page.goto(f"{FIELDS}add/")
    page.fill("#a-label", "消费档次")
    page.select_option("#a-kind", "computed")
    page.fill("#a-formula", 'if(人均消费 >= 50000, "高", "普通"')
    page.select_option("#a-result", "text")
    page.locator("form .btn-primary").first.click()
    expect(page.locator("#a-formula-wrong")).to_contain_text("字符处")
    picture(page, "formula")
    page.fill("#a-formula", 'if(人均消费 >= 50000, "高", "普通")')
    page.locator("form .btn-primary").first.click()
    page.goto(
        "/customers/party/?columns=name,extra.ren_jun_xiao_fei,extra.xiao_fei_dang_ci"
        '&filter=["extra.xiao_fei_dang_ci","is","高"]&sort=-extra.ren_jun_xiao_fei'
    )
    row = page.locator("tbody tr").first
    expect(row).to_contain_text("高")
    for name in ("ren_jun_xiao_fei", "xiao_fei_dang_ci"):
        page.goto(FIELDS)
        line = page.locator("li", has_text="人均消费" if "ren" in name else "消费档次")
        line.get_by_role("link", name=re.compile("移除|删除|Remove")).first.click()
        page.locator("main form button").first.click()


@pytest.mark.long
def test_the_hotel_s_pack_comes_and_goes(page: Page, shoot: Callable[..., object]) -> None:
    sign_in(page, "admin")
    page.goto("/settings/packs/")
    page.get_by_role("link", name=re.compile("酒店")).click()
    expect(page.locator("main")).to_contain_text("贵宾级别")
    picture(page, "packs")
    page.check("[name=sample]")
    page.locator("main .btn-primary").click(no_wait_after=True)
    expect(page.locator(".good")).to_be_visible(timeout=60_000)
    page.goto("/customers/party/?q=高桥一郎")
    page.locator("a.row-link").first.click()
    expect(page.locator("main")).to_contain_text("客房偏好")
    picture(page, "vip-guest")
    page.goto("/settings/packs/hotel/")
    page.get_by_role("button", name=re.compile("收回")).click(no_wait_after=True)
    expect(page.locator("main .btn-primary")).to_be_visible(timeout=60_000)
    page.goto("/customers/party/?q=高桥一郎")
    expect(page.locator("a.row-link")).to_have_count(0)
