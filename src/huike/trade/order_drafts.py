"""Reads the lines of an order file: order, customer, product, figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from itertools import groupby
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from huike.kernel.exchange.formats.tables import Numbered
from huike.kernel.exchange.importing.incoming.intake import Intake
from huike.kernel.exchange.importing.readers import reader_of
from huike.kernel.exchange.importing.recipes import Recipe
from huike.kernel.exchange.values import is_nothing, parse_text
from huike.trade.models import Order
from huike.trade.naming import Key, Wanted, first_key

Figures = tuple[Decimal, Decimal, Decimal]  # quantity, price, amount
KEPT = 20_000
CENT = Decimal("0.01")
FOUR = Decimal("0.0001")
ONE = Decimal("1.000")
LIMITS = (Decimal(10) ** 11, Decimal(10) ** 10, Decimal(10) ** 12)  # quantity, price, amount
PARTY_KEYS = ("code", "phone", "email", "name")
PRODUCT_KEYS = ("code", "name")


@dataclass
class Item:
    """One line of an order on its way."""

    number: int
    cells: Sequence[Any]
    product: Key | None
    text: str
    quantity: Decimal
    price: Decimal
    amount: Decimal


@dataclass
class Draft:
    """One order on its way."""

    number: str
    values: dict[str, Any] = field(default_factory=dict)
    party: Key | None = None
    items: list[Item] = field(default_factory=list)
    wrong: str = ""
    row: Order | None = None
    outcome: str = ""
    replaces: bool = False  # its lines take the place of others
    differs: bool = False  # of a rehearsal: what it would point at is not there yet

    @property
    def amount(self) -> Decimal:
        return sum((item.amount for item in self.items), Decimal(0))


class OrderReader:
    """Turns rows into drafts of orders; a line that can't be read is refused alone."""

    def __init__(self, recipe: Recipe, intake: Intake) -> None:
        self.intake, self.actor, self.plan = intake, intake.actor, intake.plan
        self.columns = intake.plan.targets
        offered = {f.name: f for f in recipe.offered(self.actor)}
        self.labels = {name: f.label for name, f in offered.items()}
        self.read = {
            name: reader_of(offered[name].field, offered[name].kind, self.plan.columns[at].style)
            for name, at in self.columns.items()
            if name in offered
        }
        self.fields = recipe.entity.fields(self.actor)
        known = [(n, at) for n, at in self.columns.items() if n in self.read]
        self.header = [(n, at) for n, at in known if n in self.fields]
        self.party = [(n[6:], at) for n, at in known if n.startswith("party.")]
        self.goods = [(n, at) for n, at in known if n.startswith("product.")]
        self.figures = [(n, at) for n, at in known if n.startswith("line.")]
        self.has_lines = bool(self.goods or self.figures)
        # lines repeat each other's customers, products and prices
        self._buyer = lru_cache(KEPT, typed=True)(self._read_buyer)
        self._goods = lru_cache(KEPT, typed=True)(self._read_goods)
        self._figures = lru_cache(KEPT, typed=True)(self._read_figures)
        self.begin()

    def begin(self) -> None:
        """Forget which customers and products the batch before has named."""
        self.parties: dict[Key, Wanted] = {}
        self.products: dict[Key, Wanted] = {}

    def looked_up(self) -> list[int]:
        """Return the column by which the products of the file are looked up."""
        return [at for n, at in self.goods if n == "product.code"]

    def drafts(self, rows: Sequence[Numbered]) -> list[Draft]:
        """Read a batch of whole orders."""
        return [self.draft(number, lines) for number, lines in self.orders(rows)]

    def orders(self, rows: Sequence[Numbered]) -> Iterator[tuple[str, list[Numbered]]]:
        """Part the rows by order number; a row without one is refused, or an order of its own."""
        at = self.columns.get("number")
        if at is None:
            for line, cells in rows:
                yield f"IM{self.intake.run_id}-{line:06d}", [(line, cells)]
            return
        for key, found in groupby(rows, lambda row: str(row[1][at] or "").strip()):
            lines = list(found)
            if key:
                yield key, lines
                continue
            for line, cells in lines:
                self.intake.reject(line, cells, _("The order number is missing."))

    def draft(self, key: str, lines: Sequence[Numbered]) -> Draft:
        draft = Draft(key)
        first = lines[0][1]
        wrong = []
        for name, at in self.header:
            try:
                value = self.read[name](first[at])
            except ValidationError as error:
                wrong.append(f"{self.labels[name]}: {' '.join(error.messages)}")
                continue
            if value is not None:
                draft.values[name] = value
        draft.number = draft.values.setdefault("number", key)
        if "on" in self.columns and "on" not in draft.values and not wrong:
            wrong.append(_("“%(field)s” is missing.") % {"field": self.labels["on"]})
        draft.wrong = "; ".join(wrong)
        for line, cells in lines:
            self._add(draft, line, cells)
        return draft

    def _add(self, draft: Draft, line: int, cells: Sequence[Any]) -> None:
        """Read one line of the file into its order."""
        try:
            if len(cells) > len(self.plan.columns):
                text = _("There are more cells than columns; is a separator in a value?")
                raise ValidationError(text)
            party = self._party(cells)
            if party is not None and draft.party not in (None, party):
                text = _("An earlier line of order %(number)s has another customer.")
                raise ValidationError(text % {"number": draft.number})
            item = self._item(line, cells)
        except ValidationError as error:
            self.intake.reject(line, cells, error.messages)
            self.uncounted(cells)
            return
        draft.party = draft.party or party
        draft.items.append(item)

    def _party(self, cells: Sequence[Any]) -> Key | None:
        if not self.party:
            return None
        key, values = self._buyer(tuple([cells[at] for _name, at in self.party]))
        if key is not None and key not in self.parties:
            self.parties[key] = Wanted(values, cells)
        return key

    def _read_buyer(self, cells: tuple[Any, ...]) -> tuple[Key | None, dict[str, Any]]:
        values = {
            name: self._value("party." + name, cell)
            for (name, _at), cell in zip(self.party, cells, strict=True)
            if not is_nothing(cell)
        }
        return first_key(values, PARTY_KEYS), values

    def _item(self, line: int, cells: Sequence[Any]) -> Item:
        product, text = self._goods(*[cells[at] for _name, at in self.goods])
        if product is not None and product not in self.products:
            self.products[product] = Wanted(cells=cells)
        figures = self._figures(*[cells[at] for _name, at in self.figures])
        return Item(line, cells, product, text, *figures)

    def _read_goods(self, *cells: Any) -> tuple[Key | None, str]:
        """Return which product a line means, and what the line says of it."""
        given = {name: cell for (name, _at), cell in zip(self.goods, cells, strict=True)}
        text = ""
        if not is_nothing(said := given.get("product.name")):
            text = parse_text(said).replace("\0", "")[:300]
        for by in PRODUCT_KEYS:
            name = "product." + by
            if name in given and (value := self._value(name, given[name])):
                return (by, value), text
        return None, text

    def _read_figures(self, *cells: Any) -> Figures:
        """Return quantity, price and amount, as far as possible one from the others."""
        given = {
            name: self._value(name, cell)
            for (name, _at), cell in zip(self.figures, cells, strict=True)
        }
        quantity, price, amount = (given.get(f"line.{n}") for n in ("quantity", "price", "amount"))
        if quantity is None:
            quantity = ONE
        if amount is None:
            amount = ((price or Decimal(0)) * quantity).quantize(CENT, ROUND_HALF_UP)
        elif price is None:
            price = (amount / quantity).quantize(FOUR) if quantity else amount
        figures = (quantity, price or Decimal(0), amount)
        if any(abs(x) >= most for x, most in zip(figures, LIMITS, strict=True)):
            raise ValidationError(_("The quantity, price or amount is too large."))
        return figures

    def _value(self, name: str, cell: Any) -> Any:
        try:
            return self.read[name](cell)
        except ValidationError as error:
            text = f"{self.labels[name]}: {' '.join(error.messages)}"
            raise ValidationError(text) from None

    def uncounted(self, cells: Sequence[Any]) -> None:
        """Add up what is refused, as far as it can be read, so that sums can be compared."""
        try:
            figures = self._figures(*[cells[at] for _name, at in self.figures])
            self.intake.totals.add("amount_rejected", figures[2])
        except ValidationError:
            self.intake.count("amount_unknown")


def is_return(draft: Draft) -> bool:
    """Tell whether an order without a kind is a return: all of its quantities are negative."""
    return all(item.quantity < 0 for item in draft.items)
