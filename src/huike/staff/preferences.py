"""What people choose for themselves: the look and the language of their pages."""

from __future__ import annotations

from django.conf import settings

from huike.staff.models import User

THEMES = ("auto", "light", "dark")


def prefer(user: User, *, theme: str = "", language: str = "") -> None:
    """Keep a person's choice; what is no choice is left as it was."""
    names = []
    if theme in THEMES:
        user.theme = theme
        names.append("theme")
    if language in dict(settings.LANGUAGES):
        user.language = language
        names.append("language")
    if names:
        user.save(update_fields=names)
