"""Finds, or makes, the customers and products that the lines of an order file name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from huike.catalog.models import Product
from huike.customers.models import Party
from huike.kernel.access.scope import may, visible
from huike.kernel.actor import Op
from huike.kernel.exchange.importing.incoming.intake import Intake
from huike.kernel.exchange.importing.storing import Storing
from huike.kernel.records.record import Record

Key = tuple[str, str]  # by which field, and its value
KEPT = 200_000
AT_ONCE = 900


@dataclass
class Known:
    """A record that lines may point at, or why they may not."""

    pk: int = 0
    owner: int | None = None
    department: int | None = None
    why: str = ""


@dataclass
class Wanted:
    """What the file tells of a record that it names."""

    values: dict[str, Any] = field(default_factory=dict)
    cells: Any = None  # of the row that named it first


class Book:
    """The records of one model that a file names, each looked up once."""

    model: type[Record]
    unique = "code"  # a value that the bin may hold as well
    counted = ""

    def __init__(self, intake: Intake) -> None:
        self.intake, self.actor = intake, intake.actor
        self.known: dict[Key, Known] = {}
        self.may_add = may(self.actor, self.model, Op.ADD)
        self.storing = Storing(self.actor, self.model)

    def prepare(self, wanted: Mapping[Key, Wanted]) -> None:
        """Find or make all that is not known yet."""
        missing = {key: what for key, what in wanted.items() if key not in self.known}
        if not missing:
            return
        if len(self.known) > KEPT:
            self.known.clear()
            missing = dict(wanted)
        for name in dict.fromkeys(name for name, _value in missing):
            self._find(name, [value for by, value in missing if by == name])
        new = {key: what for key, what in missing.items() if key not in self.known}
        if not self.may_add:
            self.known.update((key, Known(why=self.unknown(key))) for key in new)
        elif new:
            self._make(new)

    def _find(self, name: str, values: list[str]) -> None:
        found: dict[str, list[Any]] = {}
        for at in range(0, len(values), AT_ONCE):
            rows = self.model.everything.filter(**{f"{name}__in": values[at : at + AT_ONCE]})
            for row in rows:
                found.setdefault(getattr(row, name), []).append(row)
        if not found:
            return
        keys = [row.pk for rows in found.values() for row in rows]
        seen = set()
        for at in range(0, len(keys), AT_ONCE):
            mine = visible(self.actor, self.model).filter(pk__in=keys[at : at + AT_ONCE])
            seen |= set(mine.values_list("pk", flat=True))
        for value, same in found.items():
            if (known := self._chosen(name, value, same, seen)) is not None:
                self.known[name, value] = known

    def _chosen(self, name: str, value: str, rows: list[Any], seen: set[int]) -> Known | None:
        living = [row for row in rows if row.pk in seen]
        if len(living) == 1:
            return self.shown(living[0])
        if living:
            what = self.model._meta.verbose_name
            text = _("There are several %(what)s called “%(text)s”. Write the number or code.")
            return Known(why=text % {"what": what, "text": value[:60]})
        if name != self.unique:
            return None
        binned = next((row for row in rows if row.binned_at), None)
        if binned is None or not self.may_add:
            return Known(why=self.unknown((name, value)))
        if not self.intake.dry:
            binned.binned_at = None
            self.storing.store([binned])
        self.intake.count(f"{self.counted}_restored")
        return self.shown(binned)

    def _make(self, new: Mapping[Key, Wanted]) -> None:
        self.intake.count(f"{self.counted}_created", len(new))
        if self.intake.dry:
            self.known.update((key, Known()) for key in new)
            return
        made = {key: self.made(key, what) for key, what in new.items()}
        refused = self.storing.store(made.values())
        for key, row in made.items():
            why = refused.get(id(row), "")
            self.known[key] = Known(why=why) if why else self.shown(row)

    def unknown(self, key: Key) -> str:
        text = _("There is no %(what)s “%(text)s” that you may use, and you may not add one.")
        return text % {"what": self.model._meta.verbose_name, "text": key[1][:60]}

    def shown(self, row: Any) -> Known:
        return Known(row.pk)

    def made(self, key: Key, wanted: Wanted) -> Record:
        """Return a new record that is not stored yet."""
        raise NotImplementedError


class Customers(Book):
    """The buyers."""

    model = Party
    counted = "customers"

    def __init__(self, intake: Intake, owner: int | None, department: int | None) -> None:
        super().__init__(intake)
        self.owner, self.department = owner, department

    def shown(self, row: Any) -> Known:
        return Known(row.pk, row.owner_id, row.department_id)

    def made(self, key: Key, wanted: Wanted) -> Record:
        values = dict(wanted.values)
        name = values.pop("name", "") or _("Customer %(code)s") % {"code": key[1]}
        return Party(
            name=name[:200],
            owner_id=self.owner,
            department_id=self.department,
            source=Party.Source.IMPORT,
            **values,
        )


class Products(Book):
    """The goods: named as they are named most often, at the last price."""

    model = Product
    counted = "products"

    def __init__(self, intake: Intake, columns: Mapping[str, int], price: Any) -> None:
        super().__init__(intake)
        self.columns, self.read_price = columns, price
        self.scratch: Any = None

    def made(self, key: Key, wanted: Wanted) -> Record:
        by, value = key
        at = self.columns[f"product.{by}"]
        raw = wanted.cells[at]
        name = value
        if by == "code" and (names := self.columns.get("product.name")) is not None:
            name = str(self.scratch.most_frequent(at, raw, names) or value).strip()
        code = value if by == "code" else code_of(value)
        return Product(code=code[:60], name=name[:200] or value, price=self._price(at, raw))

    def _price(self, at: int, raw: Any) -> Decimal | None:
        prices = self.columns.get("line.price")
        if prices is None:
            return None
        try:
            found = self.read_price(self.scratch.last(at, raw, prices))
        except ValidationError:
            return None
        return None if found is None else Decimal(found).quantize(Decimal("0.01"))


def code_of(name: str) -> str:
    """Return a code for a product that has only a name; the same name gives the same code."""
    if len(name) <= 60:
        return name
    return f"{name[:50]}-{sha256(name.encode()).hexdigest()[:8]}"


def first_key(values: Mapping[str, Any], names: Iterable[str]) -> Key | None:
    """Return the best key among the values."""
    return next(((name, str(values[name])) for name in names if values.get(name)), None)
