"""The API described for programs (OpenAPI) and for people (a page), by the product itself."""

from __future__ import annotations

from typing import Any

import yaml
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe

from huike.api.client import writing
from huike.api.openapi.document import description
from huike.api.problems import titles
from huike.kernel.entity.entity import entities


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """Send the OpenAPI document: JSON, or YAML with ?format=yaml."""
    told = description("en")
    if request.GET.get("format") == "yaml":
        return HttpResponse(as_yaml(told), content_type="application/yaml")
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False})


@require_safe
def client(request: HttpRequest) -> HttpResponse:
    """Send the typed Python client that fits this server."""
    headers = {"Content-Disposition": 'attachment; filename="huike_client.py"'}
    source = writing.client(description("en"))
    return HttpResponse(source, content_type="text/x-python; charset=utf-8", headers=headers)


def as_yaml(told: dict[str, Any]) -> str:
    """Return the document as people compare it line by line."""
    text = yaml.dump(told, Dumper=_Plain, allow_unicode=True, sort_keys=False, width=100)
    return str(text)


class _Plain(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Show how to call the API, and every record with its fields and operations."""
    told = description(translation.get_language() or "en")
    context = {
        "user": request.user,
        "address": request.build_absolute_uri("/").rstrip("/"),
        "groups": _groups(told),
        "records": {e.key: e for e in entities()},
        "problems": titles(),
        "example": _example(told),
    }
    return render(request, "api/docs.html", context)


def _groups(told: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the operations by tag, each with its method and path."""
    found: dict[str, list[dict[str, Any]]] = {tag["name"]: [] for tag in told["tags"]}
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            line = {"method": method.upper(), "path": path, "summary": operation["summary"]}
            found[operation["tags"][0]].append({**line, "id": operation["operationId"]})
    schemas = told["components"]["schemas"]
    return [
        {
            "name": tag["name"],
            "label": tag["description"],
            "operations": found[tag["name"]],
            "fields": _fields(schemas, tag["name"]),
        }
        for tag in told["tags"]
    ]


def _fields(schemas: dict[str, Any], key: str) -> list[dict[str, Any]]:
    name = "".join(word.capitalize() for word in key.replace("/", "_").split("_"))
    read, new = schemas.get(name, {}), schemas.get(f"{name}New", {})
    return [
        {
            "name": field,
            "label": one.get("title", ""),
            "type": _type(one),
            "words": one.get("description", ""),
            "writable": field in new.get("properties", {}),
            "required": field in new.get("required", []),
        }
        for field, one in read.get("properties", {}).items()
        if not field.endswith("_text")
    ]


def _type(one: dict[str, Any]) -> str:
    kind = one.get("type", "")
    words = [k for k in (kind if isinstance(kind, list) else [kind]) if k != "null"]
    return " ".join([*words, one.get("format", "")]).strip()


def _example(told: dict[str, Any]) -> Any:
    """Return the example body of the quick start: adding a customer, where there are some."""
    schemas = told["components"]["schemas"]
    found = schemas.get("CustomersPartyNew") or next(
        s for name, s in schemas.items() if name.endswith("New") and "examples" in s
    )
    return found["examples"][0]
