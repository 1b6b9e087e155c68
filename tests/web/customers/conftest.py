"""Signed-in browsers, as for lists."""

from __future__ import annotations

from tests.web.lists.conftest import sign_in  # noqa: F401  (a fixture)
