"""Puts into the wheel what is not committed: front-end assets and compiled translations."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Called by hatchling before it gathers the files of a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fetch and compile, except for an editable install, where bin/run does it."""
        if version == "editable":
            return
        sys.path.insert(0, str(Path(self.root) / "src"))
        from huike.site import messages
        from huike.ui import assets

        assets.fetch()
        messages.compile_all()
