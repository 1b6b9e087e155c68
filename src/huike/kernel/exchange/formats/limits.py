"""How large a file may be before it is refused: the guard against upload bombs."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes are in bytes unpacked; `max_cells` is the area of a sheet, filled or not."""

    max_unpacked: int = 1024 * MEGABYTE
    max_columns: int = 1_000
    max_rows: int = 5_000_000
    max_cells: int = 60_000_000
    max_cell_length: int = 131_072


DEFAULT_LIMITS = Limits()
