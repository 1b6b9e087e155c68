"""What somebody chose for one import: how the file is read, what each column is, what is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from huike.kernel.exchange.formats.reading import open_table
from huike.kernel.exchange.formats.tables import Table
from huike.kernel.exchange.values import Style

BOTH, CREATE, UPDATE = "both", "create", "update"
NEW = "new:"  # "new:text": a custom field is made for the column


@dataclass(frozen=True)
class Reading:
    """How the file is read; what is not said is found out."""

    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None
    has_header: bool | None = None
    header_line: int | None = None

    def open(self, path: Path, name: str) -> Table:
        """Raises UnreadableFile."""
        return open_table(path, name=name, **asdict(self))


@dataclass(frozen=True)
class Column:
    """What one column of the file fills; an empty target leaves it out."""

    name: str
    target: str = ""
    order: str = "mdy"  # of day, month and year
    decimal: str = "."

    @property
    def style(self) -> Style:
        return Style(self.order, self.decimal)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Plan:
    """All that decides what an import does; kept as JSON, so that it can go on after a crash."""

    reading: Reading = Reading()
    columns: tuple[Column, ...] = ()
    mode: str = BOTH
    match: tuple[str, ...] = ()
    owner: int | None = None  # of new records; else whoever imports
    extra: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Plan:
        return cls(
            reading=Reading(**kept.get("reading", {})),
            columns=tuple(Column(**column) for column in kept.get("columns", ())),
            mode=kept.get("mode", BOTH),
            match=tuple(kept.get("match", ())),
            owner=kept.get("owner"),
            extra=kept.get("extra", {}),
        )

    @property
    def targets(self) -> dict[str, int]:
        """Return which column fills each target."""
        return {c.target: at for at, c in enumerate(self.columns) if c.target}
