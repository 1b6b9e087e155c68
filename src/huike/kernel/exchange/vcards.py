"""Write contacts as vCard 3.0 or 4.0 (RFC 2426, RFC 6350) for telephones and mail programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO, Literal

from huike.kernel.exchange.writing import REPORT_EVERY, Progress

Version = Literal["3.0", "4.0"]
PhoneKind = Literal["cell", "work", "home", "fax"]
LINE_BYTES = 75
ESCAPES = str.maketrans({"\\": "\\\\", ",": "\\,", ";": "\\;", "\n": "\\n", "\r": None})


@dataclass(frozen=True, slots=True)
class Address:
    street: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """One person or organisation; only `name` is needed."""

    name: str
    family: str = ""
    given: str = ""
    organisation: str = ""
    title: str = ""
    phones: tuple[tuple[PhoneKind, str], ...] = ()
    emails: tuple[str, ...] = ()
    address: Address | None = None
    birthday: date | None = None
    categories: tuple[str, ...] = ()
    url: str = ""
    note: str = ""
    uid: str = ""


def write_vcards(
    out: BinaryIO,
    cards: Iterable[Card],
    *,
    version: Version = "3.0",
    progress: Progress | None = None,
) -> int:
    count = 0
    for card in cards:
        for line in lines(card, version):
            out.write(folded(line))
        count += 1
        if progress and count % REPORT_EVERY == 0:
            progress(count)
    if progress:
        progress(count)
    return count


def lines(card: Card, version: Version) -> Iterator[str]:
    yield "BEGIN:VCARD"
    yield f"VERSION:{version}"
    yield f"FN:{escaped(card.name)}"
    family, given = card.family, card.given
    if not family and not given and not card.organisation:
        family = card.name
    yield f"N:{escaped(family)};{escaped(given)};;;"
    yield from reached(card, version)
    yield from described(card, version)
    yield "END:VCARD"


def reached(card: Card, version: Version) -> Iterator[str]:
    for kind, number in card.phones:
        names = kind if version == "4.0" else kind.upper()
        yield f"TEL;TYPE={names}:{escaped(number)}"
    for email in card.emails:
        yield f"EMAIL{'' if version == '4.0' else ';TYPE=INTERNET'}:{escaped(email)}"
    if card.address:
        place = card.address
        parts = (place.street, place.city, place.region, place.postcode, place.country)
        yield "ADR;TYPE=work:;;" + ";".join(map(escaped, parts))
    if card.url:
        yield f"URL:{''.join(card.url.split())}"


def described(card: Card, version: Version) -> Iterator[str]:
    if card.organisation:
        yield f"ORG:{escaped(card.organisation)}"
    if card.title:
        yield f"TITLE:{escaped(card.title)}"
    if card.birthday:
        yield f"BDAY:{card.birthday.strftime('%Y%m%d' if version == '4.0' else '%Y-%m-%d')}"
    if card.categories:
        yield f"CATEGORIES:{','.join(map(escaped, card.categories))}"
    if card.note:
        yield f"NOTE:{escaped(card.note)}"
    if card.uid:
        yield f"UID:{escaped(card.uid)}"


def escaped(text: str) -> str:
    """No value can end its line, so none can add a property of its own."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(ESCAPES)
    return "".join(sign for sign in text if sign == "\t" or (sign >= " " and sign != "\x7f"))


def folded(line: str) -> bytes:
    """Lines of at most 75 bytes, continued after a blank, no character cut in two."""
    parts: list[bytes] = []
    part = b""
    for sign in line:
        data = sign.encode("utf-8", "replace")
        if len(part) + len(data) > LINE_BYTES - bool(parts):
            parts.append(part)
            part = b""
        part += data
    parts.append(part)
    return b"\r\n ".join(parts) + b"\r\n"
