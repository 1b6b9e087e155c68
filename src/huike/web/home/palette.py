"""Ctrl/Cmd-K: one line that finds records, goes to pages, creates and does."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huike.kernel.actor import Actor
from huike.kernel.entity.entity import entity_of
from huike.kernel.entity.titles import title
from huike.kernel.lists.desk import pinned, recent
from huike.kernel.search.find import find
from huike.ui.menu import creatable, menu
from huike.web.rendering import actor_of, render

FEW = 12


@dataclass(frozen=True)
class Choice:
    """One line of the palette."""

    label: str
    address: str
    icon: str
    hint: str = ""
    in_box: bool = False  # opens in a box on this page


@dataclass(frozen=True)
class Choices:
    """A titled group of lines."""

    title: str
    lines: list[Choice] = field(default_factory=list)


@require_GET
def find_anything(request: HttpRequest) -> HttpResponse:
    """Answer what was typed: records first, then pages, then what can be created."""
    actor, words = actor_of(request), request.GET.get("q", "").strip()[:100]
    groups = _found(actor, words) if words else _at_hand(actor)
    groups += [_pages(actor, words), _create(actor, words)]
    return render(
        request,
        "web/home/find.html",
        part="web/home/found.html",
        groups=[g for g in groups if g.lines],
        words=words,
    )


def _found(actor: Actor, words: str) -> list[Choices]:
    lines = []
    for hit in find(actor, words, limit=FEW):
        entity = entity_of(hit.entity_key)
        snippet = "".join(text for text, _marked in hit.snippet)
        hint = entity.one if snippet == hit.title else f"{entity.one} · {hit.field}: {snippet}"
        lines.append(Choice(hit.title, f"/{entity.key}/{hit.id}/", entity.icon, hint))
    return [Choices(_("Found"), lines)]


def _at_hand(actor: Actor) -> list[Choices]:
    return [
        Choices(
            head,
            [Choice(title(actor, h.row), h.address, h.entity.icon, h.entity.one) for h in found],
        )
        for head, found in ((_("Pinned"), pinned(actor, 6)), (_("Recently opened"), recent(actor)))
    ]


def _pages(actor: Actor, words: str) -> Choices:
    lines = [Choice(_("Today"), "/", "home")]
    for group in menu(actor):
        lines += [Choice(i.label, i.address, i.icon, group.label) for i in group.items]
    lines += [
        Choice(_("Bin"), "/bin/", "trash"),
        Choice(_("Help and keys"), "/help/", "help-circle"),
    ]
    return Choices(_("Go to"), [line for line in lines if matches(line.label, words)])


def _create(actor: Actor, words: str) -> Choices:
    lines = [
        Choice(_("Add: %(what)s") % {"what": i.label}, i.address, "plus", in_box=True)
        for i in creatable(actor)
    ]
    return Choices(_("Create"), [line for line in lines if matches(line.label, words)])


def matches(label: str, words: str) -> bool:
    """Tell whether a label holds the words as they stand, or in pinyin, or by pinyin initials."""
    from pypinyin import Style, lazy_pinyin  # here: its dictionary takes half a second to load

    if not words:
        return True
    wanted = words.casefold().replace(" ", "")
    whole = "".join(lazy_pinyin(label))
    initials = "".join(lazy_pinyin(label, style=Style.FIRST_LETTER))
    texts = (label.replace(" ", ""), whole, initials)
    return any(wanted in text.casefold() for text in texts)
