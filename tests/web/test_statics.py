"""How long browsers keep static files: vendor files for good, our own only while unchanged."""

from __future__ import annotations

import pytest
from django.test import Client


def test_our_own_modules_are_asked_for_again_and_answered_unchanged() -> None:
    answer = Client().get("/static/ui/combo.js")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "max-age=0, public"
    since = {"If-Modified-Since": answer.headers["Last-Modified"]}
    assert Client().get("/static/ui/combo.js", headers=since).status_code == 304


@pytest.mark.parametrize("name", ["htmx.min.js", "tabler.min.css", "icons.svg"])
def test_vendor_files_are_kept_for_good(name: str) -> None:
    answer = Client().get(f"/static/vendor/{name}?v=0123456789")
    if answer.status_code != 200:
        pytest.skip("the front-end assets are not fetched")
    assert "immutable" in answer.headers["Cache-Control"]
