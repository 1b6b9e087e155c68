"""The addresses of the insight pages."""

from __future__ import annotations

from django.urls import path

from huike.web.insight import acting, churn, lifecycle, matrix, panel, running, value
from huike.web.insight.firm import baskets, big, forecast, groups, loyalty, scorecard
from huike.web.insight.governing import runs, settings

urlpatterns = [
    path("insight/value/", value.value, name="insight-value"),
    path("insight/matrix/", matrix.matrix, name="insight-matrix"),
    path("insight/lifecycle/", lifecycle.lifecycle, name="insight-lifecycle"),
    path("insight/churn/", churn.churn, name="insight-churn"),
    path("insight/why/<int:party>/<str:name>/", panel.why, name="insight-why"),
    path("insight/act/", acting.act, name="insight-act"),
    path("insight/run/", running.run_now, name="insight-run"),
    path("insight/scorecard/", scorecard.scorecard, name="insight-scorecard"),
    path("insight/baskets/", baskets.baskets, name="insight-baskets"),
    path("insight/big/", big.big, name="insight-big"),
    path("insight/groups/", groups.groups, name="insight-groups"),
    path("insight/loyalty/", loyalty.show, name="insight-loyalty"),
    path("insight/forecast/", forecast.forecast, name="insight-forecast"),
    path("insight/settings/", settings.show, name="insight-settings"),
    path("insight/settings/<str:code>/", settings.change_one, name="insight-setting"),
    path("insight/runs/", runs.show, name="insight-runs"),
    path("insight/areas/<str:name>/", running.areas, name="insight-areas"),
]
