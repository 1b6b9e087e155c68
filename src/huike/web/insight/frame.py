"""What every insight page has: the bar, the day, the state of the runs, and an empty page."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huike.analytics.figures.asking import Leaf, Question
from huike.analytics.jobs import may_run
from huike.analytics.models import Run, Score
from huike.analytics.queries import last_good_run, newest_run
from huike.kernel.access.scope import may, require_any
from huike.kernel.actor import Actor, Op
from huike.kernel.entity.entity import Entity
from huike.web.insight import acting
from huike.web.insight.bar import Bar, day_options, read
from huike.web.rendering import actor_of, render


@dataclass(frozen=True)
class RunState:
    """How the last runs went, as far as a reader may know."""

    good: Run | None
    newest: Run | None
    may_ask: bool
    may_open: bool

    @property
    def is_running(self) -> bool:
        return self.newest is not None and self.newest.state == Run.State.RUNNING

    @property
    def has_failed(self) -> bool:
        return self.newest is not None and self.newest.state == Run.State.FAILED


@dataclass(frozen=True)
class Asked:
    """One request for an insight page: the bar with its question, and the address to come back."""

    actor: Actor
    bar: Bar
    run: RunState
    params: dict[str, str]

    @property
    def question(self) -> Question:
        return self.bar.question

    def down(self, *leaves: Leaf) -> str:
        """Return the address of the customers behind some leaves of the scores."""
        return list_address(*self.question.down(*leaves))

    def down_to(self, *leaves: Leaf) -> str:
        """Return the address of the customers that leaves of their own list find."""
        return list_address(*self.question.down_to(*leaves))

    def here(self, **changes: str) -> str:
        """Return this page's address with some parts changed."""
        parts = {k: v for k, v in {**self.params, **changes}.items() if v}
        return f"?{urlencode(parts)}"


Build = Callable[[Asked], dict[str, Any]]


def list_address(entity: Entity, tree: Any, *, sort: str = "") -> str:
    """Return the address of a list with a filter."""
    told = json.dumps(tree, ensure_ascii=False, separators=(",", ":")) if tree else ""
    query = urlencode({k: v for k, v in (("filter", told), ("sort", sort)) if v})
    return f"/{entity.key}/?{query}"


def insight_page(
    template: str, *, two_days: bool = False
) -> Callable[[Build], Callable[[HttpRequest], HttpResponse]]:
    """Make a view of a function that returns the figures of one page."""

    def wrapped(build: Build) -> Callable[[HttpRequest], HttpResponse]:
        @require_safe
        @functools.wraps(build)
        def view(request: HttpRequest) -> HttpResponse:
            actor = actor_of(request)
            require_any(actor, Score, Op.VIEW)
            bar = read(actor, request.GET.dict(), two_days=two_days)
            asked = Asked(actor, bar, run_state(actor), request.GET.dict())
            there = bar.question.rows().exists()
            return render(
                request,
                template,
                asked=asked,
                bar=bar,
                run=asked.run,
                two_days=two_days,
                days=day_options(bar, newest=True),
                earlier=day_options(bar, newest=False),
                act_groups=acting.groups,
                act_ways=acting.ways(actor),
                **(build(asked) if there else {"nothing": _why_nothing(asked)}),
            )

        return view

    return wrapped


def run_state(actor: Actor) -> RunState:
    """Return how the last runs went."""
    return RunState(
        good=last_good_run(),
        newest=newest_run(),
        may_ask=may_run(actor),
        may_open=may(actor, Run, Op.VIEW),
    )


def _why_nothing(asked: Asked) -> tuple[str, str]:
    """Say why there are no scores, and what to do next."""
    if asked.bar.is_narrowed:
        return _("No customer with a score is like this."), _("Take a filter away.")
    if asked.run.good is not None:
        return (
            _("None of the customers that you may see has a score yet."),
            _("A score comes with the first order; the next run works it out."),
        )
    if asked.run.may_ask:
        return (
            _("Nothing has been analysed yet."),
            _("Bring in orders, then press “Run now”; from then on it runs every night."),
        )
    return (
        _("Nothing has been analysed yet."),
        _("It runs every night once there are orders; your administrator can start it now."),
    )
