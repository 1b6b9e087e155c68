"""The journal's actions in words: whoever reads it is never shown a name that programs use."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import translation

import huike
from huike.staff.rights.naming import action_words

SOURCE = Path(huike.__file__).parent
CHANGED = re.compile(r'\bchange\([^"()]*(?:\([^()]*\)[^"()]*)*"([a-z_]+\.[a-z_.]+)"')


def written() -> set[str]:
    """Return every action that the source writes by name."""
    return {
        name for file in SOURCE.rglob("*.py") for name in CHANGED.findall(file.read_text("utf8"))
    }


@pytest.mark.django_db
def test_every_action_has_words() -> None:
    found = written() | {"import.customers", "import.orders", "import.catalog.product"}
    assert len(found) > 80
    with translation.override("zh-hans"):
        bare = {name for name in found if action_words(name) == name}
    assert not bare
