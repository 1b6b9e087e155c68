"""A stranger is sent to the door and a person of the demo firm comes in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect


def test_the_door_lets_the_right_people_in(
    page: Page, shoot: Callable[[Page, str], list[Path]]
) -> None:
    page.goto("/")
    assert "/sign-in/" in page.url
    shoot(page, "sign-in")
    page.fill("[name=username]", "admin")
    page.fill("[name=password]", "not the password")
    page.press("[name=password]", "Enter")
    expect(page.locator("[name=password]")).to_be_visible()
    page.fill("[name=username]", "admin")
    page.fill("[name=password]", "huike-demo-4s")
    page.press("[name=password]", "Enter")
    expect(page.locator("[name=password]")).to_have_count(0)
    assert "/sign-in/" not in page.url
