"""Sealed files on the page of what is sealed: which there are, what they are called once opened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest

from huike.kernel.files import StoredFile
from huike.kernel.sealing.files.filing import told_of
from huike.kernel.sealing.opening import Opened


def chosen(request: HttpRequest, stored: StoredFile) -> bool:
    """Tell whether a file in clear was ticked."""
    return not stored.is_sealed and str(stored.pk) in request.POST.getlist("file")


def files_told(files: Sequence[StoredFile], key: Opened | None) -> dict[str, Any]:
    """Return the sealed files with their real names once open; closed, how many there are."""
    sealed = [f for f in files if f.is_sealed]
    told = told_of(key, sealed) if key is not None else {}
    names = [(f, told[f.pk].name if f.pk in told else f.name) for f in sealed]
    return {"sealed_files": names}
