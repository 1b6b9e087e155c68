"""The first day: bring in a file, find people, open one, add a field, hand over and take back.

These stories make the pictures of docs/tour.md (HUIKE_TOUR=1).
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypinyin import Style, lazy_pinyin

from tests.browser.conftest import fits
from tests.browser.story import picture, sign_in

LIST = "/customers/party/"


def initials(name: str) -> str:
    """Return what a hurried user types for a name: "王伟" gives "ww"."""
    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER))


def test_today_tells_what_there_is_to_do(page: Page, shoot: Callable[..., object]) -> None:
    sign_in(page, "sales")
    expect(page.locator("h1")).to_contain_text("今日")
    expect(page.locator("main")).to_contain_text("今天要联系")
    picture(page, "today")
    shoot(page, "today")


@pytest.fixture
def orders_file(tmp_path: Path) -> Path:
    """An order file as a Chinese shop's till writes it: GB18030, Chinese headers, one bad line."""
    rng = random.Random(5)
    lines = ["订单号,日期,客户,手机,商品编号,商品,数量,单价"]
    for n in range(300):
        person = n // 2 % 80
        lines.append(
            f"T{n // 2:05d},2026年{rng.randrange(1, 11)}月{rng.randrange(1, 28)}日,"
            f"欧阳测试{person},139{person:08d},G{n % 9},商品{n % 9},"
            f"{rng.randrange(1, 5)},{n % 9 + 1}.50"
        )
    lines.append("T99999,不是日期,欧阳坏行,13900000000,G1,商品1,1,2.00")
    file = tmp_path / "门店订单.csv"
    file.write_bytes("\n".join(lines).encode("gb18030"))
    return file


@pytest.mark.long
def test_a_till_s_file_is_brought_in_and_taken_back(page: Page, orders_file: Path) -> None:
    sign_in(page, "admin")
    page.goto("/import/")
    page.set_input_files("input[type=file]", orders_file)
    expect(page.locator(".import-columns")).to_be_visible()
    expect(page.locator("[name=recipe]")).to_have_value("orders")
    picture(page, "import")
    page.locator("button[value=go]").click()
    report = page.locator("main")
    expect(report).to_contain_text("不是日期", timeout=60_000)
    picture(page, "import-done")
    page.goto(LIST + "?q=欧阳测试")
    expect(page.locator("#list-count")).to_have_text("80")
    page.goto("/import/")
    page.get_by_role("link", name="门店订单.csv").first.click()
    page.get_by_role("button", name=re.compile("撤销")).first.click()
    expect(page.get_by_text(re.compile("已撤销")).first).to_be_visible(timeout=60_000)
    page.goto(LIST + "?q=欧阳测试")
    expect(page.locator("#list-count")).to_have_text("0")


def test_a_customer_is_found_by_part_of_a_name_and_by_initials(page: Page) -> None:
    sign_in(page, "boss")
    page.goto(LIST)
    first = page.locator("a.row-link").first
    name = first.inner_text()
    page.fill("#list-q", name[-1])
    expect(page.locator("a.row-link", has_text=name[-1]).first).to_be_visible()
    page.keyboard.press("Control+k")
    expect(page.locator("#palette-list a").first).to_be_visible()
    page.keyboard.type(initials(name))
    expect(page.locator("#palette-list a", has_text=name).first).to_be_visible()
    picture(page, "palette")


def test_the_page_of_a_customer_shows_everything(page: Page, shoot: Callable[..., object]) -> None:
    sign_in(page, "boss")
    page.goto(LIST + "?sort=-last_contact_on")
    page.locator("a.row-link").nth(2).click()
    expect(page.locator("main")).to_contain_text("时间线")
    expect(page.locator("main")).to_contain_text("购买")
    page.fill("#compose-body", "客户说周末来试驾")
    page.locator(".composer-foot > .btn").click()
    expect(page.locator(".line", has_text="客户说周末来试驾")).to_be_visible()
    expect(page.locator(".composer .hint")).to_have_count(0)  # what was saved is no draft
    picture(page, "customer")
    shoot(page, "customer")


