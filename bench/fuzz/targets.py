"""The doors that take what strangers send; each answers, refuses in words, or is found out."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from huike.api.access.throttling import PerCaller
from huike.api.access.tokens import issue_token
from huike.customers.models import Party
from huike.kernel import organisations
from huike.kernel.access.scope import visible
from huike.kernel.actor import Actor
from huike.kernel.change.work import change
from huike.kernel.entity.custom import CustomField
from huike.kernel.entity.entity import entity_of
from huike.kernel.exchange.dates import parse_moment
from huike.kernel.exchange.formats.reading import open_table
from huike.kernel.exchange.matching import column_key
from huike.kernel.exchange.messages import BadValue, UnreadableFile
from huike.kernel.exchange.numbers import parse_number
from huike.kernel.exchange.profiles import profile_columns
from huike.kernel.exchange.values import parse_boolean, parse_email, parse_phone, parse_text
from huike.kernel.files import keep, root
from huike.kernel.formulas.computed import RESULTS, check_formula, field_of
from huike.kernel.formulas.field import work_out
from huike.kernel.lists.filters import condition, parse_filter
from huike.kernel.search.find import find
from huike.staff.models import User
from huike.staff.rights.acting import actor_of

SYSTEM = Actor.system("fuzz")
PARTY = entity_of(Party)
FIRM = organisations.FIRST
Door = Callable[[bytes], None]


class Wrong(AssertionError):
    """The door neither answered nor refused as it promises."""


def text_of(data: bytes) -> str:
    """Read what was made up as text, as Django reads addresses and forms."""
    return data.decode(errors="replace")


def file(data: bytes) -> None:
    """A file to import: a table with named columns, or refused in words."""
    with tempfile.NamedTemporaryFile() as held:
        held.write(data)
        held.flush()
        try:
            with open_table(Path(held.name)) as table:
                rows = [row for _, row in table.rows()]
                profile_columns(table.columns, rows)
                for column in table.columns:
                    column_key(column)
        except UnreadableFile as error:
            if not error.message.text().strip():
                raise Wrong("refused without a word") from error


def value(data: bytes) -> None:
    """One cell of an imported file."""
    readers: tuple[Callable[[Any], Any], ...] = (
        parse_number, parse_moment, parse_boolean, parse_email, parse_phone, parse_text,
    )  # fmt: skip
    for reader in readers:
        try:
            reader(text_of(data))
        except BadValue as error:
            if not error.message.text().strip():
                raise Wrong("refused without a word") from error


def filter_(data: bytes) -> None:
    """A list's filter as it stands in an address, asked of the database."""
    with organisations.working_for(FIRM), transaction.atomic():
        actor = actor_of(_manager())
        try:
            asked = condition(actor, PARTY, parse_filter(text_of(data)))
        except ValidationError:
            return
        list(visible(actor, Party).filter(asked).values_list("pk")[:5])


def formula(data: bytes) -> None:
    """A formula of a custom field, worked out over rows and sorted by."""
    with organisations.working_for(FIRM), transaction.atomic():
        text = text_of(data)
        for result in RESULTS:
            given = {"kind": "computed", "formula": text, "result": result}
            custom = CustomField(record=Party.label(), name="f", label="f", **given)
            try:
                check_formula(SYSTEM, custom)
                worked = field_of(SYSTEM, PARTY, custom, PARTY.fields(SYSTEM))
            except ValidationError:
                continue
            rows = list(Party.objects.order_by("pk")[:20])
            work_out([worked], rows)
            return


def search(data: bytes) -> None:
    """What is typed into the search."""
    with organisations.working_for(FIRM):
        find(SYSTEM, text_of(data))


def api(data: bytes) -> None:
    """Method, address and body of a call, parted by lines; taken back afterwards."""
    method, _, rest = data.partition(b"\n")
    address, _, body = rest.partition(b"\n")
    verb = {b"G": "GET", b"P": "PATCH", b"D": "DELETE", b"U": "PUT"}.get(method[:1], "POST")
    caller = _caller()
    with organisations.working_for(FIRM), transaction.atomic():
        path = "/api/v1/" + address.decode("latin-1").lstrip("/")
        answer = caller.generic(verb, path, body, content_type="application/json")
        _looked_at(answer, path)
        transaction.set_rollback(True)


def page(data: bytes) -> None:
    """A page's address and, behind a line's end, a form sent to it; taken back afterwards."""
    address, sent, form = data.partition(b"\n")
    person = _person()
    with organisations.working_for(FIRM), transaction.atomic():
        path = "/" + address.decode("latin-1").lstrip("/")
        kind = "application/x-www-form-urlencoded"
        verb = "POST" if sent else "GET"
        _looked_at(person.generic(verb, path, form, content_type=kind), path)
        transaction.set_rollback(True)


def attachment(data: bytes) -> None:
    """Name and bytes of an attached file: kept below its folder, and handed out as it came."""
    name, _, content = data.partition(b"\n")
    person = _person()
    with organisations.working_for(FIRM), transaction.atomic():
        upload = SimpleUploadedFile("x", content)
        upload._name = text_of(name)  # type: ignore[attr-defined]  # as a browser may send it
        try:
            with change(SYSTEM, "fuzz.keep"):
                stored = keep(SYSTEM, upload)
        except ValidationError:
            return
        place = (root() / stored.path).resolve()
        try:
            if root().resolve() not in place.parents or place.read_bytes() != content:
                raise Wrong(f"{stored.path} does not hold what was sent")
            answer = person.get(f"/files/{stored.pk}/")
            _looked_at(answer, stored.name)
        finally:
            place.unlink()
            transaction.set_rollback(True)


def _looked_at(answer: Any, path: str) -> None:
    if answer.status_code >= 500:
        raise Wrong(f"{answer.status_code} for {path!r}: {answer.content[:300]!r}")
    for piece in answer.streaming_content if answer.streaming else ():
        len(piece)


@cache
def _manager() -> User:
    return User.objects.get(username="manager1")


@cache
def _person() -> Client:
    client = Client()
    client.force_login(_manager())
    return client


@cache
def _caller() -> Client:
    PerCaller.rate = "1000000/s"
    _token, secret = issue_token(actor_of(_manager()), _manager(), "fuzz", ["*:write"])
    return Client(headers={"Authorization": f"Bearer {secret}"})


DOORS: dict[str, Door] = {
    "file": file,
    "value": value,
    "filter": filter_,
    "formula": formula,
    "search": search,
    "api": api,
    "page": page,
    "attachment": attachment,
}
