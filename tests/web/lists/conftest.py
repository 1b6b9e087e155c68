"""Browsers without a browser: one signed-in client for each of the cast."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tests.cast import Cast

SignIn = Callable[[str], Client]


@pytest.fixture
def sign_in(cast: Cast) -> SignIn:
    def signed_in(name: str) -> Client:
        client = Client(headers={"accept-language": "en"})
        user = cast.users[name]
        user.language = "en"
        user.save()
        client.force_login(user)
        return client

    return signed_in
