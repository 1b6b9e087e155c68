"""Browsers without a browser, as for lists."""

from __future__ import annotations

from tests.web.lists.conftest import sign_in

__all__ = ["sign_in"]
