"""Posts a signed message to an address outside, and to no address inside the firm's own network."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import os
import socket
import ssl
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from django.conf import settings

from huike.api.hooks.models import Hook

SECONDS = 10
MOST = 4096  # bytes of an answer that are read


@dataclass(frozen=True)
class Answer:
    """What came back; `status` is None where nothing did."""

    status: int | None
    text: str

    @property
    def is_good(self) -> bool:
        """Whether the other side has taken the message."""
        return self.status is not None and 200 <= self.status < 300


def secret(hook: Hook) -> str:
    """Return the secret that a hook's messages are signed with; it is stored nowhere."""
    told = f"hook {hook.pk} {hook.generation}".encode()
    made = hmac.new(settings.SECRET_KEY.encode(), told, hashlib.sha256).digest()
    return "hks_" + base64.urlsafe_b64encode(made).decode().rstrip("=")


def signature(key: str, at: int, body: bytes) -> str:
    """Return the header that proves who sent `body` and when: HMAC-SHA256 over "time.body"."""
    digest = hmac.new(key.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def post(address: str, body: bytes, headers: dict[str, str]) -> Answer:
    """Send one message; redirects are not followed, so that it goes where it was meant to."""
    parts = urlsplit(address)
    try:
        host = parts.hostname or ""
        place = _allowed(host, parts.port or (443 if parts.scheme == "https" else 80))
        with _connection(parts.scheme, host, place) as connection:
            target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
            connection.request("POST", target, body, {**headers, "Host": parts.netloc})
            response = connection.getresponse()
            return Answer(response.status, response.read(MOST).decode("utf8", "replace"))
    except (OSError, HTTPException, ValueError) as error:
        return Answer(None, f"{type(error).__name__}: {error}")


class _Placed(HTTPConnection):
    """Connects to the address that was checked, not to what a name means a moment later."""

    place: tuple[str, int]
    name: str
    secure = False

    def connect(self) -> None:
        self.sock = socket.create_connection(self.place, self.timeout)
        if self.secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.name)

    def __enter__(self) -> _Placed:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _connection(scheme: str, host: str, place: tuple[str, int]) -> _Placed:
    made = _Placed(host, place[1], timeout=SECONDS)
    made.place, made.name, made.secure = place, host, scheme == "https"
    return made


def _allowed(host: str, port: int) -> tuple[str, int]:
    """Return the network address of `host`; raise ValueError for one that is not to be reached."""
    inside = [
        ipaddress.ip_network(word.strip())
        for word in os.environ.get("HUIKE_HOOKS_INSIDE", "").split(",")
        if word.strip()
    ]
    for *_kind, found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        address = ipaddress.ip_address(str(found[0]))
        if not address.is_global and not any(address in network for network in inside):
            raise ValueError(f"{address} lies inside the network; HUIKE_HOOKS_INSIDE can allow it")
        return str(address), port
    raise ValueError(f"{host} has no address")
