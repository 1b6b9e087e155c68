"""Writes orders from the lines of a file: one batch of whole orders at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from huike.kernel.access.scope import may
from huike.kernel.actor import Op
from huike.kernel.change.models import Entry
from huike.kernel.change.work import Noted, current_work
from huike.kernel.entity.requiring import missing, requirements
from huike.kernel.exchange.formats.tables import Numbered
from huike.kernel.exchange.importing.finding import Finder
from huike.kernel.exchange.importing.incoming.intake import Intake
from huike.kernel.exchange.importing.linking import Linker
from huike.kernel.exchange.importing.plan import CREATE, UPDATE
from huike.kernel.exchange.importing.recipes import Recipe, Writer
from huike.kernel.exchange.importing.rows import custom_defaults, department_of
from huike.kernel.exchange.importing.storing import Storing
from huike.kernel.kinds.links import Link
from huike.kernel.records import raw
from huike.trade.models import Order, OrderLine
from huike.trade.naming import Customers, Products
from huike.trade.order_drafts import Draft, OrderReader, is_return

LINE = ("order", "position", "product", "text", "quantity", "price", "amount", "cost")
Lines = dict[int, list[tuple[Any, ...]]]  # by order, as they are stored
COLUMNS: list[Any] = [OrderLine._meta.get_field(name) for name in LINE]


class OrderWriter(Writer):
    """Takes whole orders; a line that can't be read is refused alone, the order goes on."""

    batch = 2000

    def __init__(self, recipe: Recipe, intake: Intake) -> None:
        self.intake, self.actor, self.plan = intake, intake.actor, intake.plan
        self.reader = reader = OrderReader(recipe, intake)
        self.fields, self.has_lines = reader.fields, reader.has_lines
        self.linkers = {
            n: Linker(self.actor, self.fields[n])
            for n, _at in reader.header
            if isinstance(self.fields[n].kind, Link)
        }
        self.owner = self.plan.owner or self.actor.user_id
        self.department = department_of(self.owner, intake)
        self.customers = Customers(intake, self.owner, self.department)
        self.products = Products(intake, reader.columns, reader.read.get("line.price"))
        self.finder = Finder(self.actor, Order, ("number",), ("number",))
        self.storing = Storing(self.actor, Order)
        self.may_add = may(self.actor, Order, Op.ADD)
        self.defaults = custom_defaults(self.fields)
        self.rules = requirements(self.actor, recipe.entity, self.fields)

    def looked_up(self) -> list[int]:
        return self.reader.looked_up()

    def take(self, rows: Sequence[Numbered]) -> None:
        self.products.scratch = self.scratch
        self.reader.begin()
        drafts = self.reader.drafts(rows)
        self.intake.count("rows", len(rows))
        self._link(drafts)
        self.customers.prepare(self.reader.parties)
        self.products.prepare(self.reader.products)
        self.finder.prepare([{"number": draft.number} for draft in drafts])
        for draft in drafts:
            self._judge(draft)
        before = self._foresee(drafts)
        if not self.intake.dry:
            self._store([draft for draft in drafts if not draft.wrong], before)
        for draft in drafts:
            self._tell(draft)

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
        if draft.row is not None and draft.outcome != "skipped":
            wrong = missing(self.rules, draft.row, draft.values)
            draft.wrong = " ".join(
                f"{self.fields[n].label}: {' '.join(w)}" for n, w in wrong.items()
            )

    def _drop_lines(self, draft: Draft) -> None:
        kept = []
        for item in draft.items:
            known = self.products.known[item.product] if item.product else None
            if known is not None and known.why:
                self.intake.reject(item.number, item.cells, known.why)
                self.reader.uncounted(item.cells)
            else:
                kept.append(item)
        draft.items = kept

    def _new(self, draft: Draft) -> Order:
        order = Order(owner_id=self.owner, department_id=self.department)
        order.extra = dict(self.defaults)
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
        elif draft.party:  # a rehearsal makes no customer, yet the order would get another
            draft.differs = True
        if order.kind == Order.Kind.RETURN:
            self._negate(draft)
        if draft.outcome == "created" or self.has_lines:
            order.total, order.lines_count = draft.amount, len(draft.items)

    def _negate(self, draft: Draft) -> None:
        """A return has negative lines, however the file writes them."""
        if "kind" in draft.values and draft.amount > 0:
            for item in draft.items:
                item.quantity, item.amount = -item.quantity, -item.amount

    def _foresee(self, drafts: Sequence[Draft]) -> Lines:
        """Note which known orders get other lines, also in a rehearsal; return those they have."""
        if not self.has_lines:
            return {}
        known = [d for d in drafts if d.outcome in {"known", "restored"} and not d.wrong]
        before = self._stored_lines([d.row.pk for d in known if d.row])
        for draft in known:
            assert draft.row is not None
            draft.replaces = before.get(draft.row.pk, []) != self._lines(draft)
        return before

    def _store(self, drafts: Sequence[Draft], before: Lines) -> None:
        writing = [d for d in drafts if d.outcome != "skipped" and d.row is not None]
        refused = self.storing.store([d.row for d in writing if d.row])
        for draft in writing:
            draft.wrong = refused.get(id(draft.row), "")
        self._replace([d for d in writing if d.replaces and not d.wrong], before)
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

    def _stored_lines(self, orders: Sequence[int]) -> Lines:
        found: Lines = {}
        for at in range(0, len(orders), 900):
            rows = OrderLine.objects.filter(order__in=orders[at : at + 900]).order_by("position")
            for line in rows:
                figures = (str(line.quantity), str(line.price), str(line.amount))
                values = (line.position, line.product_id, line.text, *figures, None)
                found.setdefault(line.order_id, []).append(values)
        return found

    def _replace(self, drafts: Sequence[Draft], before: Lines) -> None:
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
                self.reader.uncounted(item.cells)
            return
        if not draft.items or draft.row is None:
            return
        outcome = draft.outcome
        if outcome == "known":
            changed = draft.replaces or draft.differs or self.storing.changed(draft.row)
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
