"""Who acts, what that actor may do, and how far it reaches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Op(TextChoices):
    """What can be done to a record."""

    VIEW = "view", _("View")
    ADD = "add", _("Add")
    EDIT = "edit", _("Edit")
    DELETE = "delete", _("Move to bin")
    IMPORT = "import", _("Import")
    EXPORT = "export", _("Export")


class Reach(TextChoices):
    """How far a grant reaches (数据范围)."""

    OWN = "own", _("Own")
    DEPARTMENT = "department", _("Own department")
    BELOW = "below", _("Department and below")
    ALL = "all", _("All")


class FieldRight(TextChoices):
    """What a role may do with one field, weakest first."""

    HIDDEN = "hidden", _("Hidden")
    MASKED = "masked", _("Masked")
    READ = "read", _("Read only")
    WRITE = "write", _("Read and write")


@dataclass(frozen=True)
class Rights:
    """The grants of all of an actor's roles, merged once per request.

    `grants` maps (record label, operation) to the reaches granted; `fields` maps (record label,
    field name) to the most generous right, and holds only what is less than WRITE.
    """

    grants: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    fields: Mapping[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True)
class Actor:
    """Whoever causes a change: a person, an API key or the system itself."""

    name: str
    user_id: int | None = None
    department_id: int | None = None
    departments_below: frozenset[int] = frozenset()  # own department included
    rights: Rights = field(default_factory=Rights)
    is_administrator: bool = False
    is_system: bool = False
    via: str = "web"  # web, api, job, command line
    networks: tuple[str, ...] = ()  # where requests may come from; none named: anywhere
    helps: bool = False  # beside the owners of single rows, see kernel.access.scope.Helping

    @classmethod
    def system(cls, name: str) -> Actor:
        """Return the actor for what the product does by itself."""
        return cls(name=name, is_system=True, via="system")

    @property
    def is_unlimited(self) -> bool:
        return self.is_system or self.is_administrator

    def reaches(self, record: str, op: Op) -> frozenset[str]:
        """Return how far `op` on records labelled `record` reaches; empty means not at all."""
        if self.is_unlimited:
            return frozenset({Reach.ALL.value})
        return self.rights.grants.get((record, op.value), frozenset())

    def field_right(self, record: str, name: str) -> FieldRight:
        if self.is_unlimited:
            return FieldRight.WRITE
        return FieldRight(self.rights.fields.get((record, name), FieldRight.WRITE.value))
