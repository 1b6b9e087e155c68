"""What the firm's virus scanner refuses, or can't be asked about, is not kept."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from huike.kernel.actor import Actor
from huike.kernel.change.work import change
from huike.kernel.files import StoredFile, keep

SYSTEM = Actor.system("test")
SCANNER = [sys.executable, "-c", "import sys; sys.exit(b'EVIL' in sys.stdin.buffer.read())"]


def _keep(content: bytes) -> StoredFile:
    with change(SYSTEM, "test.files"):
        return keep(SYSTEM, SimpleUploadedFile("note.txt", content))


@pytest.mark.usefixtures("db")
@translation.override("en")
@pytest.mark.once("no question of it is the database's")
def test_a_scanner_is_asked_about_every_file(settings: Any) -> None:
    settings.SCAN = SCANNER
    with _keep(b"good news").open() as kept:
        assert kept.read() == b"good news"
    with pytest.raises(ValidationError, match="refused"):
        _keep(b"good and EVIL")
    for away in (["/nowhere/scanner"], [sys.executable, "-c", "raise SystemExit(2)"]):
        settings.SCAN = away
        with pytest.raises(ValidationError, match="could not be scanned"):
            _keep(b"good news")
    assert StoredFile.objects.count() == 1
