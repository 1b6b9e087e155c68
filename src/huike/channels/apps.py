"""Tells Django about this room."""

from __future__ import annotations

from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "huike.channels"
    label = "channels"
