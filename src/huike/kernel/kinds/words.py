"""Texts, and the texts that mean something: phone numbers, mail and web addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db.models import Q
from django.db.models.lookups import IContains, IExact, IsNull, IStartsWith
from django.utils.translation import gettext as _
from email_validator import EmailNotValidError, validate_email

from huike.kernel.kinds.kind import EMPTY, Kind


@dataclass(frozen=True)
class Text(Kind):
    """A line of text."""

    max_length: int | None = None
    name: ClassVar[str] = "text"
    operators: ClassVar[tuple[str, ...]] = (
        "contains",
        "lacks",
        "starts",
        "is",
        "not",
        "in",
        "empty",
        "filled",
    )

    def parse(self, given: Any) -> str:
        text = str(given).replace("\x00", "").strip()
        if self.max_length and len(text) > self.max_length:
            raise ValidationError(
                _("At most %(limit)s characters; these are %(count)s.")
                % {"limit": self.max_length, "count": len(text)}
            )
        return text

    def _compare(self, expression: Any, op: str, value: Any) -> Q:
        if op == "contains":
            return Q(IContains(expression, str(value)))
        if op == "lacks":
            return ~Q(IContains(expression, str(value))) | Q(IsNull(expression, True))
        if op == "starts":
            return Q(IStartsWith(expression, str(value)))
        if op in {"is", "not"}:
            same = Q(IExact(expression, str(value).strip()))
            return same if op == "is" else ~same | Q(IsNull(expression, True))
        return super()._compare(expression, op, value)


@dataclass(frozen=True)
class LongText(Text):
    """Several lines of text."""

    name: ClassVar[str] = "long_text"
    is_sortable: ClassVar[bool] = False


@dataclass(frozen=True)
class Phone(Text):
    """A phone number: kept as +86..., shown as people dial it."""

    name: ClassVar[str] = "phone"
    region: str = "CN"

    def parse(self, given: Any) -> str:
        text = super().parse(given)
        if not text:
            return ""
        try:
            number = phonenumbers.parse(text, self.region)
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_possible_number(number):
            raise ValidationError(
                _("“%(text)s” is not a phone number. Write 13812345678, 010-12345678 or +44 …")
                % {"text": text[:40]}
            )
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def text(self, value: Any) -> str:
        if value in EMPTY:
            return ""
        if str(value).startswith("+861") and len(str(value)) == 14:
            return str(value)[3:]  # Chinese mobiles are written without spaces
        try:
            number = phonenumbers.parse(str(value), self.region)
        except phonenumbers.NumberParseException:
            return str(value)
        home = number.country_code == phonenumbers.country_code_for_region(self.region)
        form = phonenumbers.PhoneNumberFormat
        style = form.NATIONAL if home else form.INTERNATIONAL
        return phonenumbers.format_number(number, style)

    def mask(self, value: Any) -> str:
        text = re.sub(r"\D", "", self.text(value))
        return f"{text[:3]}****{text[-4:]}" if len(text) >= 9 else "*" * len(text)

    def _compare(self, expression: Any, op: str, value: Any) -> Q:
        digits = re.sub(r"[^\d+]", "", str(value))
        if op in {"is", "not"}:
            digits = self.parse(value)
        return super()._compare(expression, op, digits or str(value))


@dataclass(frozen=True)
class Mail(Text):
    """A mail address."""

    name: ClassVar[str] = "mail"

    def parse(self, given: Any) -> str:
        text = super().parse(given)
        if not text:
            return ""
        try:
            return validate_email(text, check_deliverability=False).normalized
        except EmailNotValidError as error:
            raise ValidationError(
                _("“%(text)s” is not a mail address. Write it like name@example.com.")
                % {"text": text[:80]}
            ) from error

    def mask(self, value: Any) -> str:
        if value in EMPTY:
            return ""
        name, _at, domain = str(value).partition("@")
        return f"{name[:1]}***@{domain}"


@dataclass(frozen=True)
class Web(Text):
    """A web address."""

    name: ClassVar[str] = "web"

    def parse(self, given: Any) -> str:
        text = super().parse(given)
        if text and "://" not in text:
            text = f"https://{text}"
        if text:
            URLValidator(schemes=["http", "https"])(text)
        return text
