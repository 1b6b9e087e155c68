"""The help page: all keys, and how to do what people ask for first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huike.web.rendering import render


def keys() -> list[tuple[str, list[tuple[list[str], str]]]]:
    """Return every key, in groups: (title, [(keys, what they do)])."""
    return [
        (
            _("Anywhere"),
            [
                (["Ctrl", "K"], _("Find, go to, create, do (on a Mac: Cmd K)")),
                (["/"], _("Search")),
                (["c"], _("Create")),
                (["?"], _("This page")),
                (["Esc"], _("Close, or leave an edit without saving")),
                (["Ctrl", "Enter"], _("Save the form one types in")),
            ],
        ),
        (
            _("In a list"),
            [
                (["j"], _("Next row; k goes back")),
                (["x"], _("Select the row")),
                (["Enter"], _("Open the record")),
                ([_("Space")], _("Quick view")),
                (["f"], _("Filter")),
                (["?"], _("All keys of the list")),
            ],
        ),
        (
            _("On a record"),
            [
                (["e"], _("Edit")),
                (["n"], _("Write on the timeline")),
            ],
        ),
        (
            _("Go to: g, then"),
            [
                (["g", "t"], _("Today")),
                (["g", "c"], _("Customers")),
                (["g", "o"], _("Orders")),
                (["g", "k"], _("Tasks")),
                (["g", "p"], _("Products")),
                (["g", "i"], _("Interactions")),
                (["g", "b"], _("Bin")),
                (["g", "h"], _("Help")),
            ],
        ),
    ]


def questions() -> list[tuple[str, str]]:
    """Return what people ask first, with the answer."""
    return [
        (
            _("How do I take something back?"),
            _(
                "After each save a line at the bottom offers “Undo”. Later, open the record's"
                " history. What was deleted lies in the bin for 30 days."
            ),
        ),
        (
            _("Two of us edit the same record. Who wins?"),
            _(
                "Nobody loses anything: different fields are both kept; for the same field you are"
                " shown what the other wrote and choose."
            ),
        ),
        (
            _("I closed the page by mistake."),
            _("Open the same form again: what you typed is offered to be restored."),
        ),
        (
            _("Why can't I see a record or a field?"),
            _(
                "Your roles decide which records and which fields you see. The page that refuses"
                " says which role is missing and who can change it."
            ),
        ),
        (
            _("How do I tell a colleague?"),
            _("Write @ and the name on the timeline; your colleague finds it on the page “Today”."),
        ),
    ]


@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    """Show keys and questions."""
    return render(request, "web/home/help.html", keys=keys(), questions=questions())
