"""Warns while somebody types a new customer: who may be the same, as far as the reader may know."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from huike.customers.duplicates.checking import possible_duplicates
from huike.customers.models import Party
from huike.kernel.access.scope import require_any
from huike.kernel.actor import Op
from huike.web.rendering import actor_of, render


@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """Return the warning for what the form holds so far, or nothing."""
    actor = actor_of(request)
    require_any(actor, Party, Op.ADD)
    given = {name: values[-1] for name, values in request.POST.lists() if values}
    return render(
        request,
        "web/duplicates/warning.html",
        part="web/duplicates/warning.html",
        possible=possible_duplicates(actor, given),
    )
