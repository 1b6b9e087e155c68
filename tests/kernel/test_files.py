"""Stored files: what is rolled back leaves nothing on the disk."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from huike.kernel.change.work import change
from huike.kernel.files import StoredFile, keep, root
from tests.cast import SYSTEM


def on_disk() -> set[str]:
    return {str(path) for path in root().rglob("*.txt")}


def upload() -> SimpleUploadedFile:
    return SimpleUploadedFile("note.txt", b"hello")


@pytest.mark.django_db
def test_a_change_that_fails_takes_its_file_along() -> None:
    before = on_disk()

    def fail() -> None:
        with change(SYSTEM, "test.fail"), change(SYSTEM, "test.inner"):
            keep(SYSTEM, upload())
            assert on_disk() != before
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert on_disk() == before
    assert not StoredFile.objects.exists()


@pytest.mark.django_db
def test_a_change_that_holds_keeps_its_file() -> None:
    with change(SYSTEM, "test.hold"):
        stored = keep(SYSTEM, upload())
    with stored.open() as file:
        assert file.read() == b"hello"
