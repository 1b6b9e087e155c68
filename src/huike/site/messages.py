"""Gathers the messages of every room into its django.po and compiles them (Babel)."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

SOURCE = Path(__file__).resolve().parent.parent
LOCALE = "zh_Hans"
HALF_WIDTH = re.compile("(?<=[一-鿿”）》])[,:;!?](?! )|[,;!?](?=[一-鿿“])")
METHODS = [("**/migrations/**.py", "ignore"), ("**.py", "python"), ("jinja2/**", "jinja2")]
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
OPTIONS = {"jinja2/**": {"extensions": "jinja2.ext.do", "silent": "false", "trimmed": "true"}}


def rooms() -> list[Path]:
    """Return every package of the product that may have messages of its own."""
    return sorted(path.parent for path in SOURCE.glob("*/__init__.py"))


def po_file(room: Path) -> Path:
    """Return where a room's Chinese lies."""
    return room / "locale" / LOCALE / "LC_MESSAGES" / "django.po"


def gather(room: Path) -> Catalog:
    """Return the messages that a room's Python and templates use now."""
    found = Catalog(locale=LOCALE, project="Huike", fuzzy=False, charset="utf-8")
    method_map = [(pattern, method) for pattern, method in METHODS]
    for name, _line, message, comments, context in extract_from_dir(
        room, method_map, OPTIONS, keywords=KEYWORDS, comment_tags=["Translators:"]
    ):
        found.add(message, locations=[(name, 1)], auto_comments=comments, context=context)
    return found


def current(room: Path) -> Catalog | None:
    """Return a room's translations as they are in its file."""
    file = po_file(room)
    if not file.exists():
        return None
    with file.open("rb") as source:
        return read_po(source, locale=LOCALE)


def renewed(room: Path) -> tuple[Catalog, bytes]:
    """Return a room's catalog as it should be, with its Chinese, and the text of its file."""
    fresh, old = gather(room), current(room)
    made = Catalog(locale=LOCALE, project="Huike", fuzzy=False, charset="utf-8")
    made.header_comment = "# Chinese of this room; renewed by bin/messages."
    for message in sorted(fresh, key=_order):
        if not message.id:
            continue
        before = old.get(_first(message), message.context) if old else None
        text = before.string if before and not before.fuzzy else _nothing(message)
        if message.pluralizable and isinstance(text, str):
            text = (text,)
        made.add(
            message.id,
            text,
            locations=[(name, None) for name in sorted({name for name, _ in message.locations})],  # type: ignore[misc]
            auto_comments=message.auto_comments,
            flags=message.flags - {"fuzzy"},
            context=message.context,
        )
    made.creation_date = made.revision_date = datetime(2026, 1, 1, tzinfo=UTC)  # no needless change
    out = io.BytesIO()
    write_po(out, made, width=100, omit_header=False)
    return made, out.getvalue()


def _first(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _order(message: Message) -> tuple[str, str]:
    return _first(message) if message.id else "", message.context or ""


def _nothing(message: Message) -> str | tuple[str, ...]:
    return ("",) if message.pluralizable else ""


def untranslated(catalog: Catalog) -> Iterator[Message]:
    """Yield the messages that have no Chinese yet."""
    for message in catalog:
        texts = [message.string] if isinstance(message.string, str) else message.string or [""]
        if message.id and not all(texts):
            yield message


def half_width(catalog: Catalog) -> Iterator[Message]:
    """Yield the messages whose Chinese is punctuated with Western marks (“好,再见”)."""
    for message in catalog:
        texts = [message.string] if isinstance(message.string, str) else message.string or [""]
        if any(HALF_WIDTH.search(text) for text in texts):
            yield message


def update() -> int:
    """Write every room's file anew and tell what still lacks Chinese."""
    lacking = 0
    for room in rooms():
        catalog, text = renewed(room)
        file = po_file(room)
        if len(catalog) == 0 and not file.exists():
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists() or file.read_bytes() != text:
            file.write_bytes(text)
        missing = list(untranslated(catalog))
        lacking += len(missing)
        _say(f"{room.name}: {len(catalog)} messages, {len(missing)} without Chinese")
    compile_all()
    return 1 if lacking else 0


def check() -> int:
    """Tell what lacks Chinese or is out of date; nothing is written."""
    bad = 0
    for room in rooms():
        catalog, text = renewed(room)
        if len(catalog) == 0:
            continue
        file = po_file(room)
        if not file.exists() or file.read_bytes() != text:
            bad += 1
            _say(f"{room.name}: out of date, run bin/messages")
        for message in untranslated(catalog):
            bad += 1
            where = ", ".join(name for name, _ in message.locations)
            _say(f"{room.name}: no Chinese for {_first(message)!r} ({where})")
        for message in half_width(catalog):
            bad += 1
            _say(f"{room.name}: Western punctuation in the Chinese of {_first(message)!r}")
    return 1 if bad else 0


def compile_all() -> int:
    """Make every django.mo that is older than its django.po."""
    for room in rooms():
        source = po_file(room)
        target = source.with_suffix(".mo")
        if not source.exists():
            continue
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        catalog = current(room)
        assert catalog is not None
        part = target.with_suffix(".part")
        with part.open("wb") as out:
            write_mo(out, catalog)
        part.replace(target)
    return 0


def _say(text: str) -> None:
    print(text)  # noqa: T201


def main() -> int:
    """Do what the first word asks: update, check or compile."""
    asked = sys.argv[1].lstrip("-") if len(sys.argv) > 1 else "update"
    steps = {"update": update, "check": check, "compile": compile_all}
    if asked not in steps:
        _say("usage: python -m huike.site.messages [update|check|compile]")
        return 2
    return steps[asked]()


if __name__ == "__main__":
    sys.exit(main())
