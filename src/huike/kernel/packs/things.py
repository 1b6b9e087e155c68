"""The kinds of things that packs bring: how each is found, made, looked at, changed, taken back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from huike.kernel.actor import Actor
from huike.kernel.change.setup import delete_setup, note_setup
from huike.kernel.change.work import change
from huike.kernel.entity import defining
from huike.kernel.entity.custom import CustomField
from huike.kernel.entity.entity import entity_of
from huike.kernel.entity.writing import new_row, write
from huike.kernel.layouts import editing
from huike.kernel.layouts.models import FieldRule, Layout
from huike.kernel.layouts.rules import set_rule
from huike.kernel.layouts.shape import read_parts
from huike.kernel.lists.models import SavedView
from huike.kernel.packs.reading import Pack
from huike.kernel.records.emptiness import held_by
from huike.kernel.records.record import Record, plain
from huike.kernel.records.verbs import bin_, restore


@dataclass(frozen=True)
class Want:
    """One thing that a pack wants to be there: its key among its kind, and how it shall be."""

    thing: Thing
    key: str
    label: str
    values: Mapping[str, Any] = field(default_factory=dict)
    record: str = ""


class Thing:
    """One kind of thing."""

    name: ClassVar[str]
    label: ClassVar[str] = ""

    def wanted(self, pack: Pack) -> Iterator[Want]:
        raise NotImplementedError

    def find(self, want: Want) -> Any:
        """Return what is there already under this key, or None."""
        raise NotImplementedError

    def row(self, key: int) -> Any:
        """Return the thing with this key as long as it is in use, or None."""
        raise NotImplementedError

    def look(self, row: Any) -> dict[str, Any]:
        """Return how it is now, to be held against how it was brought."""
        raise NotImplementedError

    def make(self, actor: Actor, want: Want) -> Any:
        raise NotImplementedError

    def change(self, actor: Actor, row: Any, want: Want) -> None:
        raise NotImplementedError

    def used(self, row: Any) -> str:
        """Return why it can't be taken back, or ""."""
        return ""

    def remove(self, actor: Actor, row: Any) -> None:
        raise NotImplementedError


class Fields(Thing):
    """Custom fields."""

    name = "field"

    def wanted(self, pack: Pack) -> Iterator[Want]:
        for told in pack.part("fields"):
            record = str(told["record"])
            values = {n: told[n] for n in defining.ASKED if n in told}
            key = f"{record}/{told['name']}"
            yield Want(self, key, str(told["label"]), values, record)

    def find(self, want: Want) -> CustomField | None:
        record, _slash, name = want.key.partition("/")
        return CustomField.everything.filter(record=record, name=name).first()

    def row(self, key: int) -> CustomField | None:
        return CustomField.objects.filter(pk=key).first()

    def look(self, row: CustomField) -> dict[str, Any]:
        return {n: getattr(row, n) for n in defining.ASKED}

    def make(self, actor: Actor, want: Want) -> CustomField:
        if removed := self.find(want):
            defining.restore_field(actor, removed)
            return removed
        given = {**want.values, "name": want.key.partition("/")[2]}
        return defining.add_field(actor, want.record, given)

    def change(self, actor: Actor, row: CustomField, want: Want) -> None:
        defining.edit_field(actor, row, dict(want.values))

    def used(self, row: CustomField) -> str:
        rows = entity_of(row.record).model.objects  # what lies in the bin finds its values again
        count = rows.filter(extra__has_key=row.name).count()
        return _("%s records hold a value") % count if count else ""

    def remove(self, actor: Actor, row: CustomField) -> None:
        defining.remove_field(actor, row)


class Rules(Thing):
    """When fields show and must be filled."""

    name = "rule"

    def wanted(self, pack: Pack) -> Iterator[Want]:
        for told in pack.part("rules"):
            record, name = str(told["record"]), str(told["field"])
            values = {"shown": told.get("shown"), "required": told.get("required")}
            yield Want(self, f"{record}/{name}", name.removeprefix("extra."), values, record)

    def find(self, want: Want) -> FieldRule | None:
        record, _slash, name = want.key.partition("/")
        return FieldRule.objects.filter(record=record, field=name, removed_at=None).first()

    def row(self, key: int) -> FieldRule | None:
        return FieldRule.objects.filter(pk=key, removed_at=None).first()

    def look(self, row: FieldRule) -> dict[str, Any]:
        return {"shown": row.shown, "required": row.required}

    def make(self, actor: Actor, want: Want) -> FieldRule:
        name = want.key.partition("/")[2]
        return set_rule(actor, want.record, name, want.values["shown"], want.values["required"])

    def change(self, actor: Actor, row: FieldRule, want: Want) -> None:
        self.make(actor, want)

    def remove(self, actor: Actor, row: FieldRule) -> None:
        set_rule(actor, row.record, row.field, None, None)


class Layouts(Thing):
    """Layouts of pages and forms, for everybody."""

    name = "layout"

    def wanted(self, pack: Pack) -> Iterator[Want]:
        for told in pack.part("layouts"):
            record, name = str(told["record"]), str(told["name"])
            sections = [part.as_json() for part in read_parts(told["sections"])]
            values = {"when": told.get("when"), "sections": sections}
            yield Want(self, f"{record}/{name}", name, {"name": name, **values}, record)

    def find(self, want: Want) -> Layout | None:
        record, _slash, name = want.key.partition("/")
        everybody = Layout.objects.filter(audience=Layout.Audience.ALL)
        return everybody.filter(record=record, name=name).first()

    def row(self, key: int) -> Layout | None:
        return Layout.objects.filter(pk=key).first()

    def look(self, row: Layout) -> dict[str, Any]:
        return {"name": row.name, "when": row.when, "sections": row.sections}

    def make(self, actor: Actor, want: Want) -> Layout:
        given = {**want.values, "audience": Layout.Audience.ALL, "hidden": []}
        return editing.add_layout(actor, want.record, given)

    def change(self, actor: Actor, row: Layout, want: Want) -> None:
        editing.edit_layout(actor, row, {**want.values, "hidden": row.hidden})

    def remove(self, actor: Actor, row: Layout) -> None:
        editing.remove_layout(actor, row)


