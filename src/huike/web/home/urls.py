"""The addresses of the desk."""

from __future__ import annotations

from django.urls import path

from huike.web.home import desk, help, palette

urlpatterns = [
    path("", desk.today, name="today"),
    path("find/", palette.find_anything, name="find"),
    path("help/", help.help_page, name="help"),
    path("preferences/", desk.preferences, name="preferences"),
    path("notices/", desk.notices, name="notices"),
    path("follow-ups/<int:pk>/done/", desk.followed_up, name="followed-up"),
]
