"""What every browser story needs: signing in, and a picture for the tour."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Page, expect

PASSWORD = "huike-demo-4s"
TOUR = Path(__file__).resolve().parents[2] / "docs" / "tour"


def sign_in(page: Page, who: str) -> None:
    """Come in as one of the demo firm's people, in Chinese."""
    page.goto("/sign-in/")
    page.fill("[name=username]", who)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    expect(page.locator("[name=password]")).to_have_count(0)


def picture(page: Page, name: str) -> None:
    """Keep a picture for docs/tour.md when HUIKE_TOUR=1 asks for new ones."""
    if os.environ.get("HUIKE_TOUR") == "1":
        TOUR.mkdir(parents=True, exist_ok=True)
        page.wait_for_timeout(400)
        page.screenshot(path=TOUR / f"{name}.png")
