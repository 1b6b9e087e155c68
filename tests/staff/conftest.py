"""The cast with passwords, as everybody who is really there has one."""

from __future__ import annotations

import pytest

from tests.cast import Cast


@pytest.fixture(autouse=True)
def _passwords(request: pytest.FixtureRequest) -> None:
    if "cast" not in request.fixturenames:
        return
    cast: Cast = request.getfixturevalue("cast")
    for user in cast.users.values():
        user.set_unusable_password()
        user.save()
