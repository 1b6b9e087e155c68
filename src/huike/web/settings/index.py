"""The first page of set-up: everything that can be set, with one sentence each."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huike.kernel.actor import Actor
from huike.staff.door.founding import may_found
from huike.web.rendering import actor_of, render


@dataclass(frozen=True)
class Place:
    """One thing that can be set."""

    label: str
    icon: str
    address: str
    sentence: str


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Show what the reader may set."""
    return render(request, "web/settings/index.html", groups=_groups(actor_of(request)))


def _groups(actor: Actor) -> list[tuple[str, list[Place]]]:
    groups = [(_("For myself"), _own())]
    if actor.is_unlimited:
        groups = [
            (_("People and authority"), _people()),
            (_("Data"), _data()),
            (_("Operation"), _operation(actor)),
            *groups,
        ]
    return groups


def _people() -> list[Place]:
    return [
        Place(
            _("Departments"),
            "sitemap",
            "/settings/departments/",
            _("The tree of the firm; who sees what follows it at once."),
        ),
        Place(
            _("People"),
            "users",
            "/settings/people/",
            _("Who signs in, in which department, with which roles."),
        ),
        Place(
            _("Roles and rights"),
            "shield-lock",
            "/settings/roles/",
            _("What a role may do to which records, how far, and which fields it sees."),
        ),
        Place(
            _("Why can't somebody see this?"),
            "eye-off",
            "/settings/why/",
            _("Choose a person and a record, and read the reason."),
        ),
    ]


def _data() -> list[Place]:
    return [
        Place(
            _("Custom fields"),
            "forms",
            "/settings/fields/",
            _("Add what your firm records; it appears in lists, forms, files and the API."),
        ),
        Place(
            _("Sealed files"),
            "lock-password",
            "/settings/sealing/",
            _("Who can open what is sealed, recovery, a new key, and who opened what."),
        ),
        Place(
            _("Privacy"),
            "user-shield",
            "/settings/privacy/",
            _("Terms of requests, marketing with or without consent, retention rules."),
        ),
        Place(
            _("Page layouts"),
            "layout-2",
            "/settings/layouts/",
            _("Which fields a page and a form show, in what order, for whom and when."),
        ),
        Place(
            _("Industry packs"),
            "packages",
            "/settings/packs/",
            _("Fields, layouts, views and categories of a trade, brought in at once."),
        ),
        Place(_("Bin"), "trash", "/bin/", _("What was deleted lies here for 30 days.")),
    ]


def _operation(actor: Actor) -> list[Place]:
    places = [
        Place(
            _("Journal"),
            "history",
            "/settings/journal/",
            _("Who changed, viewed, exported or signed in, and when; can be checked and undone."),
        ),
        Place(
            _("Background jobs"),
            "progress",
            "/settings/jobs/",
            _("What runs, what is done, and what went wrong, with the reason."),
        ),
    ]
    if may_found(actor):
        places.append(
            Place(
                _("Organisations"),
                "buildings",
                "/settings/organisations/",
                _("Sets of books kept apart from each other, chosen at sign-in."),
            )
        )
    return places


def _own() -> list[Place]:
    return [
        Place(
            _("My page layouts"),
            "layout-2",
            "/settings/layouts/",
            _("Arrange the fields of pages and forms as you need them."),
        ),
        Place(
            _("My account"),
            "user-cog",
            "/account/",
            _("Name, password, second factor, sessions, language and look."),
        ),
        Place(
            _("My jobs"), "progress", "/settings/jobs/", _("What works for you in the background.")
        ),
    ]
