"""Tell by its first bytes what a file is, and unpack .gz and .zip within limits."""

from __future__ import annotations

import gzip
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

from huike.kernel.exchange.formats.limits import MEGABYTE, Limits
from huike.kernel.exchange.messages import UnreadableFile

Kind = Literal["text", "xlsx", "xls", "ods", "parquet", "gz", "zip"]

CHUNK = MEGABYTE
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# everything that a damaged or hostile archive was seen to raise
ARCHIVE_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    KeyError,
    OverflowError,
    LookupError,
)


@dataclass
class Opened:
    """A plain file on disk, its kind, and the temporary copy to drop if it was packed."""

    path: Path
    name: str
    kind: Kind
    copy: tempfile._TemporaryFileWrapper[bytes] | None = None

    def close(self) -> None:
        if self.copy is not None:
            self.copy.close()


def open_plain(path: Path, name: str | None, limits: Limits) -> Opened:
    """The file itself, or its one member unpacked beside the system's temporary files."""
    name = name or path.name or str(path)
    kind = kind_of(path, name)
    if kind not in ("gz", "zip"):
        if path.stat().st_size > limits.max_unpacked:
            raise too_large(name, limits)
        return Opened(path, name, kind)
    copy = unpack(path, name, kind, limits)
    inner = Path(copy.name)
    try:
        inner_kind = kind_of(inner, name)
        if inner_kind in ("gz", "zip"):
            raise UnreadableFile("packed_twice", file=name)
    except BaseException:
        copy.close()
        raise
    return Opened(inner, name, inner_kind, copy)


def kind_of(path: Path, name: str) -> Kind:
    """By content, never by the name: `.xls` files are often tab-separated text."""
    try:
        with path.open("rb") as stream:
            head = stream.read(4096)
    except FileNotFoundError:
        raise UnreadableFile("missing", file=name) from None
    except IsADirectoryError:
        raise UnreadableFile("directory", file=name) from None
    except (OSError, ValueError) as error:
        raise UnreadableFile("cannot_open", file=name, detail=str(error)) from error
    if not head:
        raise UnreadableFile("empty", file=name)
    return kind_of_head(head, path, name)


def kind_of_head(head: bytes, path: Path, name: str) -> Kind:
    if head.startswith(b"\x1f\x8b"):
        return "gz"
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        return kind_of_zip(path, name)
    if head.startswith(OLE):
        refuse_encrypted(path, name)
        return "xls"
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:14].lower().startswith((b"<html", b"<!doctype html")):
        raise UnreadableFile("html", file=name)
    return "text"


def kind_of_zip(path: Path, name: str) -> Kind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "mimetype" in names and "content.xml" in names:
                return "ods"
    except ARCHIVE_ERRORS as error:
        raise UnreadableFile("damaged", file=name, detail=str(error)) from error
    return "xlsx" if "[Content_Types].xml" in names else "zip"


def refuse_encrypted(path: Path, name: str) -> None:
    """A workbook with a password is an OLE file with an entry of this name in its directory."""
    mark = "EncryptedPackage".encode("utf-16-le")
    tail = b""
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            if mark in tail + chunk:
                raise UnreadableFile("encrypted", file=name)
            tail = chunk[-len(mark) :]


def unpack(
    path: Path, name: str, kind: Kind, limits: Limits
) -> tempfile._TemporaryFileWrapper[bytes]:
    copy = tempfile.NamedTemporaryFile(prefix="huike-")  # noqa: SIM115 - closed by Opened
    try:
        if kind == "gz":
            with gzip.open(path) as packed:
                pour(packed, copy, name, limits)
        else:
            with zipfile.ZipFile(path) as archive, archive.open(only_member(archive, name)) as one:
                pour(one, copy, name, limits)
        copy.flush()
    except UnreadableFile:
        copy.close()
        raise
    except ARCHIVE_ERRORS as error:
        copy.close()
        raise UnreadableFile("damaged", file=name, detail=str(error)) from error
    except BaseException:
        copy.close()
        raise
    return copy


def only_member(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    members = [
        info
        for info in archive.infolist()
        if not info.is_dir()
        and not info.filename.startswith("__MACOSX/")
        and not info.filename.rpartition("/")[2].startswith(".")
    ]
    if not members:
        raise UnreadableFile("empty", file=name)
    if len(members) > 1:
        names = ", ".join(info.filename for info in members[:5])
        raise UnreadableFile("several_in_zip", file=name, names=names)
    if members[0].flag_bits & 1:
        raise UnreadableFile("encrypted", file=name)
    return members[0]


def pour(source: IO[bytes] | gzip.GzipFile, target: IO[bytes], name: str, limits: Limits) -> None:
    total = 0
    while chunk := source.read(CHUNK):
        total += len(chunk)
        if total > limits.max_unpacked:
            raise too_large(name, limits)
        target.write(chunk)


def member_chunks(archive: zipfile.ZipFile, member: str) -> Iterator[bytes]:
    with archive.open(member) as stream:
        while chunk := stream.read(CHUNK):
            yield chunk


def too_large(name: str, limits: Limits) -> UnreadableFile:
    return UnreadableFile("too_large", file=name, limit=limits.max_unpacked // MEGABYTE)
