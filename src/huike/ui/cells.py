"""One value of a record as HTML: what cells of lists and lines of record pages show.

In Python and not as a macro because a list page draws hundreds of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext as _
from markupsafe import Markup

from huike.kernel.actor import FieldRight
from huike.kernel.entity.field import Field
from huike.ui.icons import icon
from huike.ui.menu import link_to

NONE = Markup('<span class="none">—</span>')
NUMBER = Markup('<span class="num">%s</span>')
MASKED = Markup('<span class="num" title="%s">%s</span>')
PHONE = Markup('<a class="num" href="tel:%s">%s</a>')
MAIL = Markup('<a href="mailto:%s">%s</a>')
WEB = Markup('<a href="%s" rel="noopener noreferrer nofollow" target="_blank">%s</a>')
FILE = Markup('<a href="/files/%s/">%s%s</a>')
LINK = Markup('<a href="%s">%s</a>')
MARK = Markup('<span class="mark">%s</span> ')
PROSE = Markup('<span class="prose">%s</span>')
END = Markup("</td>\n")
NUMBERS = frozenset({"date", "moment"})


def display(f: Field, row: Any, links: bool = True) -> Markup | str:
    """Return one field of a row as its reader may see it; `links` may be off inside a link."""
    text = f.text(row)
    if not text:
        return NONE
    if f.right is FieldRight.MASKED:
        return MASKED % (_("Partly hidden by your role"), text)
    kind = f.kind.name
    if f.kind.is_number or kind in NUMBERS:
        return NUMBER % text
    if kind in _plainly:
        return _plainly[kind](f, row, text)
    return _linked[kind](f, row, text) if links and kind in _linked else text


def cells(columns: Iterable[tuple[str, Field]], row: Any) -> Markup:
    """Return the cells of a row: of each column the tag that begins it and its field."""
    return Markup("").join(piece for begun, f in columns for piece in (begun, display(f, row), END))


def _link(f: Field, row: Any, text: str) -> Markup | str:
    if f.column is None or f.name in getattr(row, "_out_of_sight", ()):
        return text
    address = link_to(getattr(row, f.name))
    return LINK % (address, text) if address else text


def _marks(f: Field, row: Any, text: str) -> Markup:
    return Markup().join(MARK % part for part in text.split("、"))


Draw = Callable[[Field, Any, str], Markup | str]
_plainly: dict[str, Draw] = {
    "file": lambda f, row, text: FILE % (f.plain(row), icon("paperclip"), text),
    "links": _marks,
    "choices": _marks,
    "long_text": lambda f, row, text: PROSE % text,
}
_linked: dict[str, Draw] = {
    "phone": lambda f, row, text: PHONE % (f.plain(row), text),
    "mail": lambda f, row, text: MAIL % (text, text),
    "web": lambda f, row, text: WEB % (text, text),
    "link": _link,
}