def test_a_new_field_is_everywhere_at_once(page: Page) -> None:
    sign_in(page, "admin")
    page.goto("/settings/fields/customers/party/add/")
    page.fill("[name=label]", "车牌")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("main")).to_contain_text("extra.che_pai")
    picture(page, "new-field")
    page.goto(LIST + "?columns=name,phone,extra.che_pai")
    expect(page.locator("thead")).to_contain_text("车牌")
    cell = page.locator("td[data-name='extra.che_pai']").first
    cell.dblclick()
    cell.locator("input:not([type=hidden])").fill("粤B12345")
    page.keyboard.press("Enter")
    expect(cell).to_contain_text("粤B12345")
    picture(page, "inline-edit")
    page.locator("td[data-name=phone] a").first.dblclick()  # edits, and dials nobody
    expect(page.locator("td[data-name=phone] .cell-form input:not([type=hidden])")).to_be_focused()
    page.goto(LIST + '?columns=name,extra.che_pai&filter=["extra.che_pai","contains","B123"]')
    expect(page.locator("#list-count")).to_have_text("1")
    page.locator("a.row-link").click()
    expect(page.locator("main")).to_contain_text("粤B12345")
    page.goto("/import/")
    expect(page.locator("main")).to_be_visible()


def test_five_hundred_customers_are_handed_over_and_taken_back(page: Page) -> None:
    sign_in(page, "manager")
    ordinary = LIST + '?filter=["level","is","ordinary"]'
    page.goto(ordinary)
    total = int(page.locator("#list-count").inner_text().replace(",", ""))
    assert total >= 500
    page.locator("[data-pick-page]").check()
    page.locator("input[name=everything]").check()
    page.locator("button[value=transfer]").click()
    owner = page.locator("#modal-body")
    expect(owner).to_contain_text("移交")
    page.select_option("#act-f-owner", label="赵敏")
    page.fill("#act-note", "王伟休假，请先联系本月到期保养的客户")
    picture(page, "hand-over")
    page.locator("#modal-body button.btn-primary").click()
    expect(page.locator("#modal-body .figures")).to_be_visible()
    picture(page, "hand-over-preview")
    page.locator("#modal-body button.btn-primary").click()
    undo = page.get_by_role("button", name=re.compile("撤销"))
    expect(undo.first).to_be_visible(timeout=60_000)
    beside = page.context.new_page()
    beside.goto(ordinary + "&columns=name,owner")
    expect(beside.locator("td[data-name=owner]").first).to_have_text("赵敏")
    picture(beside, "handed-over")
    undo.first.click()
    expect(page.get_by_text(re.compile("已撤销")).first).to_be_visible(timeout=60_000)
    expect(page.locator("#list-count")).to_be_visible()  # and the list is still there
    beside.reload()
    others = beside.locator("td[data-name=owner]", has_not_text="赵敏")
    expect(others.first).to_be_visible()


def test_the_phone_does_the_same_work(phone: Page) -> None:
    sign_in(phone, "sales")
    expect(phone.locator("h1")).to_contain_text("今日")
    assert fits(phone)
    picture(phone, "phone-today")
    phone.goto(LIST)
    expect(phone.locator("a.row-link").first).to_be_visible()
    picture(phone, "phone-list")
    phone.locator("a.row-link").first.click()
    phone.wait_for_url(re.compile(r"/customers/party/\d+/$"))
    expect(phone.locator("h1")).to_be_visible()
    assert fits(phone)
    picture(phone, "phone-customer")


def test_dark_and_english(open_page: Callable[..., Page]) -> None:
    page = open_page(dark=True)
    sign_in(page, "care")
    page.goto(LIST)
    expect(page.locator("td[data-name=phone]").first).to_contain_text("****")
    picture(page, "dark")
    page.locator("summary.top-user").click()
    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_contain_text("Customers")
    picture(page, "english")
    page.locator("summary.top-user").click()
    page.get_by_role("button", name="中文").click()
    expect(page.locator("h1")).to_contain_text("客户")


def test_on_a_phone_the_bar_of_tabs_hides_no_end_of_a_page(phone: Page) -> None:
    sign_in(phone, "sales")
    for address, last in ((f"{LIST}add/", ".form-foot"), ("/", "main > :last-child")):
        phone.goto(address)
        phone.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
        end = "e => e.getBoundingClientRect().bottom"
        bar = phone.locator("nav.tabs").evaluate("e => e.getBoundingClientRect().top")
        assert phone.locator(last).last.evaluate(end) <= bar
    phone.goto(f"{LIST}add/")
    phone.fill("[name=name]", "窄屏客户")
    phone.locator("form[data-draft] .btn-primary").first.click()
    expect(phone.locator("h1")).to_contain_text("窄屏客户")
