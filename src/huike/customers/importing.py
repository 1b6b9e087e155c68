"""Customers from a file: persons and organisations, and the people who act for an organisation."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huike.customers.duplicates.doubling import doubles
from huike.customers.models import Party, Tie
from huike.kernel.access.scope import may
from huike.kernel.actor import Actor, Op
from huike.kernel.entity.field import Field
from huike.kernel.exchange.importing.incoming.intake import Intake
from huike.kernel.exchange.importing.recipes import EntityRecipe, Writer, register
from huike.kernel.exchange.importing.rows import Line, RowWriter
from huike.kernel.exchange.importing.storing import Storing
from huike.kernel.exchange.importing.targets import Filled, filled_by
from huike.kernel.kinds.words import Text
from huike.kernel.records.record import Record

CONTACT = "contact."
CONTACT_FIELDS = ("name", "phone", "telephone", "email", "sex", "wechat")
CONTACT_WORDS = {
    "name": ("联系人", "联系人姓名", "contact", "contact name", "contact person"),
    "phone": ("联系人手机", "联系人电话", "contact phone", "contact mobile"),
    "telephone": ("联系人座机",),
    "email": ("联系人邮箱", "contact email", "contact mail"),
    "sex": ("联系人性别",),
    "wechat": ("联系人微信",),
}
# Parts that files keep apart and we keep together, in the order in which they are read.
NAME_PARTS = ("surname", "given_name")
ADDRESS_PARTS = ("street_number", "address_2")
PARTS = {
    "surname": (
        gettext_lazy("surname"),
        ("姓", "姓氏", "surname", "last name", "lastname", "family name"),
    ),
    "given_name": (
        gettext_lazy("given name"),
        ("名", "名字", "given name", "given_name", "first name", "firstname", "forename"),
    ),
    "street_number": (
        gettext_lazy("street number"),
        ("门牌号", "street number", "street_number", "house number"),
    ),
    "address_2": (
        gettext_lazy("address, second line"),
        ("地址2", "address 2", "address_2", "address line 2"),
    ),
    "contact.position": (
        gettext_lazy("contact: position"),
        ("联系人职务", "联系人职位", "contact position", "contact title"),
    ),
}
FIRM = re.compile(
    r"(公司|集团|厂|店|中心|学校|医院|银行|协会|事务所|研究所|工作室|合作社|政府|局|大学)$"
    r"|\b(ltd|limited|inc|llc|plc|gmbh|corp|corporation|company|co)\.?$",
    re.IGNORECASE,
)
CHINESE = re.compile(r"[\u3400-\u9fff]")


class CustomerRecipe(EntityRecipe):
    """A row is a person, or an organisation with perhaps a contact."""

    key = "customers"

    def __init__(self) -> None:
        super().__init__(Party)

    def offered(self, actor: Actor) -> list[Filled]:
        found = filled_by(actor, self.entity)
        given = [name for name in self.entity.synonyms["name"] if name not in PARTS]
        found = [_with_synonyms(f, given) if f.name == "name" else f for f in found]
        found += [_part(name) for name in PARTS if not name.startswith(CONTACT)]
        if may(actor, Tie, Op.ADD) and may(actor, Party, Op.ADD):
            group = str(gettext_lazy("Contact"))
            found += [
                _contact(f, group)
                for f in filled_by(actor, self.entity, only=CONTACT_FIELDS, group=group)
            ]
            found.append(_part("contact.position", group))
        return found

    def missing(self, actor: Actor, filled: object) -> list[Filled]:
        missing = super().missing(actor, filled)  # type: ignore[arg-type]
        parts = any(name in filled for name in NAME_PARTS)  # type: ignore[operator]
        return [f for f in missing if not (f.name == "name" and parts)]

    def writer(self, intake: Intake) -> Writer:
        return CustomerWriter(self, intake)


def _with_synonyms(filled: Filled, synonyms: Sequence[str]) -> Filled:
    names = (*synonyms, *(s for s in filled.synonyms if s not in PARTS))
    return Filled(filled.name, filled.label, filled.field, names, filled.required, filled.group)


def _part(name: str, group: str = "") -> Filled:
    label, synonyms = PARTS[name]
    return Filled(name, str(label), Field(name, str(label), Text(200)), synonyms, group=group)


def _contact(filled: Filled, group: str) -> Filled:
    label = _("contact: %(field)s") % {"field": filled.label}
    name = filled.name
    return Filled(CONTACT + name, label, filled.field, CONTACT_WORDS[name], group=group)


class CustomerWriter(RowWriter):
    """Puts names and addresses together, tells firms from people, and adds contacts."""

    def __init__(self, recipe: CustomerRecipe, intake: Intake) -> None:
        super().__init__(recipe, intake)
        given = {name for _at, name, _label, _read in self.columns}
        self.has_kind = "kind" in given
        self.has_source = "source" in self.fields and self.fields["source"].is_writable
        self.people = Storing(self.actor, Party)
        self.ties = Storing(self.actor, Tie)

    def fold(self, line: Line) -> None:
        values = line.values
        if parts := [values.pop(name) for name in NAME_PARTS if name in values]:
            values.setdefault("name", joined_name(parts))
        if more := [values.pop(name) for name in ADDRESS_PARTS if name in values]:
            middle = values.get("address")
            pieces = [*more[:1], middle, *more[1:]] if len(more) > 1 else [middle, *more]
            values["address"] = " ".join(str(p) for p in pieces if p)[:300]

    def new_row(self, line: Line) -> Record:
        row = super().new_row(line)
        assert isinstance(row, Party)
        if not self.has_kind and is_firm(line):
            row.kind = Party.Kind.ORGANISATION
        if self.has_source:
            row.source = Party.Source.IMPORT
        return row

    def tell(self, lines: Sequence[Line]) -> None:
        """Count; a rehearsal also tells which new rows may be customers that are there already."""
        super().tell(lines)
        if self.intake.dry:
            new = [line for line in lines if line.is_new and not line.wrong]
            known = doubles(self.actor, [line.row for line in new if isinstance(line.row, Party)])
            for line in new:
                if words := known.get(id(line.row)):
                    self.intake.doubt(line.number, line.cells, words)

    def follow(self, lines: Sequence[Line]) -> None:
        """Add the contacts of organisations that they do not have yet."""
        holding = [line for line in lines if CONTACT + "name" in line.values and line.row]
        if not holding:
            return
        known = self._known_contacts({line.row.pk for line in holding if line.row})
        new: list[tuple[Party, Line]] = []
        for line in holding:
            assert isinstance(line.row, Party)
            key = (line.row.pk, line.values[CONTACT + "name"])
            if key not in known:
                known.add(key)
                new.append((self._person(line, line.row), line))
        refused = self.people.store([person for person, _line in new])
        ties = [(self._tie(p, line), line) for p, line in new if id(p) not in refused]
        refused |= self.ties.store([tie for tie, _line in ties])
        self.intake.count("contacts", len(ties))
        for row, line in [*new, *ties]:
            if why := refused.get(id(row)):
                line.wrong.append(_("The contact was not added: %(why)s") % {"why": why})

    def _known_contacts(self, firms: set[int]) -> set[tuple[int, str]]:
        ties = Tie.objects.filter(other__in=firms, kind=Tie.Kind.WORKS_AT, party__binned_at=None)
        return set(ties.values_list("other_id", "party__name"))

    def _person(self, line: Line, firm: Party) -> Party:
        person = Party(
            kind=Party.Kind.PERSON,
            is_customer=False,
            owner_id=firm.owner_id,
            department_id=firm.department_id,
            source=Party.Source.IMPORT if self.has_source else "",
        )
        for name in CONTACT_FIELDS:
            if (value := line.values.get(CONTACT + name)) is not None:
                setattr(person, name, value)
        return person

    def _tie(self, person: Party, line: Line) -> Tie:
        assert line.row is not None
        position = line.values.get("contact.position", "")[:100]
        return Tie(party_id=person.pk, other_id=line.row.pk, position=position)


def joined_name(parts: Sequence[str]) -> str:
    """Return a name from surname and given name: Chinese without a blank, others given first."""
    if CHINESE.search("".join(parts)):
        return "".join(parts)[:200]
    return " ".join(reversed(parts))[:200]


def is_firm(line: Line) -> bool:
    """Tell whether a row is an organisation: it has a contact, or a firm's name."""
    name = str(line.values.get("name", ""))
    return CONTACT + "name" in line.values or bool(FIRM.search(name))


register(CustomerRecipe())
