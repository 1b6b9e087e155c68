"""The tree of customer categories, with the customers of the chosen category beside it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from huike.customers import actions
from huike.customers.models import Category, Party
from huike.customers.queries import Branch, category_tree, flat
from huike.kernel.access.scope import allowed, may, require_any, visible
from huike.kernel.actor import Actor, Op
from huike.kernel.change.work import change
from huike.kernel.entity.entity import entity_of
from huike.kernel.entity.titles import title
from huike.kernel.lists.view import SIZES, ListView
from huike.kernel.lists.words import joined_with
from huike.web.customers.filing import chosen_category, without_category
from huike.web.lists.acting import chosen, summary
from huike.web.lists.listing import Listing, listing
from huike.web.lists.state import read
from huike.web.rendering import actor_of, go, is_part, render, tell

HERE = "/customers/category/tree/"


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """Show the tree and the list; a posted name is a new category below `parent`."""
    actor = actor_of(request)
    require_any(actor, Category, Op.VIEW)
    if request.method != "POST":
        return _page(request, request.GET.dict())
    name, parent = request.POST.get("name", ""), _given(actor, request.POST.get("parent"))
    text = _("“%s” is there.") % name.strip()
    _do(request, text, lambda: actions.add_category(actor, name, parent))
    return _after(request)


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what can be done to one category; a posted name renames it."""
    actor, row = _row(request, pk)
    if request.method == "POST":
        name = request.POST.get("name", "")
        _do(request, _("Saved."), lambda: actions.rename_category(actor, row, name))
        return _after(request)
    branches = flat(category_tree(actor))
    branch = next(b for b in branches if b.row.pk == row.pk)
    below = {b.row.pk for b in flat([branch])}
    return render(
        request,
        "web/customers/category.html",
        part="web/customers/category_part.html",
        branch=branch,
        row=row,
        elsewhere=[b for b in branches if b.row.pk not in below],
        others=[b for b in branches if b.row.pk != row.pk],
        view=request.GET.get("view", ""),
        may_add=may(actor, Category, Op.ADD),
        may_edit=allowed(actor, Op.EDIT, row),
        may_bin=allowed(actor, Op.DELETE, row),
    )


@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a category below another, at a place among those there."""
    actor, row = _row(request, pk)
    parent, place = _given(actor, request.POST.get("parent")), request.POST.get("place", "")
    at = int(place) if place.isdigit() and len(place) < 9 else None
    text = _("“%s” is moved.") % title(actor, row)
    _do(request, text, lambda: actions.move_category(actor, row, parent, at))
    return _after(request)


@require_POST
def to_bin(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a category to the bin, its customers to another if one is given."""
    actor, row = _row(request, pk)
    heir = _given(actor, request.POST.get("heir"))
    text = _("“%s” lies in the bin now, for 30 days.") % title(actor, row)
    _do(request, text, lambda: actions.bin_category(actor, row, heir))
    return _after(request)


@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """File the customers that were dragged here under a category."""
    actor, row = _row(request, pk)
    keys = chosen(request, entity_of(Party)).keys or ()
    with change(actor, "customers.file_under") as work:
        outcome = actions.file_under(actor, row, keys)
    text = _("Into “%(name)s”: %(what)s") % {"name": row, "what": summary(outcome)}
    tell(request, text, undo=work.group if outcome.changed else None)
    return _after(request)


def _page(request: HttpRequest, params: dict[str, str]) -> HttpResponse:
    actor, entity = actor_of(request), entity_of(Party)
    state = read(actor, entity, params)
    branches = category_tree(actor)
    beside = listing(actor, entity, state) if may(actor, Party, Op.VIEW) else None
    return render(
        request,
        "web/customers/categories.html",
        part="web/customers/categories_part.html",
        tree=branches,
        all=flat(branches),
        it=beside,
        entity=entity,
        beside=HERE,
        sizes=SIZES,
        density="dense" if request.COOKIES.get("density") == "dense" else "airy",
        chosen=chosen_category(state.asked.filter),
        query=state.asked.query(after=""),
        addresses=_addresses(state.asked, branches),
        may_add=may(actor, Category, Op.ADD),
        may_edit=may(actor, Category, Op.EDIT),
        may_file=_may_file(actor, beside),
    )


def _may_file(actor: Actor, beside: Listing | None) -> bool:
    field = beside.fields.get("category") if beside else None
    return field is not None and field.is_writable and may(actor, Party, Op.EDIT)


def _addresses(view: ListView, branches: list[Branch]) -> dict[int | None, str]:
    """Return where each category leads: this list, within it; None leads to all customers."""
    rest = without_category(view.filter)
    found: dict[int | None, str] = {None: f"{HERE}?{view.query(filter=rest, after='')}"}
    for branch in flat(branches):
        leaf: list[Any] = ["category", "below", [branch.row.pk]]
        query = view.query(filter=joined_with(rest, leaf), after="")
        found[branch.row.pk] = f"{HERE}?{query}"
    return found


def _after(request: HttpRequest) -> HttpResponse:
    """Show the page again as it was, or its changed part where HTMX asks."""
    view = request.POST.get("view", "")
    if is_part(request):
        return _page(request, dict(parse_qsl(view)))
    return go(request, f"{HERE}?{view}" if view else HERE)


def _row(request: HttpRequest, pk: int) -> tuple[Actor, Category]:
    actor = actor_of(request)
    return actor, get_object_or_404(visible(actor, Category), pk=pk)


def _given(actor: Actor, key: str | None) -> Category | None:
    """Return the category that a form names, or None."""
    if not key or not key.isdigit() or len(key) > 18:
        return None
    return get_object_or_404(visible(actor, Category), pk=int(key))


def _do(request: HttpRequest, text: str, verb: Callable[[], object]) -> None:
    """Run a verb and tell how it went, with an undo."""
    group = uuid.uuid4()
    try:
        with change(actor_of(request), "customers.categories", group=group):
            verb()
    except ValidationError as error:
        tell(request, " ".join(error.messages), kind="wrong")
    else:
        tell(request, text, undo=group)
