"""Lists by address: words, filter, sort, fields, pages by keyset, counts and groups on request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from huike.api.problems import wrong_parameter
from huike.api.records.parsing import strict
from huike.api.records.reading import Reader
from huike.kernel.actor import Actor
from huike.kernel.entity.entity import Entity
from huike.kernel.lists.counting import count_of
from huike.kernel.lists.faces.groups import Group, grouped
from huike.kernel.lists.paging import page
from huike.kernel.lists.view import ListView

PARAMETERS = frozenset({"q", "filter", "sort", "fields", "size", "after", "group", "count"})
MOST_WORDS = 100
SIGNED = 16


def list_of(actor: Actor, entity: Entity, params: Mapping[str, str], size: int) -> dict[str, Any]:
    """Return one page of a list, or its groups, as JSON; raise Problem for a wrong parameter."""
    reader = Reader(actor, entity, _names(params.get("fields", "")), with_parts=False)
    view = _view(entity, reader, params, size)
    rows = _said("filter", lambda: view.matching(actor))
    answer: dict[str, Any] = {"rows": [], "next": None}
    if view.group:
        found = _said("group", lambda: grouped(actor, view, rows, reader.known))
        answer["groups"] = [_group(group) for group in found]
    else:
        _said("sort", lambda: view.order(reader.known))
        # first the keys alone: what is sorted is then narrow, whatever the rows hold
        one = page(view, rows.only("pk"), reader.known)
        answer["rows"] = reader.of([row.pk for row in one.rows])
        answer["next"] = _sign(view, one.next) if one.next else None
    if _yes("count", params.get("count", "")):
        answer["count"], answer["count_is_exact"] = count_of(view, rows)
    return answer


def _view(entity: Entity, reader: Reader, params: Mapping[str, str], size: int) -> ListView:
    words = params.get("q", "").strip()
    if len(words) > MOST_WORDS:
        raise wrong_parameter("q", _("At most %s characters.") % MOST_WORDS)
    view = ListView(
        entity=entity,
        words=words,
        filter=strict(params["filter"]) if params.get("filter") else None,
        sort=params.get("sort", ""),
        columns=tuple(f.name for f in reader.fields),
        group=params.get("group", ""),
        size=size,
    )
    after = params.get("after", "")
    return _continued(view, after) if after else view


def _continued(view: ListView, after: str) -> ListView:
    """Return the view from a cursor on, which only we can have made, and for this order."""
    place, _dot, given = after.rpartition(".")
    if not constant_time_compare(given, _signature(view, place)):
        words = _("This cursor is not one that this list gave you. Begin without “after”.")
        raise wrong_parameter("after", words)
    return ListView(**{**view.__dict__, "after": place})


def _sign(view: ListView, place: str) -> str:
    return f"{place}.{_signature(view, place)}"


def _signature(view: ListView, place: str) -> str:
    told = f"{view.entity.key}|{view.sort}|{place}"
    return salted_hmac("huike.api.cursor", told, algorithm="sha256").hexdigest()[:SIGNED]


def _names(text: str) -> list[str]:
    return [name for name in (part.strip() for part in text.split(",")) if name]


def _yes(name: str, text: str) -> bool:
    if text not in {"", "true", "false"}:
        raise wrong_parameter(name, _("Give true or false."))
    return text == "true"


def _said(name: str, ask: Any) -> Any:
    """Ask something of the list; what can't be read is told as a wrong parameter."""
    try:
        return ask()
    except ValidationError as error:
        raise wrong_parameter(name, " ".join(error.messages)) from error


def _group(group: Group) -> dict[str, Any]:
    return {
        "value": group.value,
        "label": group.label,
        "count": group.count,
        "totals": {name: str(total) for name, total in group.totals.items()},
        "filter": group.filter,
    }
