"""Tells Django about this room."""

from __future__ import annotations

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "huike.customers"
    label = "customers"
