"""The Jinja2 environment that every template is rendered in."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone, translation
from jinja2 import Environment

from huike.ui.icons import icon
from huike.ui.inputs import input_of
from huike.ui.menu import link_to, menu
from huike.ui.statics import static_url
from huike.ui.words import ago, day, initial, moment, money, month_name, size, weekday_name, whole


def environment(**options: Any) -> Environment:
    """Return the environment; Django calls it once, with the options of settings.TEMPLATES."""
    options.setdefault("trim_blocks", True)
    options.setdefault("lstrip_blocks", True)
    env = Environment(**options)
    env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=translation.gettext, ngettext=translation.ngettext, newstyle=True
    )
    env.policies["ext.i18n.trimmed"] = True
    env.globals.update(
        static=static_url,
        url=reverse,
        icon=icon,
        menu=menu,
        link_to=link_to,
        input_of=input_of,
        language=translation.get_language,
        today=timezone.localdate,
        now=timezone.now,
    )
    env.filters.update(ago=ago, day=day, moment=moment, money=money, initial=initial, size=size)
    env.filters.update(whole=whole, month_name=month_name, weekday_name=weekday_name)
    return env
