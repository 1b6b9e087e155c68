"""Calls a Huike server; needs nothing but Python. The methods below are written from its API."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen


class Refused(Exception):
    """The server refused: `status`, `code`, `detail`, and `errors` by field for wrong values."""

    def __init__(self, status: int, told: Mapping[str, Any]) -> None:
        self.status = status
        self.code = str(told.get("code", ""))
        self.detail = str(told.get("detail", told.get("title", "")))
        self.errors: dict[str, list[str]] = dict(told.get("errors") or {})
        self.told = dict(told)
        super().__init__(f"{status} {self.code}: {self.detail} {self.errors or ''}".strip())


class Caller:
    """Sends requests with a token; what the network lost is sent again, and still done once."""

    def __init__(
        self, address: str, token: str, *, language: str = "", timeout: float = 60, tries: int = 4
    ) -> None:
        self.address = address.rstrip("/")
        self.token, self.language, self.timeout, self.tries = token, language, timeout, tries

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        file: tuple[str, bytes] | None = None,
        headers: Mapping[str, str | None] | None = None,
        raw: bool = False,
    ) -> Any:
        """Send one request and return what it answers; raise Refused where it is refused."""
        given = {k: v for k, v in (query or {}).items() if v is not None}
        address = f"{self.address}{path}{'?' + urlencode(given) if given else ''}"
        told = self._headers(method, headers or {})
        data = None if body is None else json.dumps(body).encode()
        if body is not None:
            told["Content-Type"] = "application/json"
        if file is not None:
            data, told["Content-Type"] = _form(*file)
        answer = self._send(Request(address, data, told, method=method))
        return answer if raw else json.loads(answer) if answer else None

    def _headers(self, method: str, given: Mapping[str, str | None]) -> dict[str, str]:
        told = {"Authorization": f"Bearer {self.token}", "Accept": "application/json, */*"}
        if self.language:
            told["Accept-Language"] = self.language
        told |= {name: value for name, value in given.items() if value is not None}
        if method == "POST":  # so that sending it again does nothing twice
            told.setdefault("Idempotency-Key", uuid.uuid4().hex)
        return told

    def _send(self, request: Request) -> bytes:
        for left in range(self.tries - 1, -1, -1):
            try:
                with urlopen(request, timeout=self.timeout) as answer:
                    return bytes(answer.read())
            except HTTPError as error:
                if error.code not in {429, 503} or not left:
                    raise Refused(error.code, _problem(error)) from None
                time.sleep(min(float(error.headers.get("Retry-After") or 1), 30))
            except OSError:
                if not left:
                    raise
                time.sleep(2 ** (self.tries - 1 - left) / 2)
        raise AssertionError("unreachable")


def _problem(error: HTTPError) -> dict[str, Any]:
    try:
        return dict(json.loads(error.read()))
    except ValueError:
        return {"detail": error.reason}


def _form(name: str, content: bytes) -> tuple[bytes, str]:
    edge = uuid.uuid4().hex
    head = (
        f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{quote(name)}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    return head.encode() + content + f"\r\n--{edge}--\r\n".encode(), (
        f"multipart/form-data; boundary={edge}"
    )
