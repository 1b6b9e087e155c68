"""Fields that one single record has and no other: a label with a typed value.

They lie together in the record's `extra` under one name, so that history, undo, bin, export, API,
import and rights treat them like any custom field. A text names one a line: "房号 (text): 1203".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huike.kernel.kinds.choices import YesNo
from huike.kernel.kinds.kind import EMPTY, Kind
from huike.kernel.kinds.numbers import Money, Number
from huike.kernel.kinds.times import Day
from huike.kernel.kinds.words import Text

OWN = "extra._own"
MOST = 30
KINDS: Mapping[str, Kind] = {
    "text": Text(500),
    "number": Number(),
    "money": Money(),
    "date": Day(),
    "yes_no": YesNo(),
}
LABELS = {
    "text": gettext_lazy("Text"),
    "number": gettext_lazy("Number"),
    "money": gettext_lazy("Money"),
    "date": gettext_lazy("Date"),
    "yes_no": gettext_lazy("Yes or no"),
}
_LINE = re.compile(r"^(?P<label>[^:：]+?)\s*(?:[(（](?P<kind>\w+)[)）])?\s*[:：]\s*(?P<value>.*)$")


@dataclass(frozen=True)
class OwnFields(Kind):
    """The one-off fields of a record: [{"label", "kind", "value"}]."""

    name: ClassVar[str] = "own"
    operators: ClassVar[tuple[str, ...]] = ("contains", "lacks", "empty", "filled")
    is_sortable: ClassVar[bool] = False
    text_reads_back: ClassVar[bool] = False

    def parse(self, given: Any) -> list[dict[str, Any]]:
        """Read a list as JSON has it, or lines of text; raise ValidationError."""
        if given in EMPTY:
            return []
        told = given if isinstance(given, list) else _of_text(str(given))
        if len(told) > MOST:
            raise ValidationError(_("A record may have at most %s fields of its own.") % MOST)
        found = [one_of(one) for one in told]
        labels = [one["label"].casefold() for one in found]
        if len(set(labels)) < len(labels):
            raise ValidationError(_("Two of these fields have the same label."))
        return found

    def text(self, value: Any) -> str:
        return "；".join(f"{one['label']}：{shown(one)}" for one in value or [])

    def edit(self, value: Any) -> str:
        lines = [
            f"{one['label']} ({one['kind']}): {KINDS[one['kind']].edit(one['value'])}"
            for one in value or []
        ]
        return "\n".join(lines)

    def plain(self, value: Any) -> Any:
        return list(value or [])

    def _compare(self, expression: Any, op: str, value: Any) -> Any:
        return Text()._compare(expression, op, json.dumps(str(value), ensure_ascii=False)[1:-1])

    def _empty(self, expression: Any) -> Any:
        from django.db.models import Q
        from django.db.models.lookups import Exact, IsNull

        return Q(IsNull(expression, True)) | Q(Exact(expression, "[]"))


def one_of(told: Any) -> dict[str, Any]:
    """Return one field, checked: its label, its kind and its value as JSON holds it."""
    if not isinstance(told, Mapping):
        raise ValidationError(_("Give an object."))
    label = re.sub(r"[:：()（）\s]+", " ", str(told.get("label", ""))).strip()[:60]
    kind = str(told.get("kind") or "text")
    if not label:
        raise ValidationError(_("Give the field a label."))
    if kind not in KINDS:
        raise ValidationError(_("Choose the kind of value: %s.") % ", ".join(KINDS))
    value = KINDS[kind].parse(told.get("value", ""))
    if isinstance(value, str):
        value = value.replace("\n", " ")
    plain = KINDS[kind].plain(value)
    return {"label": label, "kind": kind, "value": plain if plain not in EMPTY else None}


def shown(one: Mapping[str, Any]) -> str:
    """Return the value of one field as people read it."""
    return KINDS.get(str(one.get("kind")), KINDS["text"]).text(one.get("value"))


def with_one(held: Sequence[Mapping[str, Any]], given: Any, at: int | None = None) -> list[Any]:
    """Return the fields of a record with one more, or the one at `at` replaced."""
    fresh = one_of(given)
    if at is None:
        return [*held, fresh]
    return [fresh if n == at else dict(one) for n, one in enumerate(held)]


def words_of(value: Any) -> str:
    """Return the texts and labels that a search finds."""
    return " ".join(f"{one['label']} {shown(one)}" for one in value or [])


def _of_text(text: str) -> list[dict[str, Any]]:
    found = []
    for line in filter(None, (part.strip() for part in re.split(r"[\n；]", text))):
        read = _LINE.match(line)
        if read is None:
            raise ValidationError(_("Write each field on a line of its own: label: value."))
        kind = read["kind"] if read["kind"] in KINDS else "text"
        found.append({"label": read["label"], "kind": kind, "value": read["value"]})
    return found
