"""Settings of REST framework and of the generated description; the rest is said in view.py."""

from __future__ import annotations

import os
from typing import Any

REST_FRAMEWORK: dict[str, Any] = {
    # requests per minute: of one token or session, and of one address without either
    "DEFAULT_THROTTLE_RATES": {
        "caller": os.environ.get("HUIKE_API_RATE", "600/min"),
        "stranger": os.environ.get("HUIKE_API_STRANGER_RATE", "60/min"),
    },
    "UNAUTHENTICATED_USER": None,
}

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "OAS_VERSION": "3.1.0",
    "TITLE": "Huike API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SCHEMA_COERCE_PATH_PK": False,
    "SORT_OPERATIONS": True,
    "POSTPROCESSING_HOOKS": ["huike.api.openapi.document.finish"],
}
