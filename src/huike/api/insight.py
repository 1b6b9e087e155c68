"""The figures of the insight pages as JSON, within what the caller may see."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from huike.analytics.figures.asking import PAGES, Question, days
from huike.analytics.models import Score
from huike.analytics.queries import last_good_run
from huike.api.problems import not_found, wrong_parameter
from huike.api.records.view import ApiView
from huike.kernel.access.scope import require_any
from huike.kernel.actor import Op

UNITS = ("month", "quarter", "year", "week")


class InsightView(ApiView):
    """What one insight page shows: the same figures, of the same customers."""

    operation = "insight"
    parameters = frozenset({"on", "since", "unit", "start", "ahead", "filter"})

    def get(self, request: Request, page_name: str) -> Response:
        # here: the methods behind some pages take seconds to load
        from huike.analytics.pages import Wanted, page

        require_any(self.actor, Score, Op.VIEW)
        if page_name not in PAGES:
            raise not_found()
        question = Question(self.actor, self._scored("on"), self._about())
        unit = self.query("unit") or "month"
        if unit not in UNITS:
            raise wrong_parameter("unit", _("It must be one of %s.") % ", ".join(UNITS))
        wanted = Wanted(self._scored("since"), unit, self._day("start"), self.whole("ahead", 99, 1))
        try:
            figures = page(page_name, question, wanted)
        except ValidationError as error:
            raise wrong_parameter("filter", " ".join(error.messages)) from error
        run = last_good_run()
        told = question.on or (run.on if run else None)
        answer = {"page": page_name, "as_of": told.isoformat() if told else None}
        return Response({**answer, "figures": figures})

    def _day(self, name: str) -> date | None:
        text = self.query(name)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError as error:
            raise wrong_parameter(name, _("It must be a day, such as 2026-01-31.")) from error

    def _scored(self, name: str) -> date | None:
        day = self._day(name)
        if day is not None and day not in days():
            raise wrong_parameter(name, _("No scores were kept for this day."))
        return day

    def _about(self) -> tuple[Any, ...]:
        """Read which customers: [field, operator, value] of their list, or a list of such."""
        text = self.query("filter")
        try:
            given = json.loads(text) if text else []
        except ValueError:
            given = None
        if isinstance(given, list) and given and isinstance(given[0], str):
            given = [given]
        good = isinstance(given, list) and all(
            isinstance(leaf, list) and 2 <= len(leaf) <= 3 and isinstance(leaf[0], str)
            and isinstance(leaf[1], str) for leaf in given
        )  # fmt: skip
        if not good or given is None:
            words = _("It must be JSON: a list of [field, operator, value].")
            raise wrong_parameter("filter", words)
        return tuple(tuple(leaf) for leaf in given)
