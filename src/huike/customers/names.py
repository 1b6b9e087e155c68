"""How names sort: Chinese by pinyin, everything else by its letters."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=20_000)
def sort_key(name: str) -> str:
    """Return the text that a name sorts by: "王伟" gives "wang wei"."""
    from pypinyin import Style, lazy_pinyin  # its dictionaries take half a second to load

    parts = lazy_pinyin(name.strip(), style=Style.NORMAL, errors="default")
    return " ".join(parts).casefold()[:200]
