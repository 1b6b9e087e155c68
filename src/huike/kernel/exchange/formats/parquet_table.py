"""Tables in Parquet files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from huike.kernel.exchange.formats.headers import unique_names
from huike.kernel.exchange.formats.limits import Limits
from huike.kernel.exchange.formats.packing import Opened, too_large
from huike.kernel.exchange.formats.sheet_table import plain
from huike.kernel.exchange.formats.tables import Numbered, Table
from huike.kernel.exchange.messages import UnreadableFile

BATCH = 4096


class ParquetTable(Table):
    """Names and types come with the file; a line number is the number of the row."""

    def __init__(self, opened: Opened, limits: Limits) -> None:
        super().__init__(opened, limits)
        with self.parquet() as file:
            meta = file.metadata
            unpacked = sum(meta.row_group(at).total_byte_size for at in range(meta.num_row_groups))
            if unpacked > limits.max_unpacked:
                raise too_large(self.file, limits)
            if meta.num_rows > limits.max_rows:
                limit = limits.max_rows
                raise self.problem("too_many_rows", rows=meta.num_rows, limit=limit)
            self.columns = unique_names(file.schema_arrow.names)
            self.estimated_rows = meta.num_rows
        if not self.columns:
            raise self.problem("no_rows")
        self.check_width(len(self.columns))

    def parquet(self) -> Any:
        from pyarrow.parquet import ParquetFile

        try:
            return ParquetFile(self.opened.path)
        except Exception as error:
            raise self.damaged(error) from error

    def damaged(self, error: Exception) -> UnreadableFile:
        return self.problem("damaged", detail=(str(error) or type(error).__name__)[:120])

    def numbered(self) -> Iterator[Numbered]:
        line = 0
        with self.parquet() as file:
            batches = file.iter_batches(batch_size=BATCH)
            while True:
                try:
                    batch = next(batches, None)
                    columns = [cells(column) for column in batch.columns] if batch else []
                except Exception as error:
                    raise self.damaged(error) from error
                if batch is None:
                    return
                for values in zip(*columns, strict=True):
                    line += 1
                    yield line, list(values)


def cells(column: Any) -> list[object]:
    """Texts and integers without gaps are used as they are: most columns, at most speed."""
    values: list[object] = column.to_pylist()
    simple = str(column.type) in ("string", "large_string", "int64", "int32", "int16", "int8")
    return values if simple and not column.null_count else [cell(value) for value in values]


def cell(value: object) -> object:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return plain(value)
