"""Icons of the sprite; they stand beside words and are therefore hidden from screen readers."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString

from huike.ui.statics import static_url


def icon(name: str, size: str = "") -> SafeString:
    """Return one icon, for example icon("phone"); `size` "lg" for empty pages."""
    return format_html(
        '<svg class="ico{}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        f" ico-{size}" if size else "",
        static_url("vendor/icons.svg"),
        name,
    )
