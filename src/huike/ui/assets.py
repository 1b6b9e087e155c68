"""Fetches the pinned front-end packages of assets.toml into static/vendor/ (stdlib only)."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import os
import re
import shutil
import sys
import tarfile
import tempfile
import tomllib
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from huike.ui.registry import NoRegistry, registry

HERE = Path(__file__).resolve().parent
MANIFEST, ICONS = HERE / "assets.toml", HERE / "icons.txt"
VENDOR = HERE / "static" / "vendor"
STAMP = "assets.digest"
SVG = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


class BrokenAssets(RuntimeError):
    """A package could not be fetched, or is not what the manifest says."""


def digest() -> str:
    """Return what the fetched files are made from, as one short word."""
    parts = [MANIFEST.read_bytes(), ICONS.read_bytes(), Path(__file__).read_bytes()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def present(vendor: Path = VENDOR) -> bool:
    """Whether every asset is there and up to date."""
    stamp = vendor / STAMP
    return stamp.is_file() and stamp.read_text() == digest()


def fetch(vendor: Path = VENDOR, *, force: bool = False) -> bool:
    """Make `vendor` hold every asset; return False when there was nothing to do."""
    if present(vendor) and not force:
        return False
    packages = tomllib.loads(MANIFEST.read_text("utf8"))["package"]
    source = registry()
    with ThreadPoolExecutor(len(packages)) as pool:
        archives = list(pool.map(lambda package: _download(source, package), packages))
    vendor.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=".vendor-", dir=vendor.parent))
    try:
        for package, archive in zip(packages, archives, strict=True):
            _unpack(package, archive, made)
        for file in list(made.iterdir()):  # WhiteNoise sends these to browsers that take gzip
            packed = gzip.compress(file.read_bytes(), 9, mtime=0)
            file.with_name(f"{file.name}.gz").write_bytes(packed)
        (made / STAMP).write_text(digest())
        made.chmod(0o755)
        _swap(made, vendor)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return True


def _download(source: str, package: dict[str, Any]) -> bytes:
    name, version = package["name"], package["version"]
    address = f"{source}{name}/-/{name.rpartition('/')[2]}-{version}.tgz"
    problem: Exception | None = None
    for _ in range(3):
        try:
            with urllib.request.urlopen(address, timeout=60) as answer:
                archive: bytes = answer.read()
        except OSError as error:
            problem = error
            continue
        return _checked(package, archive)
    raise BrokenAssets(f"{name} {version} could not be fetched from {address}: {problem}")


def _checked(package: dict[str, Any], archive: bytes) -> bytes:
    kind, _, expected = package["integrity"].partition("-")
    found = base64.b64encode(hashlib.new(kind, archive).digest()).decode()
    if found != expected:
        raise BrokenAssets(
            f"{package['name']} {package['version']} is not what assets.toml says:"
            f" expected {kind}-{expected}, got {kind}-{found}. Nothing was changed."
        )
    return archive


def _unpack(package: dict[str, Any], archive: bytes, folder: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        root = tar.getnames()[0].partition("/")[0]

        def read(path: str) -> bytes:
            try:
                content = tar.extractfile(f"{root}/{path}")
            except KeyError:
                content = None
            if content is None:
                raise BrokenAssets(f"{package['name']} {package['version']} has no {path}.")
            return content.read()

        for path, name in package["files"].items():
            (folder / name).write_bytes(_without_map(read(path)))
        if name := package.get("sprite"):
            (folder / name).write_text(_sprite(read), "utf8")


def _without_map(content: bytes) -> bytes:
    """Drop the pointer to a source map that is not shipped: a browser would ask for it in vain."""
    return re.sub(rb"\n?/[/*]# sourceMappingURL=\S+( ?\*/)?", b"", content)


def _sprite(read: Any) -> str:
    symbols = []
    for entry in ICONS.read_text("utf8").split():
        style, _, name = entry.rpartition("/")
        found = SVG.search(read(f"icons/{style or 'outline'}/{name}.svg").decode())
        shapes = re.sub(r"\s+", " ", found.group(1)).strip() if found else ""
        shapes = shapes.replace('<path stroke="none" d="M0 0h24v24H0z" fill="none" />', "").strip()
        paint = (
            'fill="currentColor" stroke="none"'
            if style == "filled"
            else 'fill="none" stroke="currentColor" stroke-width="2"'
            ' stroke-linecap="round" stroke-linejoin="round"'
        )
        label = f"{name}-filled" if style == "filled" else name
        symbols.append(f'<symbol id="{label}" viewBox="0 0 24 24" {paint}>{shapes}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def _swap(made: Path, vendor: Path) -> None:
    """Put the finished folder in the place of the old one: nobody sees half of it."""
    old = vendor.with_name(f".old-{os.getpid()}")
    if vendor.exists():
        vendor.rename(old)
    made.rename(vendor)
    shutil.rmtree(old, ignore_errors=True)


def main() -> int:
    """Fetch what is missing and say so; the exit code tells whether it worked."""
    try:
        changed = fetch(force="--force" in sys.argv)
    except (BrokenAssets, NoRegistry) as error:
        print(f"Front-end assets: {error}", file=sys.stderr)  # noqa: T201
        return 1
    print("Front-end assets fetched." if changed else "Front-end assets are up to date.")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
