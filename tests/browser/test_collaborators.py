"""A colleague of another department helps with a customer for a while, sees it, and then no more.

The story makes pictures of docs/tour.md (HUIKE_TOUR=1).
"""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE
from tests.browser.story import picture, sign_in

Opener = Callable[..., Page]
HELPER = "张磊"  # sells cars to people; the fleet desk needs him for a while


@pytest.mark.long
def test_a_colleague_helps_for_a_while(
    page: Page, open_page: Opener, shoot: Callable[..., object]
) -> None:
    sign_in(page, "fleet")
    page.goto("/customers/party/add/")
    name = f"协作试验物流{time.time_ns() % 10**8}"
    page.fill("[name=name]", name)
    page.locator("main form button.btn-primary").first.click()
    page.wait_for_url("**/customers/party/*/")
    address = page.url
    helper = open_page(PHONE, is_mobile=True, has_touch=True)
    sign_in(helper, "sales3")
    helper.goto(address)
    expect(helper.locator("h1")).not_to_contain_text(name)

    page.locator("#owners").get_by_text("添加协作人").click()
    form = page.locator("#modal-body")
    form.locator("[name=user]").select_option(label=HELPER)
    form.locator("[name=note]").fill("车队三十台车置换,一起报价")
    form.locator("[type=checkbox]").first.check()
    picture(page, "collaborator-add")
    shoot(page, "collaborator-add")
    form.locator(".btn-primary").click()
    expect(page.locator("#collaborators")).to_contain_text(HELPER)
    page.locator("#collaborators").scroll_into_view_if_needed()
    picture(page, "collaborators")
    shoot(page, "collaborators")

    helper.goto(address)
    expect(helper.locator("h1")).to_contain_text(name)
    helper.fill("#timeline textarea", "三十台已报价,下周一签约")
    helper.locator("#timeline form button.btn-primary").click()
    expect(helper.locator("#timeline")).to_contain_text("下周一签约")
    helper.goto(address)
    helper.locator("#more-acts > summary").click()
    picture(helper, "phone-more")
    # what the page still asks for after the end of the help would rightly be refused
    expect(helper.locator(".late")).to_have_count(0)

    page.goto(f"{address}do/unshare/")
    page.select_option("main [name=user]", label=HELPER)
    page.locator("main form button.btn-primary").last.click()
    expect(page).to_have_url(address)
    helper.goto(address)
    expect(helper.locator("h1")).not_to_contain_text(name)
