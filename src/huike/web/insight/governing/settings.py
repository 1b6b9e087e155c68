"""Settings of the analysis 分析设置: each with default, limits, reason, history and effect."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huike.analytics.governing.tuning import may_tune, set_value, tuned
from huike.analytics.models import Setting
from huike.analytics.settings import KNOWN
from huike.kernel.access.scope import may
from huike.kernel.actor import Actor, Op
from huike.kernel.change.work import change
from huike.kernel.entity.writing import Errors, Refused
from huike.web.insight.frame import run_state
from huike.web.rendering import actor_of, go, render, tell

HERE = "/insight/settings/"


def may_look(actor: Actor) -> bool:
    """Tell whether the page has something for the actor."""
    return may(actor, Setting, Op.VIEW)


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show every setting in its group."""
    return _page(request)


@require_POST
def change_one(request: HttpRequest, code: str) -> HttpResponse:
    """Set one value, or say beside it why it can't be."""
    actor = actor_of(request)
    if code not in KNOWN:
        raise Http404
    given = {name: request.POST.get(name, "").strip() for name in ("value", "remark")}
    try:
        with change(actor, f"{Setting.label()}.edit") as work:
            is_new = set_value(actor, code, given, request.POST.get("seen"))
    except Refused as error:
        return _page(request, code, given, error.errors)
    if is_new:
        tell(request, _("Saved. The next run uses it."), undo=work.group)
    else:
        tell(request, _("Nothing was changed."))
    return go(request, f"{HERE}#{code}")


def _page(
    request: HttpRequest, code: str = "", given: dict[str, str] | None = None,
    errors: Errors | None = None,
) -> HttpResponse:  # fmt: skip
    actor = actor_of(request)
    groups = tuned(actor)
    return render(
        request,
        "web/insight/governing/settings.html",
        status=422 if errors else 200,
        groups=groups,
        changed=sum(one.is_changed for group in groups.values() for one in group),
        may_tune=may_tune(actor),
        run=run_state(actor),
        wrong_code=code,
        given=given or {},
        errors=errors or {},
    )
