"""Lock a customer; seal a file and open it; consent withdrawn; an erasure with its certificate.

These stories make the pictures of docs/tour.md (HUIKE_TOUR=1).
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import fits
from tests.browser.story import picture, sign_in

SECRET = "huike-demo-seal"
PATIENCE = 60_000  # the first PDF loads fonts, on a busy machine slowly
MARK = "只在电话里说过的事"


def _customer(page: Page, name: str) -> str:
    """Make a customer and return the address of its page."""
    page.goto("/customers/party/add/")
    page.fill("[name=name]", name)
    page.locator("[name=about]").fill(f"备注:{MARK}")
    page.locator("main form button.btn-primary").first.click()
    expect(page).to_have_url(re.compile(r"/customers/party/\d+/$"))
    return page.url


def _do(page: Page, verb: str, **given: str) -> None:
    """Do a verb through its own page, as without JavaScript."""
    page.goto(f"{page.url}do/{verb}/")
    for name, text in given.items():
        page.fill(f"main [name={name}]", text)
    page.locator("main form button.btn-primary").last.click()


@pytest.mark.long
def test_a_locked_customer_stays(page: Page) -> None:
    sign_in(page, "manager")
    address = _customer(page, "锁定试验有限公司")
    _do(page, "lock", reason="合同期内不得删除")
    expect(page.locator("#protection")).to_contain_text("合同期内不得删除")
    page.goto(address)
    page.locator("#more-acts > summary").click()
    page.locator("#more-acts").get_by_role("button", name="删除").click()
    expect(page.locator("body")).to_contain_text("已锁定")
    page.goto(address)
    _do(page, "unlock", reason="合同已终止")
    expect(page.locator("#protection")).not_to_contain_text("合同期内")


@pytest.mark.long
def test_a_file_is_sealed_and_opened(page: Page, shoot: Callable[..., object]) -> None:
    sign_in(page, "admin")
    address = _customer(page, "加密试验客户")
    page.goto(f"{address}sealed/")
    page.fill("[name=secret]", "not the secret")
    page.get_by_role("button", name="打开", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("第二口令不正确")
    page.fill("[name=secret]", SECRET)
    page.get_by_role("button", name="打开", exact=True).click()
    page.get_by_label(re.compile("备注 备注")).check()
    page.fill("[name=remark]", "预算约三百万,先别外传。")
    page.get_by_role("button", name="加密", exact=True).click()
    expect(page.locator("#sealed-values")).to_contain_text(MARK)
    picture(page, "sealed")
    shoot(page, "sealed")
    fits(page)
    page.goto(address)
    expect(page.locator("body")).not_to_contain_text(MARK)
    expect(page.locator("#protection")).to_contain_text("已加密")
    page.goto(f"{address}sealed/")
    page.get_by_role("button", name="立即关闭").click()
    expect(page.locator("body")).not_to_contain_text(MARK)
    page.goto("/settings/sealing/")
    expect(page.locator("#views")).to_contain_text("加密试验客户")
    expect(page.locator("#views")).to_contain_text("口令错误")
    picture(page, "sealing-settings")
    shoot(page, "sealing-settings")
    fits(page)


@pytest.mark.long
def test_consent_is_withdrawn_and_an_erasure_certified(
    page: Page, shoot: Callable[..., object]
) -> None:
    sign_in(page, "admin")
    name = f"注销试验{time.time_ns() % 10**8}"  # a form knows customers by name
    address = _customer(page, name)
    key = re.findall(r"\d+", address)[-1]
    for state in ("given", "withdrawn"):
        page.goto(
            f"/customers/consent/quick/?party={key}&state={state}&next=/customers/party/{key}/"
        )
        if state == "given":
            page.fill("main [name=text_version]", "2026-05")
        page.locator("main form button.btn-primary").last.click()
        expect(page).to_have_url(address)
    page.goto(f"{address}panel/privacy/")
    expect(page.locator("#privacy")).to_contain_text("已撤回")
    page.goto(f"/customers/privacyrequest/quick/?party={key}")
    page.select_option("main [name=kind]", "erase")
    page.check("main [name=identity_checked]")
    page.locator("main form button.btn-primary").last.click()
    expect(page).to_have_url(re.compile(r"/customers/privacyrequest/\d+/"))
    page.get_by_role("button", name="执行删除并出具证明").click(no_wait_after=True)
    expect(page.locator("main")).to_contain_text("SHA-256", timeout=PATIENCE)
    picture(page, "erased")
    shoot(page, "erased")
    with page.expect_download() as found:
        page.get_by_role("link", name=re.compile("certificate-")).first.click()
    assert found.value.path().read_bytes()[:5] == b"%PDF-"
    page.goto(address)
    expect(page.locator("h1")).to_contain_text("已删除的客户")
    expect(page.locator("body")).not_to_contain_text(MARK)
