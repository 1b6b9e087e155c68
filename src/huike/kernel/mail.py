"""Outgoing mail: one setting names the server, and one function hands a message to it.

HUIKE_MAIL=smtp://user:password@host:port (smtps:// speaks TLS from the start, smtp+tls:// after
STARTTLS); HUIKE_MAIL_FROM is the sender, the user where nothing else is said.
"""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
PATIENCE = 30  # seconds until a silent server is given up
REFUSALS = (
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPSenderRefused,
    smtplib.SMTPDataError,
    smtplib.SMTPHeloError,
    smtplib.SMTPNotSupportedError,
)


class NotAccepted(Exception):
    """The server did not take the message; it may be tried again."""


class Unsure(Exception):
    """The connection broke while the message was handed over; it may have arrived."""


@dataclass(frozen=True)
class Mail:
    """One message to one person, as plain text and as HTML, with files (name, bytes, type)."""

    to: str
    subject: str
    text: str
    html: str = ""
    files: Sequence[tuple[str, bytes, str]] = field(default_factory=tuple)


def settings_from(address: str, sender: str = "") -> dict[str, Any]:
    """Return Django's settings for HUIKE_MAIL; raise ValueError, in words, for a wrong one."""
    if not address:
        return {"EMAIL_HOST": ""}
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise ValueError(f"HUIKE_MAIL can't be read: {error}") from error
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError("HUIKE_MAIL must look like smtp://user:password@host:port")
    user = unquote(parts.username or "")
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or PORTS[parts.scheme],
        "EMAIL_HOST_USER": user,
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_TIMEOUT": PATIENCE,
        "DEFAULT_FROM_EMAIL": sender or (user if "@" in user else f"huike@{parts.hostname}"),
    }


def is_set() -> bool:
    """Tell whether a mail server was named, so that mail can go out at all."""
    return bool(settings.EMAIL_HOST)


def send(mail: Mail) -> None:
    """Hand a message to the server; it has taken it when this returns.

    Raises NotAccepted where it certainly did not, Unsure where nobody can tell.
    """
    if not is_set():
        raise NotAccepted("HUIKE_MAIL is not set")
    backend = settings.EMAIL_BACKEND
    connection = get_connection(backend)
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        raise NotAccepted(_told(error)) from error
    message = EmailMultiAlternatives(mail.subject, mail.text, to=[mail.to], connection=connection)
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    for name, content, kind in mail.files:
        message.attach(name, content, kind)
    try:
        message.send()
    except REFUSALS as error:
        raise NotAccepted(_told(error)) from error
    except (OSError, smtplib.SMTPException) as error:
        raise Unsure(_told(error)) from error
    finally:
        _close(connection)


def _close(connection: Any) -> None:
    with suppress(OSError, smtplib.SMTPException):  # what was handed over stays handed over
        connection.close()


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]
