"""How log lines look: for people, or as JSON for machines with HUIKE_LOG_FORMAT=json."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any

_KNOWN = ("route", "status", "seconds")


class Numbered(logging.Filter):
    """Adds the number of the request that a line belongs to."""

    def filter(self, record: logging.LogRecord) -> bool:
        from huike.site.requests import NUMBER

        number = NUMBER.get()
        record.request_number = number
        record.request_shown = f"[{number}] " if number else ""
        return True


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if number := getattr(record, "request_number", ""):
            told["request"] = number
        told |= {name: getattr(record, name) for name in _KNOWN if hasattr(record, name)}
        if record.exc_info:
            told["error"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False, default=str)


def configuration(level: str, form: str) -> dict[str, Any]:
    """Return Django's LOGGING for a level and a form ("line" or "json")."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"numbered": {"()": "huike.site.logs.Numbered"}},
        "formatters": {
            "line": {
                "format": "{asctime} {levelname} {name}: {request_shown}{message}",
                "style": "{",
            },
            "json": {"()": "huike.site.logs.JsonLines"},
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": form,
                "filters": ["numbered"],
            }
        },
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            "huike": {"level": level},
            "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
            "django.request": {"level": "ERROR"},
            "gunicorn.http.wsgi": {"level": "ERROR"},  # a HEAD request is nothing to warn of
            "django.security.DisallowedHost": {"level": "CRITICAL"},
        },
    }
