"""The addresses of set-up: /settings/ and below."""

from __future__ import annotations

from django.urls import path

import huike.web.addresses  # noqa: F401  (the converter <entity:...>)
from huike.web.settings import (
    departments,
    fields,
    index,
    jobs,
    journal,
    leaving,
    organisations,
    people,
    roles,
    why,
    worked_out,
)

urlpatterns = [
    path("settings/", index.show, name="settings"),
    path("settings/departments/", departments.show, name="settings-departments"),
    path("settings/departments/<int:pk>/", departments.one, name="settings-department"),
    path("settings/departments/<int:pk>/move/", departments.move, name="settings-move"),
    path("settings/departments/<int:pk>/bin/", departments.to_bin, name="settings-bin"),
    path("settings/people/", people.show, name="settings-people"),
    path("settings/people/add/", people.add, name="settings-add-person"),
    path("settings/people/<int:pk>/", people.one, name="settings-person"),
    path("settings/people/<int:pk>/hand-over/", leaving.show, name="settings-hand-over"),
    path("settings/people/<int:pk>/do/<str:name>/", people.do, name="settings-person-do"),
    path("settings/roles/", roles.show, name="settings-roles"),
    path("settings/roles/add/", roles.add, name="settings-add-role"),
    path("settings/roles/<int:pk>/", roles.one, name="settings-role"),
    path("settings/roles/<int:pk>/copy/", roles.copy, name="settings-copy-role"),
    path("settings/roles/<int:pk>/delete/", roles.delete, name="settings-delete-role"),
    path("settings/roles/<int:pk>/<entity:entity>/", roles.limits, name="settings-role-fields"),
    path("settings/why/", why.show, name="settings-why"),
    path("settings/fields/", fields.show, name="settings-fields"),
    path("settings/fields/<entity:entity>/", fields.of_record, name="settings-record-fields"),
    path("settings/fields/<entity:entity>/add/", fields.add, name="settings-add-field"),
    path("settings/fields/<entity:entity>/name/", fields.name, name="settings-field-name"),
    path("settings/fields/<entity:entity>/sum/", worked_out.sum_of, name="settings-field-sum"),
    path("settings/fields/<entity:entity>/order/", fields.order, name="settings-order-fields"),
    path("settings/fields/<int:pk>/", fields.one, name="settings-field"),
    path("settings/fields/<int:pk>/rename/", fields.rename, name="settings-rename-choice"),
    path("settings/fields/<int:pk>/remove/", fields.remove, name="settings-remove-field"),
    path("settings/fields/<int:pk>/restore/", fields.restore, name="settings-restore-field"),
    path("settings/organisations/", organisations.show, name="settings-organisations"),
    path("settings/organisations/<str:name>/", organisations.rename, name="settings-organisation"),
    path("settings/journal/", journal.show, name="settings-journal"),
    path("settings/journal/check/", journal.check, name="settings-check-journal"),
    path("settings/journal/<int:pk>/", journal.one, name="settings-change"),
    path("settings/jobs/", jobs.show, name="settings-jobs"),
    path("settings/jobs/<int:pk>/<str:name>/", jobs.do, name="settings-job-do"),
]
