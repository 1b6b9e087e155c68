"""The pool takes and gives, a leaver's records change hands and come back, a lunar birthday.

These stories make the pictures of docs/tour.md (HUIKE_TOUR=1).
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.story import picture, sign_in

Shoot = Callable[..., object]


@pytest.mark.long
def test_the_pool_gives_within_limits_and_takes_back(page: Page, shoot: Shoot) -> None:
    page.set_default_timeout(60_000)
    sign_in(page, "sales")
    page.goto("/pool/")
    expect(page.locator("main")).to_contain_text("我的领取额度")
    picture(page, "pool")
    shoot(page, "pool")
    page.goto("/customers/poolparty/")
    expect(page.locator("table")).to_contain_text("*")  # phones are masked until claimed
    page.locator("a.row-link").first.click()
    name = page.locator("h1").inner_text()
    page.get_by_role("button", name="领取").first.click()
    expect(page.locator("#toasts")).to_contain_text("已归您负责")
    expect(page.locator("#owners")).to_contain_text("从公海领取")
    shoot(page, "pool-claimed")
    page.locator("#more-acts > summary").click()
    page.locator("#more-acts").get_by_role("link", name="退回公海").click()
    page.fill("#modal-body [name=note]", "客户已买别的品牌")
    page.locator("#modal-body .btn-primary").click()
    expect(page.locator("#owners")).to_contain_text("客户已买别的品牌")
    page.locator("#owners").get_by_role("button", name="领取").click()
    expect(page.locator("#toasts")).to_contain_text("不久前还负责")
    expect(page.locator("h1")).to_have_text(name)


@pytest.mark.long
def test_what_a_leaver_had_goes_to_others_and_comes_back(page: Page, shoot: Shoot) -> None:
    sign_in(page, "admin")
    page.goto("/settings/people/?q=fleet2")
    page.get_by_role("link", name="仇健").first.click()
    page.get_by_role("link", name="移交").first.click()
    page.select_option("#h-to", label="曾丽华 · 大客户组")
    page.fill("#h-note", "仇健离职，客户由曾丽华继续服务")
    picture(page, "leaving")
    page.get_by_role("button", name="预览").click()
    expect(page.locator("main")).to_contain_text("将移交")
    picture(page, "leaving-preview")
    shoot(page, "leaving-preview")
    page.get_by_role("button", name="移交").click()
    expect(page.locator("#toasts")).to_contain_text(re.compile("移交"))
    done = page.locator("main").get_by_role("button", name="撤销")
    for _n in range(60):  # many records are handed over in the background
        if done.count():
            break
        page.wait_for_timeout(2000)
        page.reload()
    page.wait_for_timeout(4000)
    page.reload()
    done.first.click()
    expect(page.locator("#toasts")).to_contain_text("撤销")


@pytest.mark.long
def test_a_lunar_birthday_is_kept_by_its_own_calendar(page: Page, shoot: Shoot) -> None:
    page.set_default_timeout(60_000)
    sign_in(page, "sales")
    page.goto("/customers/party/add/")
    page.fill("[name=name]", "钟月圆")
    page.fill("[name=lunar_birthday]", "八月十五")
    page.get_by_role("button", name="保存").first.click()
    expect(page.locator("#days")).to_contain_text("农历八月十五")
    picture(page, "lunar")
    shoot(page, "lunar")
    page.goto("/customers/occasion/?face=calendar&by=on")
    expect(page.locator(".month")).to_be_visible()
    picture(page, "occasions")
    shoot(page, "occasions")
