"""A business verb done to many rows in one call, each by its own permission, or tried first."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from huike.api.problems import invalid
from huike.api.records.later import verb_later
from huike.api.records.once import once
from huike.api.records.resources import EntityView
from huike.api.records.view import body_of
from huike.kernel.entity.entity import Verb
from huike.kernel.lists.acting import bulk
from huike.kernel.lists.acting.bulk import Outcome
from huike.kernel.lists.acting.selection import Selection
from huike.kernel.lists.acting.verb_act import Do
from huike.kernel.lists.view import ListView

MOST = bulk.AT_ONCE


class VerbOnManyView(EntityView):
    """{"ids": [...], "given": {...}, "try": false}: the verb done to each, refusals told."""

    operation = "verb_on_many"
    verb: Verb = None  # type: ignore[assignment]

    def post(self, request: Request) -> Response:
        body = body_of(request)
        keys, given = _asked(body)
        if body.get("try"):
            return Response(_told(bulk.preview(self.actor, self._chosen(keys), self._act(given))))
        return once(request, lambda: self._done(keys, given))

    def _done(self, keys: tuple[int, ...], given: dict[str, Any]) -> Response:
        if self.verb.is_slow:
            act = self._act(given)
            bulk.prepare(self.actor, self._chosen(keys), act)  # what can be refused at once is
            return verb_later(self.actor, self.entity, keys, act)
        outcome = bulk.run(self.actor, self._chosen(keys), self._act(given))
        headers = {"Huike-Change": str(outcome.group)} if outcome.changed else {}
        return Response(_told(outcome), headers=headers)

    def _chosen(self, keys: tuple[int, ...]) -> Selection:
        return Selection(ListView(self.entity), keys)

    def _act(self, given: dict[str, Any]) -> Do:
        if wrong := sorted(given.keys() - self.verb.asks.keys()):
            raise invalid({name: [_("There is no field of this name.")] for name in wrong})
        return Do(self.verb.name, given)


def _asked(body: dict[str, Any]) -> tuple[tuple[int, ...], dict[str, Any]]:
    """Return the ids and what the verb is given; raise a problem for anything else."""
    keys, given = body.get("ids"), body.get("given", {})
    errors: dict[str, list[Any]] = {
        name: [_("There is no field of this name.")]
        for name in sorted(body.keys() - {"ids", "given", "try"})
    }
    is_list = isinstance(keys, list) and all(type(key) is int and 0 < key < 2**63 for key in keys)
    if not is_list or not 0 < len(keys or ()) <= MOST:
        errors["ids"] = [_("Give a list of 1 to %s ids.") % MOST]
    if not isinstance(given, dict):
        errors["given"] = [_("Give an object.")]
    if not isinstance(body.get("try", False), bool):
        errors["try"] = [_("Give true or false.")]
    if errors:
        raise invalid(errors)
    return tuple(keys or ()), dict(given)


def _told(outcome: Outcome) -> dict[str, Any]:
    shown = [
        {"id": one.pk, "title": one.title, "before": one.before, "after": one.after}
        for one in outcome.shown
    ]
    names = ("chosen", "out_of_reach", "changed", "unchanged", "refused", "reasons")
    return {**{name: getattr(outcome, name) for name in names}, "shown": shown}
