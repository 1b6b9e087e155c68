"""Writes orders from the lines of a file: one batch of whole orders at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from itertools import groupby
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from huike.kernel.access.scope import may
from huike.kernel.actor import Op
from huike.kernel.change.models import Entry
from huike.kernel.change.work import Noted, current_work
from huike.kernel.exchange.importing.finding import Finder
from huike.kernel.exchange.importing.intake import Intake
from huike.kernel.exchange.importing.linking import Linker
from huike.kernel.exchange.importing.plan import CREATE, UPDATE
from huike.kernel.exchange.importing.readers import reader_of
from huike.kernel.exchange.importing.recipes import Recipe, Writer
from huike.kernel.exchange.importing.rows import department_of
from huike.kernel.exchange.importing.storing import Storing
from huike.kernel.exchange.tables import Numbered
from huike.kernel.exchange.values import is_nothing, parse_text
from huike.kernel.kinds.links import Link
from huike.kernel.records import raw
from huike.trade.models import Order, OrderLine
from huike.trade.naming import Customers, Key, Products, Wanted, first_key

Figures = tuple[Decimal, Decimal, Decimal]  # quantity, price, amount
KEPT = 20_000
CENT = Decimal("0.01")
FOUR = Decimal("0.0001")
ONE = Decimal("1.000")
LIMITS = (Decimal(10) ** 11, Decimal(10) ** 10, Decimal(10) ** 12)  # quantity, price, amount
PARTY_KEYS = ("code", "phone", "email", "name")
PRODUCT_KEYS = ("code", "name")
LINE = ("order", "position", "product", "text", "quantity", "price", "amount", "cost")
COLUMNS: list[Any] = [OrderLine._meta.get_field(name) for name in LINE]


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

    @property
    def amount(self) -> Decimal:
        return sum((item.amount for item in self.items), Decimal(0))


class OrderWriter(Writer):
    """Takes whole orders; a line that can't be read is refused alone, the order goes on."""

    batch = 2000

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
        self.header = [(n, at) for n, at in self.columns.items() if n in self.fields]
        known = [(n, at) for n, at in self.columns.items() if n in self.read]
        self.party = [(n[6:], at) for n, at in known if n.startswith("party.")]
        self.goods = [(n, at) for n, at in known if n.startswith("product.")]
        self.figures = [(n, at) for n, at in known if n.startswith("line.")]
        self.has_lines = bool(self.goods or self.figures)
        # lines repeat each other's customers, products and prices
        self._buyer = lru_cache(KEPT, typed=True)(self._read_buyer)
        self._goods = lru_cache(KEPT, typed=True)(self._read_goods)
        self._figures = lru_cache(KEPT, typed=True)(self._read_figures)
        self.linkers = {
            n: Linker(self.actor, self.fields[n])
            for n, _at in self.header
            if isinstance(self.fields[n].kind, Link)
        }
        self.owner = self.plan.owner or self.actor.user_id
        self.department = department_of(self.owner, intake)
        self.customers = Customers(intake, self.owner, self.department)
        self.products = Products(intake, self.columns, self.read.get("line.price"))
        self.finder = Finder(self.actor, Order, ("number",), ("number",))
        self.storing = Storing(self.actor, Order)
        self.may_add = may(self.actor, Order, Op.ADD)

    def looked_up(self) -> list[int]:
        return [at for n, at in self.columns.items() if n in {"product.code", "product.name"}][:1]

    def take(self, rows: Sequence[Numbered]) -> None:
        self.products.scratch = self.scratch
        self.wanted: tuple[dict[Key, Wanted], dict[Key, Wanted]] = ({}, {})
        drafts = [self.draft(number, lines) for number, lines in self.orders(rows)]
        self.intake.count("rows", len(rows))
        self._link(drafts)
        self.customers.prepare(self.wanted[0])
        self.products.prepare(self.wanted[1])
        self.finder.prepare([{"number": draft.number} for draft in drafts])
        for draft in drafts:
            self._judge(draft)
        if not self.intake.dry:
            self._store([draft for draft in drafts if not draft.wrong])
        for draft in drafts:
            self._tell(draft)

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
            self._uncounted(cells)
            return
        draft.party = draft.party or party
        draft.items.append(item)

    def _party(self, cells: Sequence[Any]) -> Key | None:
        if not self.party:
            return None
        key, values = self._buyer(tuple([cells[at] for _name, at in self.party]))
        if key is not None and key not in self.wanted[0]:
            self.wanted[0][key] = Wanted(values, cells)
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
        if product is not None and product not in self.wanted[1]:
            self.wanted[1][product] = Wanted(cells=cells)
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

    def _uncounted(self, cells: Sequence[Any]) -> None:
        """Add up what is refused, as far as it can be read, so that sums can be compared."""
        try:
            figures = self._figures(*[cells[at] for _name, at in self.figures])
            self.intake.totals.add("amount_rejected", figures[2])
        except ValidationError:
            self.intake.count("amount_unknown")

    def _link(self, drafts: Sequence[Draft]) -> None:
        for name, linker in self.linkers.items():
            holding = [draft for draft in drafts if name in draft.values]
            linker.prepare({draft.values[name] for draft in holding})
            for draft in holding:
                try:
                    draft.values[name] = linker.key(draft.values[name])
                except ValidationError as error:
                    draft.wrong = draft.wrong or " ".join(error.messages)

    def _judge(self, draft: Draft) -> None:
        """Decide whether an order is new, changed or can't be taken."""
        self._drop_lines(draft)
        if draft.wrong or not draft.items:
            return
        buyer = self.customers.known.get(draft.party) if draft.party else None
        found, why = self.finder.find({"number": draft.number})
        draft.wrong = why or (buyer.why if buyer else "")
        if draft.wrong:
            return
        if found is not None:
            self._known(draft, found)
        elif self.plan.mode == UPDATE:
            draft.wrong = _("There is no record to update with this key.")
        elif not self.may_add:
            draft.wrong = _("You may not add records of this kind.")
        else:
            draft.outcome = "created"
            draft.row = self._new(draft)

    def _drop_lines(self, draft: Draft) -> None:
        kept = []
        for item in draft.items:
            known = self.products.known[item.product] if item.product else None
            if known is not None and known.why:
                self.intake.reject(item.number, item.cells, known.why)
                self._uncounted(item.cells)
            else:
                kept.append(item)
        draft.items = kept

    def _new(self, draft: Draft) -> Order:
        order = Order(owner_id=self.owner, department_id=self.department)
        buyer = self.customers.known[draft.party] if draft.party else None
        if buyer is not None and buyer.owner is not None and self.plan.owner is None:
            order.owner_id, order.department_id = buyer.owner, buyer.department
        if "kind" not in draft.values and is_return(draft):
            order.kind = Order.Kind.RETURN
        self._write(draft, order)
        return order

    def _known(self, draft: Draft, found: Any) -> None:
        draft.row = found
        if found._state.adding or (self.plan.mode == CREATE and not found.binned_at):
            draft.outcome = "skipped"
            return
        draft.outcome = "restored" if found.binned_at else "known"
        found.binned_at = None
        self._write(draft, found)

    def _write(self, draft: Draft, order: Order) -> None:
        for name, value in draft.values.items():
            self.fields[name].write(order, value)
        if draft.party and (buyer := self.customers.known[draft.party]).pk:
            order.party_id = buyer.pk
        if order.kind == Order.Kind.RETURN:
            self._negate(draft)
        if draft.outcome == "created" or self.has_lines:
            order.total, order.lines_count = draft.amount, len(draft.items)

    def _negate(self, draft: Draft) -> None:
        """A return has negative lines, however the file writes them."""
        if "kind" in draft.values and draft.amount > 0:
            for item in draft.items:
                item.quantity, item.amount = -item.quantity, -item.amount

    def _store(self, drafts: Sequence[Draft]) -> None:
        known = [d for d in drafts if d.outcome in {"known", "restored"} and self.has_lines]
        before = self._stored_lines([d.row.pk for d in known if d.row])
        for draft in known:
            assert draft.row is not None
            draft.replaces = before.get(draft.row.pk, []) != self._lines(draft)
        writing = [d for d in drafts if d.outcome != "skipped" and d.row is not None]
        refused = self.storing.store([d.row for d in writing if d.row])
        for draft in writing:
            draft.wrong = refused.get(id(draft.row), "")
        self._replace([d for d in known if d.replaces and not d.wrong], before)
        new = [d for d in writing if not d.wrong and (d.outcome == "created" or d.replaces)]
        raw.insert_values(
            OrderLine, COLUMNS, ((d.row.pk, *line) for d in new if d.row for line in self._lines(d))
        )

    def _lines(self, draft: Draft) -> list[tuple[Any, ...]]:
        known = self.products.known
        return [
            (
                position,
                known[item.product].pk if item.product else None,
                item.text,
                str(item.quantity),
                str(item.price),
                str(item.amount),
                None,
            )
            for position, item in enumerate(draft.items, start=1)
        ]

    def _stored_lines(self, orders: Sequence[int]) -> dict[int, list[tuple[Any, ...]]]:
        found: dict[int, list[tuple[Any, ...]]] = {}
        for at in range(0, len(orders), 900):
            rows = OrderLine.objects.filter(order__in=orders[at : at + 900]).order_by("position")
            for line in rows:
                figures = (str(line.quantity), str(line.price), str(line.amount))
                values = (line.position, line.product_id, line.text, *figures, None)
                found.setdefault(line.order_id, []).append(values)
        return found

    def _replace(self, drafts: Sequence[Draft], before: dict[int, list[tuple[Any, ...]]]) -> None:
        """Take out the lines that new ones replace; the journal keeps them for an undo."""
        keys = [d.row.pk for d in drafts if d.row]
        for at in range(0, len(keys), 900):
            OrderLine.objects.filter(order__in=keys[at : at + 900]).delete()
        for draft in drafts:
            assert draft.row is not None
            order = draft.row
            after = [list(line) for line in self._lines(draft)]
            fields = {"lines": [[list(x) for x in before.get(order.pk, [])], after]}
            noted = Noted(order.label(), order.pk, Entry.Kind.EDIT, order.version, fields)
            current_work().note(noted)
        names = ["total", "lines_count"]
        Order.everything.unjournaled_save([d.row for d in drafts if d.row], names)

    def _tell(self, draft: Draft) -> None:
        intake = self.intake
        if draft.wrong:
            for item in draft.items:
                intake.reject(item.number, item.cells, draft.wrong)
                self._uncounted(item.cells)
            return
        if not draft.items or draft.row is None:
            return
        outcome = draft.outcome
        if outcome == "known":
            changed = draft.replaces or self.storing.changed(draft.row)
            outcome = "updated" if changed else "unchanged"
        intake.count(outcome)
        if outcome == "skipped":
            intake.totals.add("amount_skipped", draft.amount)
            intake.count("lines_skipped", len(draft.items))
            return
        intake.count("lines", len(draft.items))
        intake.totals.add("amount", draft.amount)
        if draft.party is None:
            intake.count("customer_less", len(draft.items))
            intake.count("customer_less_orders")
            intake.totals.add("amount_customer_less", draft.amount)


def is_return(draft: Draft) -> bool:
    """Tell whether an order without a kind is a return: all of its quantities are negative."""
    return all(item.quantity < 0 for item in draft.items)
