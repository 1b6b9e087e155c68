"""Writes the client: one module with the types of all records and a method for each operation."""

from __future__ import annotations

import keyword
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from huike.api.client.types import definition, hint

NAMES = {"list": "find"}  # a method `list` would hide the type of that name
SAFE = re.compile(r"\W")
MORE = """
    def each(self, **query: Any) -> Iterator[{row}]:
        \"\"\"Yield all rows, page by page; takes what `find` takes.\"\"\"
        after = None
        while True:
            page = self.find(**query, after=after)
            yield from page["rows"]
            if (after := page["next"]) is None:
                return
"""


def client(description: Mapping[str, Any]) -> str:
    """Return the source of the client for an OpenAPI description."""
    fixed = Path(__file__).with_name("calling.py").read_text("utf8")
    fixed = fixed.replace("import Mapping\n", "import Iterator, Mapping\n")
    fixed = fixed.replace("import Any\n", "import Any, Literal, Required, TypedDict\n")
    types = [
        definition(SAFE.sub("_", name), schema)
        for name, schema in description["components"]["schemas"].items()
    ]
    by_tag: dict[str, list[str]] = defaultdict(list)
    rows: dict[str, str] = {}
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            tag = operation["tags"][0]
            by_tag[tag].append(_method(path, method, operation, tag))
            if operation["operationId"].endswith("_list"):
                rows[tag] = "".join(word.capitalize() for word in re.split("[/_]", tag))
    rooms = [_room(tag, methods, rows.get(tag)) for tag, methods in by_tag.items()]
    return "\n\n".join([fixed, *types, *rooms, _house(by_tag)])


def _room(tag: str, methods: list[str], row: str | None) -> str:
    words = [
        f"class {_class(tag)}:",
        f'    """Operations on {tag}."""\n',
        "    def __init__(self, caller: Caller) -> None:",
        "        self._caller = caller\n",
    ]
    return "\n".join([*words, *methods, MORE.format(row=row) if row else ""])


def _class(tag: str) -> str:
    return "".join(word.capitalize() for word in re.split("[/_]", tag)) + "Operations"


def _house(tags: Mapping[str, object]) -> str:
    return "\n".join(
        [
            "class Huike(Caller):",
            '    """A server: Huike("https://crm.example", token).customers_party.get(7)."""\n',
            "    def __init__(self, address: str, token: str, **more: Any) -> None:",
            "        super().__init__(address, token, **more)",
            *(f"        self.{tag.replace('/', '_')} = {_class(tag)}(self)" for tag in tags),
            "",
        ]
    )


def _method(path: str, method: str, operation: Mapping[str, Any], tag: str) -> str:
    name = operation["operationId"].removeprefix(f"{tag.replace('/', '_')}_")
    name = NAMES.get(name, name)
    bodies = operation.get("requestBody", {}).get("content", {})
    answer, is_raw = _answer(operation["responses"])
    arguments = [*_positional(operation, bodies), *_named(operation)]
    call = [f'"{method.upper()}"', "f" * ("{" in path) + f'"{path}"', *_sent(operation, bodies)]
    if is_raw:
        call.append("raw=True")
    does = "" if answer == "None" else "return "
    told = "  # type: ignore[no-any-return]" if does else ""
    return (
        f"    def {name}({', '.join(['self', *arguments])}) -> {answer}:\n"
        f'        """{_sentence(operation["summary"])}"""\n'
        f"        {does}self._caller.call({', '.join(call)}){told}\n"
    )


def _sentence(words: str) -> str:
    return words.replace('"', "'").rstrip(".") + "."


def _answer(responses: Mapping[str, Any]) -> tuple[str, bool]:
    good = next(told for code, told in responses.items() if code.startswith("2"))
    for kind, content in good.get("content", {}).items():
        if kind != "application/json":
            return "bytes", True
        return hint(content["schema"]), False
    return "None", False


def _positional(operation: Mapping[str, Any], bodies: Mapping[str, Any]) -> Iterator[str]:
    for one in operation.get("parameters", ()):
        if one["in"] == "path":
            yield f"{one['name']}: {hint(one['schema'])}"
    for kind, content in bodies.items():
        if kind == "application/json":
            yield f"body: {hint(content['schema'])}"
        else:
            yield "file: tuple[str, bytes]"


def _named(operation: Mapping[str, Any]) -> Iterator[str]:
    found = [p for p in operation.get("parameters", ()) if p["in"] in {"query", "header"}]
    if found:
        yield "*"
    for one in sorted(found, key=lambda p: not p.get("required")):
        told, name = hint(one["schema"]), _argument(one["name"])
        yield f"{name}: {told}" if one.get("required") else f"{name}: {told} | None = None"


def _sent(operation: Mapping[str, Any], bodies: Mapping[str, Any]) -> Iterator[str]:
    for kind, word in (("query", "query"), ("header", "headers")):
        pairs = [
            f'"{p["name"]}": {_argument(p["name"])}'
            for p in operation.get("parameters", ())
            if p["in"] == kind
        ]
        if pairs:
            yield f"{word}={{{', '.join(pairs)}}}"
    if bodies:
        yield "body=body" if "application/json" in bodies else "file=file"


def _argument(name: str) -> str:
    plain = SAFE.sub("_", name).lower()
    return f"{plain}_" if keyword.iskeyword(plain) else plain
