"""The Jinja2 environment that every template is rendered in."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone, translation
from jinja2 import Environment, pass_context
from jinja2.runtime import Context

from huike.kernel.entity.titles import is_open, text_of, title
from huike.ui.cells import cells, display
from huike.ui.icons import icon
from huike.ui.inputs import input_of
from huike.ui.menu import link_to, menu
from huike.ui.statics import static_url
from huike.ui.words import ago, day, initial, moment, money, month_name, size, weekday_name, whole


@pass_context
def name_of(context: Context, row: Any) -> str:
    """Return a row's title as the page's reader may know it: write it instead of {{ row }}."""
    return title(context["actor"], row)


@pass_context
def read_text(context: Context, row: Any, name: str) -> str:
    """Return one field of a row that a page made by hand mentions, as its reader may read it."""
    return text_of(context["actor"], row, name)


@pass_context
def may_read(context: Context, row: Any, name: str) -> bool:
    """Tell whether the page's reader may read a field of a row in full."""
    return is_open(context["actor"], row, name)


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
        cells=cells,
        display=display,
        menu=menu,
        link_to=link_to,
        name_of=name_of,
        text_of=read_text,
        is_open=may_read,
        input_of=input_of,
        language=translation.get_language,
        today=timezone.localdate,
        now=timezone.now,
    )
    env.filters.update(ago=ago, day=day, moment=moment, money=money, initial=initial, size=size)
    env.filters.update(whole=whole, month_name=month_name, weekday_name=weekday_name)
    return env
