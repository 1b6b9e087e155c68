"""The base of every record: journaled, versioned, binned, open to custom fields."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache
from typing import Any, ClassVar, Self, TypeVar

from django.db import DatabaseError, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from huike.kernel.access.scope import Scope
from huike.kernel.change.models import Entry
from huike.kernel.change.work import Noted, current_work
from huike.kernel.records import raw
from huike.kernel.records.encoding import ReadableEncoder
from huike.kernel.records.locking import goes_to_bin, refuse_if_locked
from huike.kernel.records.sealing import refuse_if_sealed

R = TypeVar("R", bound="Record")
TITLES = ("name", "title", "number", "code", "subject")
SILENT = frozenset({"id", "version", "created_at", "changed_at", "created_by", "sealed"})


class Conflict(Exception):
    """Somebody else saved the record since it was read."""

    def __init__(self, row: Record) -> None:
        super().__init__(_("Somebody else has changed this record in the meantime."))
        self.row = row


class RecordQuerySet(models.QuerySet[R]):
    """Bulk writes skip `save()`, hence the journal, hence they are refused."""

    def update(self, **kwargs: Any) -> int:
        raise TypeError("use records.bulk.edit_all(), which journals each row")

    def bulk_create(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("use records.bulk.create_all(), which journals each row")

    def bulk_update(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("use records.bulk.edit_all(), which journals each row")

    def delete(self) -> Any:
        raise TypeError("use records.bulk.bin_all(), which keeps the rows for 30 days")

    def unjournaled_update(self, **kwargs: Any) -> int:
        """Write without a journal: only for the kernel, and for fields that are derived."""
        return super().update(**kwargs)

    def unjournaled_save(self, rows: Sequence[R], names: Sequence[str]) -> int:
        """Write some fields of changed rows without a journal: only for bulk verbs."""
        return raw.update(self.model, rows, names)

    def unjournaled_create(self, rows: Sequence[R]) -> Sequence[R]:
        """Insert rows without a journal, giving them their keys: only for bulk verbs."""
        raw.insert(self.model, rows)
        return rows


class Active(models.Manager["Record"]):
    """The rows outside the bin."""

    def get_queryset(self) -> RecordQuerySet[Any]:
        return RecordQuerySet(self.model, using=self._db).filter(binned_at=None)


class Record(models.Model):
    """A row of business data.

    `scope` tells how the row finds its owner and department. `derived` names stored fields that are
    computed from others and therefore neither journaled nor checked for conflicts.
    """

    scope: ClassVar[Scope] = Scope()
    derived: ClassVar[frozenset[str]] = frozenset()
    read_only: ClassVar[bool] = False  # results: people view and export them, the product writes
    titled_by: ClassVar[tuple[str, ...]] = ()  # what its title is made of; else the first of TITLES
    sorts_as: ClassVar[dict[str, str]] = {}  # {a name: the column that sorts for it}
    lock: ClassVar[str] = ""  # a flag: while it holds, the row can't go to the bin
    title_joins: ClassVar[tuple[str, ...]] = ()  # links to fetch for it

    version = models.PositiveIntegerField(default=1, editable=False)
    extra = models.JSONField(default=dict, blank=True, editable=False, encoder=ReadableEncoder)
    created_at = models.DateTimeField(_("created at"), editable=False, db_index=True)
    changed_at = models.DateTimeField(_("changed at"), editable=False, db_index=True)
    created_by = models.CharField(_("created by"), max_length=150, blank=True, editable=False)
    binned_at = models.DateTimeField(_("binned at"), null=True, editable=False)

    everything = models.Manager.from_queryset(RecordQuerySet)()
    objects: ClassVar[Any] = Active()

    class Meta:
        abstract = True
        base_manager_name = "everything"
        default_manager_name = "everything"

    _as_read: dict[str, Any]  # columns as the database gave them
    _links: dict[str, list[Any]]  # many-to-many values that the next save writes
    _out_of_sight: set[str]  # links whose names the reader may not know
    _in_sight: set[str]  # links of which that was asked already
    _names: dict[str, str]  # titles of what custom fields link to

    def called(self, text: Callable[[str], str]) -> str:
        """Return the title, made of what `text(field name)` tells a reader; see entity.titles."""
        return " ".join(filter(None, (text(name) for name in self.titled_by or self._title())))

    @classmethod
    @cache
    def _title(cls) -> list[str]:
        names = {f.name for f in cls._meta.concrete_fields}
        return [name for name in TITLES if name in names][:1]

    @classmethod
    @cache
    def _journaled(cls) -> tuple[str, ...]:
        """Return the columns that the journal tells of, beside the custom fields."""
        skip = SILENT | cls.derived | {"extra"}
        return tuple(f.attname for f in cls._meta.concrete_fields if f.name not in skip)

    @classmethod
    def label(cls) -> str:
        return cls._meta.label_lower

    @classmethod
    def from_db(cls, db: str | None, *columns: Any, **more: Any) -> Self:
        row = super().from_db(db, *columns, **more)
        held = row.__dict__
        row._as_read = {n: plain(v) if type(v) in {dict, list} else v for n, v in held.items()}
        return row

    @property
    def _loaded(self) -> dict[str, Any]:
        """The snapshot of when the row was read or saved: made when asked for, few rows are."""
        if (known := self.__dict__.get("_kept")) is None:
            known = self.__dict__["_kept"] = self._snapshot(self.__dict__.get("_as_read", {}))
        return known

    @_loaded.setter
    def _loaded(self, values: dict[str, Any]) -> None:
        self.__dict__["_kept"] = values

    def snapshot(self) -> dict[str, Any]:
        """Return the journaled fields as plain values, without those that were deferred."""
        return self._snapshot(self.__dict__)

    def _snapshot(self, held: dict[str, Any]) -> dict[str, Any]:
        values = {n: plain(held[n]) for n in self._journaled() if n in held}
        custom = held.get("extra") or {}
        return values | {f"extra.{name}": plain(value) for name, value in custom.items()}

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Validate, save and journal the row.

        Raises UnjournaledWrite outside a change, ValidationError on wrong values and Conflict when
        somebody else saved the row since it was read.
        """
        work = current_work()
        adding = self._state.adding
        before = {} if adding else self._loaded
        self.derive()
        if goes_to_bin(self):
            refuse_if_locked(self)
        self.full_clean()
        after = self.snapshot()
        links = {} if adding else self._changed_links()
        fields = difference(before, after) | links
        if not adding and not fields and not self.derived:
            return
        refuse_if_sealed(self, fields)
        self._stamp(work.actor.name, adding)
        if adding:
            kwargs["force_insert"] = True
            super().save(*args, **kwargs)
        else:
            self._save_version(*args, **kwargs)
        fields |= self._write_links(adding)
        if fields or adding:
            kind = _kind(adding, fields)
            work.note(Noted(self.label(), self.pk, kind, self.version, fields))
        self._loaded = after

    def derive(self) -> None:
        """Compute the `derived` fields that follow from the row itself."""

    def set_links(self, name: str, keys: Iterable[int]) -> None:
        """Let the next save write and journal a many-to-many field."""
        self._links = {**getattr(self, "_links", {}), name: sorted(set(keys))}

    def links(self, name: str) -> list[int]:
        """Return the keys of a many-to-many field, as they will be after the next save."""
        waiting = getattr(self, "_links", {})
        if name in waiting:
            return list(waiting[name])
        if self.pk is None:
            return []
        return sorted(row.pk for row in getattr(self, name).all())  # uses what was prefetched

    def _changed_links(self) -> dict[str, list[Any]]:
        waiting = getattr(self, "_links", {})
        stored = {n: sorted(getattr(self, n).values_list("pk", flat=True)) for n in waiting}
        return {n: [stored[n], keys] for n, keys in waiting.items() if stored[n] != keys}

    def _write_links(self, adding: bool) -> dict[str, list[Any]]:
        waiting, self._links = getattr(self, "_links", {}), {}
        for name, keys in waiting.items():
            getattr(self, name).set(keys)
        return {n: [[], keys] for n, keys in waiting.items() if keys} if adding else {}

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("use records.purging.purge(), which journals what goes and what it empties")

    def _stamp(self, who: str, adding: bool) -> None:
        now = timezone.now()
        if adding:
            self.created_at = self.created_at or now
            self.created_by = who
        self.changed_at = now

    def _save_version(self, *args: Any, **kwargs: Any) -> None:
        self.version += 1
        kwargs["force_update"] = True
        try:
            super().save(*args, **kwargs)
        except DatabaseError as error:
            self.version -= 1
            if "did not affect any rows" in str(error):
                raise Conflict(self) from error
            raise

    def _do_update(
        self, base_qs: Any, using: Any, pk_val: Any, values: Any, *args: Any, **kwargs: Any
    ) -> Any:
        """Django's own update, but only of the version that was read."""
        guarded = base_qs.filter(version=self.version - 1)
        return super()._do_update(guarded, using, pk_val, values, *args, **kwargs)

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        super().clean_fields(exclude={*(exclude or ()), "created_at", "changed_at"})


def difference(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Any]]:
    """Return {field: [before, after]} of what differs; of a new row, only what is not empty."""
    fields = {
        name: [before.get(name), value]
        for name, value in after.items()
        if (before[name] != value if name in before else value not in (None, "", {}, []))
    }
    gone = [name for name in before if name not in after and name.startswith("extra.")]
    return fields | {name: [before[name], None] for name in gone}


def plain(value: Any) -> Any:
    """Return a value as JSON can hold it, in one way only, so that digests repeat."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _kind(adding: bool, fields: dict[str, list[Any]]) -> Entry.Kind:
    if adding:
        return Entry.Kind.CREATE
    if "binned_at" in fields:
        return Entry.Kind.RESTORE if fields["binned_at"][1] is None else Entry.Kind.BIN
    return Entry.Kind.EDIT


class Part(models.Model):
    """A row that belongs to a record and has no life of its own, like a line of an order.

    Its permission, bin and history are its record's; `parent_field` names the link to it.
    """

    parent_field: ClassVar[str]

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        current_work()
        self.full_clean()
        super().save(*args, **kwargs)
