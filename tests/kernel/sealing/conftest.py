"""What the tests of sealing share: readers with second secrets, and a derivation that is quick."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation

from huike.kernel.actor import Actor
from huike.kernel.sealing import cipher, opening, readers
from huike.kernel.sealing.opening import Opened
from tests.cast import Cast

SECRET = "a second secret of root"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Stretch secrets with little memory: how slow that is, is no matter here; speak English."""
    monkeypatch.setattr(cipher, "MEMORY", 64)
    with translation.override("en"):
        yield


@pytest.fixture
def root(cast: Cast) -> Actor:
    """The administrator, with a second secret and thereby the organisation's first data key."""
    actor = cast.actor("root")
    readers.set_secret(actor, SECRET)
    return actor


@pytest.fixture
def opened(root: Actor) -> Opened:
    return opening.open_with(root, SECRET)


def reader(cast: Cast, name: str, by: Actor, opened: Opened) -> tuple[Actor, Opened]:
    """Give somebody a second secret, admit and open."""
    actor = cast.actor(name)
    readers.admit(by, opened, readers.set_secret(actor, f"the secret of {name}"))
    return actor, opening.open_with(actor, f"the secret of {name}")
