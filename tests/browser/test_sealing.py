"""A file is sealed, opened, and one that a seller adds later too; two administrators recover.

These stories make the pictures of docs/tour.md (HUIKE_TOUR=1).
"""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.story import PASSWORD, picture, sign_in

SECRET = "huike-demo-seal"
MARK = "抵押合同原件存放处"
Opener = Callable[..., Page]
Shoot = Callable[..., object]


def _file(name: str) -> dict[str, object]:
    return {"name": name, "mimeType": "text/plain", "buffer": f"{MARK}:{name}".encode()}


def _open(page: Page) -> None:
    form = page.locator("form[action='/sealed/open/']")
    form.locator("[name=secret]").fill(SECRET)
    form.locator("button").click()
    expect(form).to_have_count(0)


@pytest.mark.long
def test_a_file_is_sealed_and_so_is_what_a_seller_adds(
    page: Page, open_page: Opener, shoot: Shoot
) -> None:
    seller = open_page()
    sign_in(seller, "sales")
    seller.goto("/customers/party/add/")
    seller.fill("[name=name]", f"抵押试验{time.time_ns() % 10**8}")
    seller.locator("main form button.btn-primary").first.click()
    seller.wait_for_url("**/customers/party/*/")
    address = seller.url
    sign_in(page, "admin")
    page.goto(f"{address}files/")
    page.set_input_files("input[type=file]", _file("抵押合同.txt"))  # type: ignore[arg-type]
    page.locator("main form button.btn-primary").last.click()
    expect(page.locator("main")).to_contain_text("抵押合同.txt")
    page.goto(f"{address}sealed/")
    _open(page)
    page.fill("[name=remark]", "房产已二次抵押。")
    page.locator("form[action$='/seal/'] button").click()
    expect(page.locator("#sealed-files")).to_contain_text("抵押合同.txt")
    # a seller without a second secret goes on working: what is added is sealed at once
    seller.goto(f"{address}files/")
    expect(seller.locator("main")).not_to_contain_text("抵押合同.txt")
    seller.set_input_files("input[type=file]", _file("评估报告.txt"))  # type: ignore[arg-type]
    seller.locator("main form button.btn-primary").last.click()
    expect(seller.locator("#toasts")).to_contain_text("立即加密")
    expect(seller.locator("main")).not_to_contain_text("评估报告.txt")
    picture(seller, "sealed-files-closed")
    shoot(seller, "sealed-files-closed")
    seller.goto(address)
    seller.fill("#timeline textarea", "客户说尾款年底付清")
    seller.locator("#timeline form button.btn-primary").click()
    expect(seller.locator("#timeline")).to_contain_text("已加密")
    expect(seller.locator("body")).not_to_contain_text("尾款年底")
    # who has the second secret reads all of it
    page.goto(f"{address}sealed/")
    expect(page.locator("#sealed-files")).to_contain_text("评估报告.txt")
    expect(page.locator("#sealed-notes")).to_contain_text("尾款年底付清")
    picture(page, "sealed-files")
    shoot(page, "sealed-files")
    with page.expect_download() as found:
        page.locator("#sealed-files a", has_text="评估报告.txt").click()
    assert MARK in found.value.path().read_text("utf8")


@pytest.mark.long
def test_two_administrators_let_somebody_open_again(
    page: Page, open_page: Opener, shoot: Shoot
) -> None:
    sign_in(page, "admin")
    _set_administrator(page, True)
    other = open_page()
    sign_in(other, "boss")
    try:
        page.goto("/settings/sealing/")
        _open(page)
        for name in ("孙建国", "周海峰"):
            page.locator("#recovery").get_by_label(name).check()
        page.locator("#recovery form[action$='/recovery/'] button").click()
        expect(page.locator("#toasts")).to_contain_text("恢复码")
        codes = [_collect(page, "sealing-code"), _collect(other)]
        _forget(open_page())
        page.goto("/settings/sealing/")
        expect(page.locator("#readers")).to_contain_text("待授权")
        page.select_option("#recovery [name=reader]", label="陈静")
        for name, text in (
            ("code", codes[0]),
            ("username", "boss"),
            ("password", PASSWORD),
            ("other_code", codes[1].lower()),
        ):
            page.fill(f"#recovery [name={name}]", text)
        picture(page, "sealing-recovery")
        shoot(page, "sealing-recovery")
        page.locator("#recovery form[action$='/recover/'] button").click()
        expect(page.locator("#toasts")).to_contain_text("陈静")
        expect(page.locator("#readers")).not_to_contain_text("待授权")
    finally:
        _set_administrator(page, False)


def _set_administrator(page: Page, on: bool) -> None:
    page.goto("/settings/people/")
    page.get_by_role("link", name="周海峰").first.click()
    page.locator("label.pick", has_text="系统管理员").locator("input").set_checked(on, force=True)
    page.locator("form.box button.btn-primary").click()
    expect(page.locator("#toasts")).to_contain_text("已保存")


def _collect(page: Page, name: str = "") -> str:
    """Show the own recovery code, this once."""
    page.goto("/account/second-secret/")
    if page.locator("form[action='/sealed/open/']").count():
        _open(page)
    page.get_by_role("button", name="显示一次").click()
    if name:
        picture(page, name)
    code: str = page.locator("#code b").inner_text()
    page.goto("/account/second-secret/")
    expect(page.locator("body")).not_to_contain_text(code)
    return code


def _forget(page: Page) -> None:
    """Begin anew with another second secret, as who forgot the first."""
    sign_in(page, "manager")
    page.goto("/account/second-secret/")
    page.locator("details summary").last.click()
    form = page.locator("details form.box")
    form.locator("[name=password]").fill(PASSWORD)
    for name in ("secret", "again"):
        form.locator(f"[name={name}]").fill(SECRET)
    form.locator("button.btn-primary").click()
    expect(page.locator("main")).to_contain_text("等待")
