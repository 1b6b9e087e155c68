"""Addresses at the door."""

from __future__ import annotations

from django.urls import path

from huike.web.account import signing

urlpatterns = [
    path("sign-in/", signing.sign_in, name="sign_in"),
    path("sign-in/second/", signing.second_factor, name="second_factor"),
    path("sign-out/", signing.sign_out, name="sign_out"),
    path("set-up/", signing.set_up, name="set_up"),
]
