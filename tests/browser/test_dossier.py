"""Ten dossiers printed, a year closed, an original lent and given back, and files mended by tasks.

These stories make the pictures of docs/tour.md (HUIKE_TOUR=1).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import fits
from tests.browser.story import picture, sign_in

PRINTED = 240_000  # ten dossiers on a busy machine
FIRMS = (
    '/customers/party/?filter={"all":[["kind","is","organisation"],["originals__name","filled"]]}'
)


def brought(page: Page, selector: str) -> Locator:
    """Scroll down until what is fetched only when in sight has come."""
    for _n in range(40):
        if page.locator(selector).count():
            break
        page.mouse.wheel(0, 700)
        page.wait_for_timeout(250)
    found = page.locator(selector).first
    found.scroll_into_view_if_needed()
    return found


@pytest.mark.long
def test_print_ten_dossiers(page: Page) -> None:
    sign_in(page, "boss")
    page.goto(FIRMS)
    for box in page.locator("tbody [name=key]").all()[:10]:
        box.check()
    page.get_by_role("button", name="打印档案（每户一个 PDF）").click()
    ready = page.get_by_role("link", name="下载")
    expect(ready).to_be_visible(timeout=PRINTED)
    with page.expect_download() as waiting:
        ready.click()
    with zipfile.ZipFile(io.BytesIO(Path(waiting.value.path()).read_bytes())) as package:
        assert len(package.namelist()) == 10
        assert all(package.read(name).startswith(b"%PDF-") for name in package.namelist())


@pytest.mark.long
def test_a_dossier_is_read_a_year_closed_and_an_original_lent(page: Page) -> None:
    sign_in(page, "boss")
    page.goto(FIRMS)
    page.locator("a.row-link").nth(3).click()
    brought(page, "#dossier").get_by_role("link", name="阅读").click()
    expect(page.locator(".dossier-contents")).to_contain_text("退货、赔偿与折让")
    assert fits(page)
    picture(page, "dossier")
    dossier = page.url

    page.get_by_role("link", name="封存一年").click()
    page.locator("#modal-body .btn-primary").click()
    page.get_by_role("link", name="返回记录").click(timeout=PRINTED)  # the job says it is done
    expect(page).to_have_url(re.compile(r"/customers/party/\d+/$"))
    page.goto(dossier)
    volume = page.get_by_role("link", name=re.compile(r"\d{4} 年卷"))
    answer = page.request.get(str(volume.first.get_attribute("href")))
    assert answer.body().startswith(b"%PDF-")

    page.get_by_role("link", name="借出", exact=True).first.click()
    page.locator("#modal-body [name=outside]").fill("正大律师事务所 王律师")
    page.locator("#modal-body [name=due_on]").fill("2030-01-31")
    page.locator("#modal-body .btn-primary").click()
    expect(page.locator("#modal-body [name=due_on]")).to_have_count(0)
    page.goto("/customers/loan/?filter=[%22returned_on%22,%22empty%22]")
    expect(page.locator("main")).to_contain_text("王律师")
    page.goto("/")
    expect(page.locator("#loans-due")).to_be_visible()


@pytest.mark.long
def test_from_the_quality_page_to_tasks_of_the_owners(page: Page) -> None:
    sign_in(page, "boss")
    page.goto("/customers/quality/")
    expect(page.locator("[data-drawn=trend]")).to_be_visible()
    assert fits(page)
    picture(page, "quality")
    page.locator(".rows a.btn", has_text="份").first.click()
    expect(page).to_have_url(re.compile("findings__rule"))
    expect(page.locator("tbody [name=key]").nth(2)).to_be_visible()
    for box in page.locator("tbody [name=key]").all()[:3]:
        box.check()
    page.get_by_role("button", name="派任务：完善档案").click()
    page.locator("#ask-note").fill("本周内完成")
    page.locator("#modal-body .btn-primary").click()
    expect(page.locator("#ask-note")).to_have_count(0)
    page.locator("#modal-body .btn-primary").click()
    expect(page.locator("#modal-body .btn-primary")).to_have_count(0, timeout=60_000)
    page.goto("/office/task/?sort=-created_at")
    expect(page.locator("main")).to_contain_text("完善客户档案")


def test_a_missing_field_is_filled_from_its_chip(page: Page) -> None:
    sign_in(page, "boss")
    page.goto("/customers/party/?filter=[%22completeness%22,%22lt%22,95]&sort=completeness")
    page.locator("a.row-link").first.click()
    panel = brought(page, "#quality")
    before = panel.locator("header b").inner_text()
    chip = panel.locator(".chip[href*='field/wechat/'], .chip[href*='field/website/']").first
    chip.click()
    editor = page.locator("form.inline input.form-control").first
    expect(editor).to_be_visible()
    editor.fill("https://example.com" if editor.get_attribute("type") == "url" else "wx_2026")
    page.locator("form.inline .btn-primary").first.click()
    expect(panel.locator("header b")).not_to_have_text(before)


@pytest.mark.long
def test_the_ties_as_a_graph(page: Page, shoot: Callable[..., object]) -> None:
    sign_in(page, "boss")
    page.goto('/customers/party/?filter=["name","contains","二级经销商"]')
    page.locator("a.row-link").first.click()
    brought(page, "#related .net-small [data-drawn=net]")
    page.locator("#ties").get_by_role("link", name="放大").click()
    expect(page.locator("[data-drawn=net]")).to_be_visible()
    expect(page.locator(".chart-numbers tbody tr").first).to_be_visible()
    picture(page, "ties")
    shoot(page, "ties")
