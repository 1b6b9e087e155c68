"""The addresses of the staff shell, each room of it with its own urls.py."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

import huike.web.addresses  # noqa: F401  (the converter <entity:...>)

# The rooms' order matters: pages made by hand come before the generic ones.
ROOMS = (
    "account",
    "home",
    "settings",
    "exchange",
    "sealing",
    "privacy",
    "duplicates",
    "layouts",
    "packs",
    "customers",
    "pool",
    "insight",
    "pivot",
    "marketing",
    "records",
    "lists",
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(f"huike.web.{room}.urls"))
    for room in ROOMS
    if find_spec(f"huike.web.{room}") and find_spec(f"huike.web.{room}.urls")
]
