"""The same tables and expressions on other engines: DuckDB by default, PostgreSQL, Spark.

A firm whose data outgrow one machine copies the warehouse's tables to the engine it has; what
reads them (`purchases`, `cube`, `huike.insight`) is written in Ibis and runs there unchanged.
"""

from __future__ import annotations

import importlib
import io
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import ibis
import pyarrow.csv as csv

from huike.warehouse.merging import SQL_TYPES, quoted

_KINDS = {"string": "text", "int64": "integer", "float64": "number", "boolean": "flag",
          "date": "date"}  # fmt: skip
_POSTGRESQL = {"text": "text", "integer": "bigint", "number": "double precision",
               "flag": "boolean", "date": "date", "time": "timestamp"}  # fmt: skip

LOCAL = {
    # moments are stored as local time without a zone: none may be added to them
    "spark.sql.session.timeZone": "UTC",
    # on one machine a task per core is enough; 200, the default, made a query of 17,000 lines
    # take 13 s
    "spark.sql.shuffle.partitions": str(os.cpu_count() or 2),
    "spark.ui.enabled": "false",
}


def duckdb(file: Path) -> Any:
    """An Ibis backend on a published copy of the warehouse, for reading."""
    return ibis.duckdb.connect(str(file), read_only=True)


def postgresql(address: str, schema: str = "public") -> Any:
    """An Ibis backend on a PostgreSQL server (address: postgresql://user:password@host/name).

    `schema` is where the warehouse's tables lie; it is made if it is missing.
    """
    import psycopg

    connection = psycopg.connect(address, autocommit=True)
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(schema)}")
    connection.execute(f"SET search_path TO {quoted(schema)}")
    backend = ibis.postgres.from_connection(connection)
    backend.compiler = _compiler()
    return backend


def _compiler() -> Any:
    """Ibis's own, mended in two places where PostgreSQL is not what it takes it for.

    Flags become numbers of any size (it casts them to int4 alone), and the mean of whole numbers
    is a float (it gives a decimal that Ibis then can't read as the float it promised).
    """
    from ibis.backends.sql.compilers.postgres import PostgresCompiler

    class Compiler(PostgresCompiler):  # type: ignore[misc]
        __slots__ = ()

        def visit_Cast(self, op: Any, *, arg: Any, to: Any) -> Any:
            if op.arg.dtype.is_boolean() and to.is_numeric():
                arg = self.cast(arg, ibis.dtype("int32"))
            return super().visit_Cast(op, arg=arg, to=to)

        def visit_Mean(self, op: Any, *, arg: Any, where: Any) -> Any:
            return self.agg.avg(self.cast(arg, ibis.dtype("float64")), where=where)

    return Compiler()


def spark(folder: Path, session: Any = None) -> Any:
    """An Ibis backend on Spark over the Parquet files that `to_parquet` wrote.

    Parameters:
        session: a SparkSession; without one, a local one is started. Needs pyspark and Java.
    """
    if session is None:
        spark_sql = importlib.import_module("pyspark.sql")  # no dependency of ours: 491 MB
        builder = spark_sql.SparkSession.builder.appName("huike").master("local[*]")
        for name, value in LOCAL.items():
            builder = builder.config(name, value)
        session = builder.getOrCreate()
    backend = ibis.pyspark.connect(session)
    for file in sorted(folder.glob("*.parquet")):
        session.read.parquet(str(file)).createOrReplaceTempView(file.stem)
    return backend


def to_parquet(source: Any, folder: Path, tables: Iterable[str] | None = None) -> list[Path]:
    """Write the warehouse's tables as Parquet files, one per table; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in _names(source, tables):
        file = folder / f"{name}.parquet"
        source.table(name).to_parquet(file)
        written.append(file)
    return written


def to_postgresql(source: Any, target: Any, tables: Iterable[str] | None = None) -> None:
    """Copy the warehouse's tables to PostgreSQL, replacing those of the same names."""
    for name in _names(source, tables):
        table = source.table(name)
        kinds = {n: _KINDS.get(str(t), "time") for n, t in table.schema().items()}
        columns = ", ".join(f"{quoted(n)} {_POSTGRESQL[kind]}" for n, kind in kinds.items())
        connection = target.con
        with connection.transaction(), connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {quoted(name)}")
            cursor.execute(f"CREATE TABLE {quoted(name)} ({columns})")
            with cursor.copy(f"COPY {quoted(name)} FROM STDIN (FORMAT csv)") as copy:
                for batch in source.to_pyarrow_batches(table):
                    copy.write(_csv(batch))
        connection.execute(f"ANALYZE {quoted(name)}")


def _csv(batch: Any) -> bytes:
    out = io.BytesIO()
    csv.write_csv(batch, out, csv.WriteOptions(include_header=False))
    return out.getvalue()


def _names(source: Any, tables: Iterable[str] | None) -> list[str]:
    given = source.list_tables() if tables is None else tables
    return sorted(name for name in given if name != "loaded" and not name.startswith("ibis_"))


assert set(_POSTGRESQL) == set(SQL_TYPES)