class Views(Thing):
    """Saved views of lists, for everybody."""

    name = "view"

    def wanted(self, pack: Pack) -> Iterator[Want]:
        for told in pack.part("views"):
            record, name = str(told["record"]), str(told["name"])
            query = urlencode({k: told[k] for k in ("filter", "sort", "columns") if k in told})
            values = {"name": name, "query": query}
            yield Want(self, f"{record}/{name}", name, values, record)

    def find(self, want: Want) -> SavedView | None:
        entity = entity_of(want.record)
        shared = SavedView.objects.filter(sharing=SavedView.Sharing.ALL, entity=entity.key)
        return shared.filter(name=want.label).first()

    def row(self, key: int) -> SavedView | None:
        return SavedView.objects.filter(pk=key).first()

    def look(self, row: SavedView) -> dict[str, Any]:
        return {"name": row.name, "query": row.query}

    def make(self, actor: Actor, want: Want) -> SavedView:
        entity = entity_of(want.record)
        view = SavedView(entity=entity.key, sharing=SavedView.Sharing.ALL)
        return self._write(actor, view, want)

    def change(self, actor: Actor, row: SavedView, want: Want) -> None:
        self._write(actor, row, want)

    def remove(self, actor: Actor, row: SavedView) -> None:
        delete_setup(actor, row, "packs.view")

    def _write(self, actor: Actor, row: SavedView, want: Want) -> SavedView:
        """Save a view, which belongs to nobody and therefore has no owner to be checked."""
        before = row.query if row.pk else None
        row.name, row.query = want.values["name"], want.values["query"]
        with change(actor, "packs.view"):
            row.save()
            note_setup(row, "query", before, row.query)
        return row


class Records(Thing):
    """Rows of records that are found by name, such as categories and tags.

    A row of a tree names those above it: "会员/金卡" lies below "会员".
    """

    name = "record"

    def wanted(self, pack: Pack) -> Iterator[Want]:
        for told in pack.part("records"):
            record = str(told["record"])
            for values in told.get("rows", []):
                name = str(values["name"])
                key = f"{record}/{values.get('parent') or ''}/{name}".replace("//", "/")
                yield Want(self, key, name, _typed(record, values), record)

    def find(self, want: Want) -> Record | None:
        model = entity_of(want.record).model
        named = model.objects.filter(name=want.values["name"])
        if "parent" in {f.name for f in model._meta.concrete_fields}:
            parent = self._parent(want)
            named = named.filter(parent=parent)
        found: Record | None = named.first()
        return found

    def row(self, key: int) -> Record | None:
        raise NotImplementedError  # rows() knows the model

    def look(self, row: Record) -> dict[str, Any]:
        names = ("name", "parent_id", "position", "colour")
        return {n: plain(getattr(row, n)) for n in names if hasattr(row, n)}

    def make(self, actor: Actor, want: Want) -> Record:
        entity = entity_of(want.record)
        binned = self._binned(want)
        if binned is not None:
            return restore(actor, binned)
        given = {k: v for k, v in want.values.items() if k != "parent"}
        if parent := self._parent(want):
            given["parent"] = parent.pk
        fields = entity.fields(actor)
        return write(actor, entity, new_row(actor, entity, fields), given, fields)

    def change(self, actor: Actor, row: Record, want: Want) -> None:
        given = {k: v for k, v in want.values.items() if k != "parent"}
        write(actor, entity_of(want.record), row, given)

    def used(self, row: Record) -> str:
        count, what = held_by(row)
        return _("%(count)s %(what)s lie in it") % {"count": count, "what": what} if count else ""

    def remove(self, actor: Actor, row: Record) -> None:
        bin_(actor, row)

    def _parent(self, want: Want) -> Record | None:
        """Return the row above, which the pack names before."""
        found: Record | None = None
        for name in str(want.values.get("parent") or "").split("/"):
            if name:
                rows = entity_of(want.record).model.objects.filter(name=name, parent=found)
                found = rows.first()
                if found is None:
                    raise ValidationError(_("There is no “%s” to lie below.") % name)
        return found

    def _binned(self, want: Want) -> Record | None:
        """Return a row that lies in the bin since the pack was taken back."""
        model = entity_of(want.record).model
        if any(f.name == "name" and f.unique for f in model._meta.concrete_fields):
            named = {"name": want.values["name"]}
            rows = model.everything.filter(**named).exclude(binned_at=None)
            found: Record | None = rows.first()
            return found
        return None


def _typed(record: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a row as its fields hold them; a CSV file knows texts only."""
    fields = entity_of(record).fields(Actor.system("packs"))
    return {
        name: value if name == "parent" else plain(fields[name].kind.parse(value))
        for name, value in values.items()
        if value != ""
    }


THINGS: tuple[Thing, ...] = (Fields(), Rules(), Records(), Layouts(), Views())


def thing_called(name: str) -> Thing:
    """Return a kind of thing by its name."""
    return next(thing for thing in THINGS if thing.name == name)


def row_of(thing: Thing, key: str, row_id: int) -> Any:
    """Return what an item of a pack stands for as long as it is in use, or None."""
    if isinstance(thing, Records):
        model = entity_of(key.partition("/")[0]).model
        return model.objects.filter(pk=row_id).first()
    return thing.row(row_id)
