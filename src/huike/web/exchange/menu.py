"""The line of the menu that leads to imports, for those who may import something."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huike.kernel.actor import Actor
from huike.kernel.exchange.importing.recipes import recipes
from huike.ui.menu import Page, add_page


def register() -> None:
    add_page(Page("customers", _("Import"), "file-import", "import", for_whom=may_import))


def may_import(actor: Actor) -> bool:
    return bool(recipes(actor))
