"""A custom field of each kind shows on every surface, and can be filtered by."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from huike.kernel.entity.custom import CustomField
from huike.kernel.entity.entity import Entity
from huike.kernel.entity.writing import write
from huike.kernel.files import keep
from tests.cast import SYSTEM, Cast, Make, written
from tests.contract.people import browser, words_of

every_entity = pytest.mark.parametrize("entity", written(), ids=lambda e: e.key)
KINDS: dict[str, tuple[dict[str, Any], Any, str, list[Any]]] = {
    # kind: (settings, given, text shown, filter)
    "text": ({}, "粤B12345", "粤B12345", ["contains", "B123"]),
    "number": ({}, "1,234.5", "1,234.5", ["gt", "1000"]),
    "money": ({}, "¥88", "88.00", ["between", [80, 90]]),
    "date": ({}, "2026年1月2日", "2026-01-02", ["is", "2026-01-02"]),
    "choice": ({"choices": ["红", "蓝"]}, "红", "红", ["in", ["红"]]),
    "choices": ({"choices": ["黄", "绿"]}, "绿", "绿", ["contains", "绿"]),
    "yes_no": ({}, "是", "Yes", ["yes"]),
    "link": ({"target": "staff.Department"}, "north 1", "north 1", ["filled"]),
    "file": ({}, None, "plan.txt", ["filled"]),
}


@every_entity
def test_custom_fields_show_everywhere(entity: Entity, cast: Cast, make: Make) -> None:
    for kind, (settings, *_rest) in KINDS.items():
        CustomField.objects.create(
            record=entity.model.label(), name=f"x_{kind}", label=f"My {kind}", kind=kind, **settings
        )
    stored = keep(SYSTEM, SimpleUploadedFile("plan.txt", b"hello"))
    row, other = make(entity.model, cast.mona), make(entity.model, cast.mona)
    given = {f"extra.x_{kind}": v[1] if v[1] else stored.pk for kind, v in KINDS.items()}
    write(cast.actor("root"), entity, row, given)
    client, one = browser(cast, "mona"), f"/{entity.key}/{row.pk}/"
    columns = ",".join(given)
    shown = (f"/{entity.key}/?columns={columns}", one, f"{one}history/")
    shown += tuple(f"/{entity.key}/export/?kind={k}&columns={columns}" for k in ("csv", "xlsx"))
    wrong = []
    for address in shown:
        said = words_of(client.get(address))
        for kind, (_settings, _given, text, _filter) in KINDS.items():
            known = {text, text.replace(",", ""), text.rstrip("0").rstrip(".")}
            if not any(word in said for word in known) or f"My {kind}" not in said:
                wrong.append(f"{address[:40]}: {kind}")
    form = words_of(client.get(f"{one}edit/"))
    wrong += [f"form: {name}" for name in given if f'name="seen.{name}"' not in form]
    for kind, (_settings, _given, _text, condition) in KINDS.items():
        leaf = quote(json.dumps([f"extra.x_{kind}", *condition]))
        said = words_of(client.get(f"/{entity.key}/rows/?filter={leaf}"))
        if one not in said or f"/{entity.key}/{other.pk}/" in said:
            wrong.append(f"filter: {kind}")
    assert not wrong
