"""The whole description of the API, made by drf-spectacular from what the views tell."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from drf_spectacular.generators import SchemaGenerator

from huike.api.openapi.answers import problem_responses
from huike.api.openapi.components import components
from huike.api.openapi.house.figures import about_figures
from huike.api.openapi.house.records import about_records
from huike.api.openapi.house.services import about_services
from huike.api.openapi.house.setup import setup
from huike.kernel.entity.entity import entities

WORDS = """Everything that the screen can do, with the same rights and the same journal.

Names are those of the fields; links are ids, and `<name>_text` is what people call the record
behind one. Decimal numbers are texts, so that no digit is lost. A list gives `next`: hand it back
as `after` until it is null. Errors are application/problem+json.
"""


def finish(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Add what the views don't tell: components, tags, the ways to sign in."""
    result["info"]["description"] = WORDS
    parts = result.setdefault("components", {})
    rooms = (components(), about_records(), about_services(), about_figures(), setup())
    parts["schemas"] = dict(sorted(item for room in rooms for item in room.items()))
    parts["responses"] = problem_responses()
    parts["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "hk_…, from the settings."},
        "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
    }
    result["tags"] = [
        *({"name": e.key, "description": e.label} for e in entities()),
        {"name": "files", "description": _("Files")},
        {"name": "house", "description": _("Me, search, jobs, undo")},
    ]
    result["jsonSchemaDialect"] = "https://json-schema.org/draft/2020-12/schema"
    return result


@cache
def description(language: str) -> dict[str, Any]:
    """Return the OpenAPI document with labels in one language."""
    with translation.override(language):
        made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return made
