"""How records' JSON columns are written: Chinese as it is, so that the database can compare it."""

from __future__ import annotations

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder


class ReadableEncoder(DjangoJSONEncoder):
    """Django's encoder without escapes, which SQLite would not see through."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "ensure_ascii": False})
