"""A backup on a disk that is full says so and leaves nothing behind that fills it further."""

from __future__ import annotations

import errno
import resource
import signal
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from huike.cli import LazyGroup
from huike.kernel.backup.archive import Part, Writer
from huike.kernel.outage import Outage, if_there_is_room, outage


@pytest.fixture
def narrow() -> Iterator[None]:
    """Let this process write no file beyond 100,000 bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    heard = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, heard)


def _written(target: Path, source: Path) -> None:
    with Writer(target) as archive:
        archive.parts.append(Part("main"))
        for n in range(300):
            archive.copy(f"{n}", source)


@pytest.mark.usefixtures("narrow")
def test_nothing_is_left_of_a_backup_that_found_no_room(tmp_path: Path) -> None:
    kept = tmp_path / "kept.backup"
    kept.write_bytes(b"yesterday's")
    source = tmp_path / "noise"
    source.write_bytes(bytes(n * n % 251 for n in range(90_000)))
    with pytest.raises(OSError) as caught:  # noqa: PT011
        _written(kept, source)
    assert outage(caught.value) is Outage.DISK
    assert kept.read_bytes() == b"yesterday's"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["kept.backup", "noise"]


def test_a_command_says_that_the_disk_is_full() -> None:
    group = LazyGroup()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    group.get_command = lambda *_: click.Command("fill", callback=full)  # type: ignore
    outcome = CliRunner().invoke(group, ["fill"])
    assert outcome.exit_code == 1
    assert "The disk is full" in outcome.output


def test_a_note_beside_is_left_out_on_a_full_disk_only() -> None:
    with if_there_is_room():
        raise OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(OSError, match="no such"), if_there_is_room():
        raise OSError(errno.ENOENT, "no such file")
