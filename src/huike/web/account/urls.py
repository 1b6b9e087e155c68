"""Addresses at the door, and of everybody's own account."""

from __future__ import annotations

from django.urls import path

from huike.web.account import pages, second, signing

urlpatterns = [
    path("sign-in/", signing.sign_in, name="sign_in"),
    path("sign-in/second/", signing.second_factor, name="second_factor"),
    path("sign-out/", signing.sign_out, name="sign_out"),
    path("set-up/", signing.set_up, name="set_up"),
    path("account/", pages.show, name="account"),
    path("account/password/", pages.password, name="account-password"),
    path("account/sessions/end/", pages.end_others, name="account-end-others"),
    path("account/sessions/<int:pk>/end/", pages.end_session, name="account-end-session"),
    path("account/second/", second.turn_on, name="account-second"),
    path("account/second/off/", second.turn_off, name="account-second-off"),
    path("account/second/codes/", second.new_codes, name="account-codes"),
]
