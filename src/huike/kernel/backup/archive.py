"""The file that a backup is: a zip of tables and files, and a manifest that tells all."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

FORM = 1
MANIFEST = "manifest.json"


class BadArchive(ValueError):
    """The file is no backup, or not the one that was written."""


class NotEmpty(ValueError):
    """The installation has data of its own, which a restore would mix with."""


@dataclass(frozen=True)
class Extent:
    """How much a table holds, and the digest of its lines."""

    rows: int
    digest: str


@dataclass
class Part:
    """What the manifest tells of one organisation."""

    name: str
    label: str = ""
    migrations: dict[str, str] = field(default_factory=dict)  # the last one of each room
    tables: dict[str, Extent] = field(default_factory=dict)
    counters: dict[str, int] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)  # path: digest
    missing: list[str] = field(default_factory=list)  # files that were gone already


class Writer:
    """Writes an archive beside its place and puts it there whole, or not at all."""

    def __init__(self, path: Path) -> None:
        self._path, self._beside = path, path.with_name(f".{path.name}.part")
        self.parts: list[Part] = []

    def __enter__(self) -> Self:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # it holds everybody's data and the key: for its owner's eyes only
        opened = os.open(self._beside, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        self._out = os.fdopen(opened, "w+b")
        self._zip = ZipFile(self._out, "w", ZIP_DEFLATED, compresslevel=1)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: Any, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._finish()
        finally:  # on a full disk neither the end of the archive nor its beginning is left there
            with suppress(OSError, ValueError):
                self._zip.close()
            with suppress(OSError):
                self._out.close()
            self._beside.unlink(missing_ok=True)

    def _finish(self) -> None:
        told = {"form": FORM, "organisations": [asdict(part) for part in self.parts]}
        self._zip.writestr(MANIFEST, json.dumps(told, ensure_ascii=False, indent=1))
        self._zip.close()
        self._out.flush()
        os.fsync(self._out.fileno())
        self._out.close()
        self._beside.replace(self._path)

    def open(self, name: str) -> IO[bytes]:
        """Return a stream for one part of the archive; one may be open at a time."""
        return self._zip.open(name, "w", force_zip64=True)

    def copy(self, name: str, source: Path) -> str:
        """Add a file and return its digest."""
        digest = hashlib.sha256()
        with source.open("rb") as given, self.open(name) as out:
            while block := given.read(1 << 20):
                digest.update(block)
                out.write(block)
        return digest.hexdigest()


class Reader:
    """Reads an archive; raises BadArchive with a sentence where it can't be one."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = ZipFile(path)
            told = json.loads(self._zip.read(MANIFEST))
            self.parts = [_part(one) for one in told["organisations"]]
        except (BadZipFile, KeyError, TypeError, ValueError) as error:
            raise BadArchive(f"{path} is not a backup of Huike, or not a whole one.") from error
        if told["form"] > FORM:
            raise BadArchive(f"{path} was written by a newer Huike; update this one first.")

    def lines(self, part: Part, table: str) -> Iterator[bytes]:
        """Yield the lines of one table."""
        with self._zip.open(f"{part.name}/tables/{table}.jsonl") as source:
            yield from source

    def has(self, name: str) -> bool:
        """Tell whether the archive has a part of that name."""
        return name in self._zip.NameToInfo

    def read(self, name: str) -> bytes:
        """Return one small part."""
        return self._zip.read(name)

    def extract(self, name: str, target: Path, *, private: bool = False) -> str:
        """Write one part to a file and return its digest."""
        digest = hashlib.sha256()
        target.parent.mkdir(parents=True, exist_ok=True)
        opened = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600 if private else 0o644)
        with self._zip.open(name) as source, os.fdopen(opened, "wb") as out:
            while block := source.read(1 << 20):
                digest.update(block)
                out.write(block)
        return digest.hexdigest()


def _part(told: dict[str, Any]) -> Part:
    tables = {name: Extent(**extent) for name, extent in told.pop("tables").items()}
    return Part(**told, tables=tables)
