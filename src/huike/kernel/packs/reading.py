"""Reads packs: a folder with pack.toml and the files it names; nothing in it is ever run."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

FOLDER = Path(__file__).resolve().parents[2] / "packs"
FILE = "pack.toml"
PARTS = ("fields", "rules", "layouts", "views", "records", "samples")


@dataclass(frozen=True)
class Pack:
    """One pack as its folder has it; the entries of each part are as TOML gives them."""

    name: str
    version: int
    label: str
    summary: str = ""
    icon: str = "packages"
    parts: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    folder: Path = FOLDER

    def part(self, name: str) -> Sequence[Mapping[str, Any]]:
        return self.parts.get(name, ())


def packs(folder: Path = FOLDER) -> list[Pack]:
    """Return every pack there is, by name."""
    return [read(one.parent) for one in sorted(folder.glob(f"*/{FILE}"))]


def pack_called(name: str, folder: Path = FOLDER) -> Pack:
    """Return one pack; raise LookupError."""
    found = folder / name / FILE
    if not name.isidentifier() or not found.is_file():
        known = ", ".join(pack.name for pack in packs(folder))
        raise LookupError(_("There is no pack %(name)s: %(known)s") % _named(name, known))
    return read(found.parent)


def read(folder: Path) -> Pack:
    """Return the pack of a folder; raise ValidationError for one that is not put together right."""
    try:
        told = tomllib.loads((folder / FILE).read_text("utf-8"))
        parts = {name: told.get(name, []) for name in PARTS}
        parts["records"] = [_filled(folder, one) for one in parts["records"]]
        return Pack(
            name=folder.name,
            version=int(told["version"]),
            label=str(told["label"]),
            summary=str(told.get("summary", "")),
            icon=str(told.get("icon", "packages")),
            parts=parts,
            folder=folder,
        )
    except (tomllib.TOMLDecodeError, KeyError, ValueError, OSError) as error:
        raise ValidationError(_("The pack %(name)s can't be read: %(known)s")
                              % _named(folder.name, str(error))) from error  # fmt: skip


def _filled(folder: Path, told: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return an entry of records with its rows, from a CSV file beside it where it names one."""
    if "file" not in told:
        return told
    with (folder / Path(str(told["file"])).name).open(encoding="utf-8-sig", newline="") as lines:
        return {**told, "rows": list(csv.DictReader(lines))}


def _named(name: str, known: str) -> dict[str, str]:
    return {"name": name[:60], "known": known[:300]}
