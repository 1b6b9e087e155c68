"""The addresses of the insight pages, each loaded when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path


def _later(place: str) -> Callable[..., HttpResponse]:
    """Return the view at `place`: the libraries that these pages need take seconds to load."""
    module, _dot, name = place.rpartition(".")

    def view(request: HttpRequest, **given: Any) -> HttpResponse:
        found = getattr(import_module(f"huike.web.insight.{module}"), name)
        answer: HttpResponse = found(request, **given)
        return answer

    return view


urlpatterns = [
    path("insight/value/", _later("value.value"), name="insight-value"),
    path("insight/matrix/", _later("matrix.matrix"), name="insight-matrix"),
    path("insight/lifecycle/", _later("lifecycle.lifecycle"), name="insight-lifecycle"),
    path("insight/churn/", _later("churn.churn"), name="insight-churn"),
    path("insight/why/<int:party>/<str:name>/", _later("panel.why"), name="insight-why"),
    path("insight/act/", _later("acting.act"), name="insight-act"),
    path("insight/run/", _later("running.run_now"), name="insight-run"),
    path("insight/scorecard/", _later("firm.scorecard.scorecard"), name="insight-scorecard"),
    path("insight/baskets/", _later("firm.baskets.baskets"), name="insight-baskets"),
    path("insight/big/", _later("firm.big.big"), name="insight-big"),
    path("insight/groups/", _later("firm.groups.groups"), name="insight-groups"),
    path("insight/loyalty/", _later("firm.loyalty.show"), name="insight-loyalty"),
    path(
        "insight/satisfaction/",
        _later("firm.satisfaction.satisfied"),
        name="insight-satisfaction",
    ),
    path("insight/forecast/", _later("firm.forecast.forecast"), name="insight-forecast"),
    path("insight/settings/", _later("governing.settings.show"), name="insight-settings"),
    path(
        "insight/settings/<str:code>/",
        _later("governing.settings.change_one"),
        name="insight-setting",
    ),
    path("insight/runs/", _later("governing.runs.show"), name="insight-runs"),
    path("insight/areas/<str:name>/", _later("running.areas"), name="insight-areas"),
]
