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
    "analytics.pivot.save": gettext_lazy("Save a pivot"),
    "api.issue_token": gettext_lazy("New API token"),
    "api.revoke_token": gettext_lazy("API token revoked"),
    "channels.compose": gettext_lazy("Write on the timeline"),
    "channels.greeting": gettext_lazy("Greeting"),
    "channels.hand_over": gettext_lazy("Hand over"),
    "channels.log_interaction": gettext_lazy("Write on the timeline"),
    "customers.add_quality_rule": gettext_lazy("Add a quality rule"),
    "customers.answer_privacy_request": gettext_lazy("Answer a privacy request"),
    "customers.begin_privacy_request": gettext_lazy("Begin a privacy request"),
    "customers.refuse_privacy_request": gettext_lazy("Refuse a privacy request"),
    "customers.carry_out_erasure": gettext_lazy("Erase personal data"),
    "customers.erase": gettext_lazy("Erase personal data"),
    "customers.bin_category": gettext_lazy("Remove a category"),
    "customers.move_category": gettext_lazy("Move a category"),
    "customers.rename_category": gettext_lazy("Rename a category"),
    "customers.file_under": gettext_lazy("File under a category"),
    "customers.categories": gettext_lazy("Change categories"),
    "customers.demo_privacy": gettext_lazy("Demo data"),
    "customers.gather": gettext_lazy("Search for duplicates"),
    "customers.judge_pair": gettext_lazy("Judge a pair of duplicates"),
    "customers.undo_merge": gettext_lazy("Undo a merge"),
    "customers.pool_rules": gettext_lazy("Pool rules carried out"),
    "customers.set_privacy": gettext_lazy("Change the privacy settings"),
    "customers.set_weights": gettext_lazy("Change the weights of fields"),
    "customers.demo_quality": gettext_lazy("Demo data"),
    "customers.demo_sealed": gettext_lazy("Demo data"),
    "layouts.remove": gettext_lazy("Remove a layout"),
    "layouts.reset": gettext_lazy("Reset a layout"),
    "layouts.rule": gettext_lazy("Change a rule of a layout"),
    "lists.rehearsal": gettext_lazy("Preview of a bulk change"),
    "marketing.add_campaign": gettext_lazy("Add a campaign"),
    "marketing.add_segment": gettext_lazy("Add a segment"),
    "marketing.by_hand": gettext_lazy("Customers put in or out by hand"),
    "marketing.put_in": gettext_lazy("Customers put in by hand"),
    "marketing.take_out": gettext_lazy("Customers taken out by hand"),
    "marketing.empty": gettext_lazy("Segment emptied"),
    "marketing.win_back": gettext_lazy("Win customers back"),
    "office.finish_task": gettext_lazy("Task done"),
    "office.reopen_task": gettext_lazy("Task reopened"),
    "packs.apply": gettext_lazy("Put in an industry pack"),
    "packs.remove": gettext_lazy("Take out an industry pack"),
    "sealing.add_file": gettext_lazy("Sealed file added"),
    "sealing.seal": gettext_lazy("Seal"),
    "sealing.seal_file": gettext_lazy("Seal a file"),
    "sealing.unseal": gettext_lazy("Unseal"),
    "sealing.unseal_file": gettext_lazy("Unseal a file"),
    "sealing.write_note": gettext_lazy("Write a sealed note"),
    "sealing.refused": gettext_lazy("Wrong second secret"),
    "sealing.set_secret": gettext_lazy("Second secret set"),
    "sealing.change_secret": gettext_lazy("Second secret changed"),
    "sealing.admit": gettext_lazy("Let somebody open what is sealed"),
    "sealing.dismiss": gettext_lazy("Take back the right to open what is sealed"),
    "sealing.set_up_recovery": gettext_lazy("Recovery set up"),
    "sealing.collect_code": gettext_lazy("Recovery code collected"),
    "sealing.recover": gettext_lazy("Second secret recovered"),
    "sealing.rekey": gettext_lazy("New key begun"),
    "sealing.rekeyed": gettext_lazy("New key in use"),
    "sealing.rewrite": gettext_lazy("Sealed values written anew"),
    "staff.bin_department": gettext_lazy("Remove a department"),
    "staff.move_department": gettext_lazy("Move a department"),
    "trade.set_lines": gettext_lazy("Change the lines of an order"),
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
RECIPES = {"customers": "party", "orders": "order"}  # imports of a room's own: the record they make
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
    if action.startswith("import."):
        return _imported(action.removeprefix("import."))
    if action in kinds:
        return str(kinds[action].title) or action
    room, _dot, verb = action.rpartition(".")
    what = _record(room)
    if label := _verb(room, verb):
        return f"{what} · {label}" if what else label
    return action


def _imported(recipe: str) -> str:
    """Say what was brought in; a recipe is called like the plural of its record or by its key."""
    what = _record(recipe) or next(
        (e.one for e in entities() if e.model._meta.model_name == RECIPES.get(recipe)), ""
    )
    return f"{what} · {MORE['import']}" if what else str(MORE["import"])


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
