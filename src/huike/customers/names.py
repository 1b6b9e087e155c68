"""How names sort: Chinese by pinyin, with surnames read as surnames; the rest by its letters."""

from __future__ import annotations

import re
from functools import lru_cache

from huike.kernel.search.spelling import spellings

_RUN = re.compile(r"[\u2e80-\U0003ffff]+|[^\u2e80-\U0003ffff]+")


@lru_cache(maxsize=20_000)
def sort_key(name: str) -> str:
    """Return the text that a name sorts by: "单伟" gives "shan wei"."""
    parts: list[str] = []
    for run in _RUN.findall(name.strip()):
        parts += spellings(run)[0] if run[0] >= "\u2e80" else [run]
    return " ".join(" ".join(parts).casefold().split())[:200]
