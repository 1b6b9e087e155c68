"""Tells Django about this room."""

from __future__ import annotations

from django.apps import AppConfig


class TradeConfig(AppConfig):
    name = "huike.trade"
    label = "trade"
