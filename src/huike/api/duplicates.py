"""Asks, before a customer is added, who may be the same, as far as the caller may know."""

from __future__ import annotations

from dataclasses import asdict

from rest_framework.request import Request
from rest_framework.response import Response

from huike.api.records.view import ApiView
from huike.customers.duplicates.checking import possible_duplicates
from huike.customers.duplicates.matching.keys import READ
from huike.customers.models import Party
from huike.kernel.access.scope import require_any
from huike.kernel.actor import Op


class DuplicatesView(ApiView):
    """Who may be meant by some values of a customer; out of sight, only the owner's surname."""

    operation = "duplicates"
    parameters = frozenset(READ)

    def get(self, request: Request) -> Response:
        require_any(self.actor, Party, Op.ADD)
        given = {name: self.query(name) for name in READ if self.query(name)}
        found = possible_duplicates(self.actor, given)
        return Response({"rows": [asdict(one) for one in found], "next": None})
