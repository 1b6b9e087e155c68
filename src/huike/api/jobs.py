"""The jobs of this room, for workers to find."""

from __future__ import annotations

from huike.api.hooks import jobs  # noqa: F401
