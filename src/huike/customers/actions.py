"""What people do with customers beyond plain editing: keep the tree of categories, file parties
under its nodes, and take down an organisation's contacts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _

from huike.customers.models import Category, Party, Tie
from huike.kernel.access.scope import visible, within
from huike.kernel.actor import Actor, Op
from huike.kernel.entity.entity import entity_of
from huike.kernel.entity.writing import Refused, new_row, write
from huike.kernel.lists.acting import bulk
from huike.kernel.lists.acting.acts import Edit
from huike.kernel.lists.acting.selection import Selection
from huike.kernel.lists.view import ListView
from huike.kernel.records.action import action
from huike.kernel.records.bulk import edit_all
from huike.kernel.records.verbs import bin_, store

R = TypeVar("R", Party, Tie)
MOST_MOVED = 5000  # customers that leave a category with it; more are moved by the list's own act


def add_category(actor: Actor, name: str, parent: Category | None) -> Category:
    """Add a category as the last one below `parent`, or at the top."""
    row = Category(name=name.strip(), parent=parent, position=len(_children(parent)) + 1)
    return store(actor, row, "customers.add_category")


@action("customers.rename_category", needs=Op.EDIT)
def rename_category(actor: Actor, row: Category, name: str) -> Category:
    """Give a category another name."""
    row.name = name.strip()
    return store(actor, row)


@action("customers.move_category", needs=Op.EDIT)
def move_category(
    actor: Actor, row: Category, parent: Category | None, place: int | None = None
) -> None:
    """Put a category below another, or at the top, at `place` among those there."""
    others = [child for child in _children(parent) if child.pk != row.pk]
    others.insert(len(others) if place is None else max(0, place), row)
    row.parent = parent
    for position, child in enumerate(others, 1):
        child.position = position
        store(actor, child)


@action("customers.bin_category", needs=Op.DELETE)
def bin_category(actor: Actor, row: Category, heir: Category | None = None) -> None:
    """Move a category to the bin; its customers go to `heir`, without one it must be empty."""
    if heir is not None:
        _move_customers(actor, row, heir)
    bin_(actor, row)


def _move_customers(actor: Actor, row: Category, heir: Category) -> None:
    if heir.pk == row.pk:
        raise ValidationError(_("Choose another category for the customers."))
    field = entity_of(Party).fields(actor).get("category")
    if field is None or not field.is_writable:
        raise ValidationError(_("You may not change the category of customers."))
    rows = visible(actor, Party).filter(within(actor, Party, Op.EDIT), category=row)
    if rows.count() > MOST_MOVED:
        raise ValidationError(_("There are too many customers in it. Move them in the list first."))
    edit_all(rows, {"category": heir})


@action("customers.file_under", needs=Op.VIEW)
def file_under(actor: Actor, category: Category, keys: Sequence[int]) -> bulk.Outcome:
    """Put parties under a category, as far as `actor` may edit them."""
    selection = Selection(ListView(entity_of(Party)), tuple(keys)[: bulk.AT_ONCE])
    return bulk.run(actor, selection, Edit("category", category.pk))


@action("customers.add_contact", needs=Op.ADD)
def add_contact(
    actor: Actor,
    organisation: Party,
    name: str,
    phone: str = "",
    position: str = "",
    role: str = "",
) -> Tie:
    """Take down a new person who works at an organisation, with job title and role in decisions."""
    if organisation.kind != Party.Kind.ORGANISATION:
        raise ValidationError(_("Only an organisation has contacts."))
    if not name.strip():
        raise ValidationError({"name": _("Give the contact a name.")})
    given = {"kind": Party.Kind.PERSON, "name": name, "is_customer": False}
    given |= {"phone": phone} if phone else {}
    person = _written(actor, Party, given)
    tie = {"party": person.pk, "other": organisation.pk, "kind": Tie.Kind.WORKS_AT}
    return _written(actor, Tie, tie | {"position": position, "role": role})


def _written(actor: Actor, model: type[R], given: dict[str, object]) -> R:
    entity = entity_of(model)
    fields = entity.fields(actor)
    row = new_row(actor, entity, fields)
    assert isinstance(row, model)
    try:
        write(actor, entity, row, given, fields)
    except Refused as refused:
        errors = {name or NON_FIELD_ERRORS: texts for name, texts in refused.errors.items()}
        raise ValidationError(errors) from refused
    return row


def _children(parent: Category | None) -> list[Category]:
    return list(Category.objects.filter(parent=parent).order_by("position", "pk"))
