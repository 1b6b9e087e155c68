"""A list of 50 customers as Django alone would make it: what Huike's pages are measured against."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db import models
from django.http import HttpResponse
from django.template import Context, Engine
from django.test import RequestFactory
from django.views.generic import ListView


class BareUser(models.Model):
    name = models.CharField(max_length=100)

    class Meta:
        app_label, managed, db_table = "bench", False, "staff_user"

    def __str__(self) -> str:
        return self.name


class BareCategory(models.Model):
    name = models.CharField(max_length=100)

    class Meta:
        app_label, managed, db_table = "bench", False, "customers_category"

    def __str__(self) -> str:
        return self.name


class BareParty(models.Model):
    name = models.CharField(max_length=200)
    phone = models.CharField(max_length=30)
    level = models.CharField(max_length=10)
    category = models.ForeignKey(BareCategory, models.PROTECT, null=True)
    owner = models.ForeignKey(BareUser, models.PROTECT, null=True)
    department_id = models.BigIntegerField(null=True)
    last_contact_on = models.DateField(null=True)
    next_contact_on = models.DateField(null=True)
    changed_at = models.DateTimeField()
    binned_at = models.DateTimeField(null=True)

    class Meta:
        app_label, managed, db_table = "bench", False, "customers_party"

    def __str__(self) -> str:
        return self.name


PAGE = Engine(libraries={}).from_string(
    """<!doctype html><title>Customers</title><table>{% for row in rows %}<tr>
<td><a href="/customers/{{ row.pk }}/">{{ row.name }}</a></td><td>{{ row.phone }}</td>
<td>{{ row.level }}</td><td>{{ row.category }}</td><td>{{ row.owner }}</td>
<td>{{ row.last_contact_on|date:"Y-m-d" }}</td><td>{{ row.next_contact_on|date:"Y-m-d" }}</td>
<td>{{ row.changed_at|date:"Y-m-d H:i" }}</td></tr>{% endfor %}</table>"""
)


def bare_list(departments: Sequence[int]) -> Callable[[], HttpResponse]:
    """Return a request for the newest 50 of these departments: no middleware, session or rights."""

    class Rows(ListView[BareParty]):
        def get_queryset(self) -> Any:
            rows = BareParty.objects.filter(department_id__in=departments, binned_at=None)
            return rows.select_related("owner", "category").order_by("-changed_at", "-pk")[:50]

        def render_to_response(self, context: Any, **more: Any) -> HttpResponse:
            return HttpResponse(PAGE.render(Context({"rows": context["object_list"]})))

    view, ask = Rows.as_view(), RequestFactory()
    return lambda: view(ask.get("/"))
