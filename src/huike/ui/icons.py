"""Icons of the sprite; they stand beside words and are therefore hidden from screen readers."""

from __future__ import annotations

from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString

from huike.ui.statics import static_url


def icon(name: str, size: str = "") -> SafeString:
    """Return one icon, for example icon("phone"); `size` "lg" for empty pages."""
    return _drawn(name, size, static_url("vendor/icons.svg"))


@lru_cache(maxsize=1000)
def _drawn(name: str, size: str, sprite: str) -> SafeString:
    """Draw an icon once: a list page holds two hundred, and the sprite's address tells its age."""
    return format_html(
        '<svg class="ico{}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        f" ico-{size}" if size else "",
        sprite,
        name,
    )
