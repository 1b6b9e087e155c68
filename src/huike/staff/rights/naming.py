"""What the journal's actions are called in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huike.kernel.access.models import Role
from huike.kernel.actor import FieldRight, Op, Reach
from huike.kernel.entity.entity import entities, entity_of
from huike.kernel.jobs.queue import kinds

WORDS: Mapping[str, str | Promise] = {
    "undo": gettext_lazy("Undo"),
    "staff.sign_in": gettext_lazy("Sign-in"),
    "staff.add_person": gettext_lazy("Add a person"),
    "staff.edit_person": gettext_lazy("Change a person"),
    "staff.add_user": gettext_lazy("Add a person"),
    "staff.own_account": gettext_lazy("Change the own account"),
    "staff.set_password": gettext_lazy("New password"),
    "staff.unlock": gettext_lazy("Unlock"),
    "staff.end_sessions": gettext_lazy("End sessions"),
    "staff.turn_on_second_factor": gettext_lazy("Second factor on"),
    "staff.turn_off_second_factor": gettext_lazy("Second factor off"),
    "staff.new_recovery_codes": gettext_lazy("New recovery codes"),
    "staff.first_administrator": gettext_lazy("First administrator"),
    "staff.departments": gettext_lazy("Change departments"),
    "staff.save_role": gettext_lazy("Change a role"),
    "staff.copy_role": gettext_lazy("Copy a role"),
    "staff.delete_role": gettext_lazy("Delete a role"),
    "staff.limit_fields": gettext_lazy("Change field rights"),
    "staff.found_organisation": gettext_lazy("Found an organisation"),
    "staff.name_organisation": gettext_lazy("Rename an organisation"),
    "fields.add": gettext_lazy("Add a custom field"),
    "import.add_field": gettext_lazy("Add a custom field"),
    "fields.edit": gettext_lazy("Change a custom field"),
    "fields.order": gettext_lazy("Order custom fields"),
    "fields.remove": gettext_lazy("Remove a custom field"),
    "fields.restore": gettext_lazy("Bring a custom field back"),
    "fields.rename_choice": gettext_lazy("Rename a choice"),
    "channels.follow_up_done": gettext_lazy("Follow-up done"),
    "sessions": gettext_lazy("Sessions"),
    "roles": gettext_lazy("Roles"),
    "recovery_codes": gettext_lazy("Recovery codes"),
    "kernel.organisation": gettext_lazy("Organisation"),
    "rows": gettext_lazy("Rows"),
    "fields": gettext_lazy("Fields"),
    "label": gettext_lazy("Name"),
    "True": gettext_lazy("Yes"),
    "False": gettext_lazy("No"),
}
MORE: Mapping[str, str | Promise] = {
    "restore": gettext_lazy("Restore"),
    "merge": gettext_lazy("Merge"),
    "transfer": gettext_lazy("Hand over"),
    "bin": gettext_lazy("Move to bin"),
    "purge": gettext_lazy("Delete for good"),
    "demo": gettext_lazy("Demo data"),
    "import": gettext_lazy("Import"),
}


def action_words(action: str) -> str:
    """Return an action ("customers.party.edit"), or a name in the journal, as people read it."""
    if known := WORDS.get(action):
        return str(known)
    if ":" in action:
        return _cell(action)
    if what := _record(action):
        return what
    if action in kinds:
        return str(kinds[action].title) or action
    room, _dot, verb = action.rpartition(".")
    what = _record(room)
    if label := _verb(room, verb):
        return f"{what} · {label}" if what else label
    return action


def _verb(room: str, verb: str) -> str:
    if verb in Op.values:
        return str(Op(verb).label)
    if verb in MORE:
        return str(MORE[verb])
    for entity in entities():
        if entity.model._meta.app_label == room.partition(".")[0]:
            found = entity.verb(verb)
            if found is not None:
                return str(found.label)
    return ""


def _record(label: str) -> str:
    try:
        return entity_of(label).one
    except LookupError:
        try:
            return str(apps.get_model(label)._meta.verbose_name)
        except (LookupError, ValueError):
            return ""


def _cell(action: str) -> str:
    """Say which cell of a role's matrix, or which field's right, was changed."""
    kind, _colon, rest = action.partition(":")
    record, _colon, name = rest.partition(":")
    what = _record(record) or record
    if kind == "grant" and name in Op.values:
        return f"{what} · {Op(name).label}"
    if kind == "field":
        return _("Field “%(field)s” of %(what)s") % {"field": name, "what": what}
    return action


def reach_words(value: str) -> str:
    """Return a scope or a field's right in words."""
    if value in Reach.values:
        return str(Reach(value).label)
    return str(FieldRight(value).label) if value in FieldRight.values else value


def role_names(keys: list[int]) -> str:
    """Return the names of roles that the journal holds by key."""
    return "、".join(Role.objects.filter(pk__in=keys).values_list("name", flat=True))
