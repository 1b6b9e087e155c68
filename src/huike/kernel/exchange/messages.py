"""What reading has to tell a person: an English sentence with parameters, translated above."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


def gettext_noop(text: str) -> str:
    """Mark a sentence for the message catalogue; the translation is looked up by a higher room."""
    return text


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence: `code` for programs, `msgid` for the catalogue, `params` to fill in."""

    code: str
    msgid: str
    params: Mapping[str, object] = field(default_factory=dict)

    def text(self, translate: Callable[[str], str] = str) -> str:
        return translate(self.msgid) % self.params

    def __str__(self) -> str:
        return self.text()


FILE_MESSAGES: Mapping[str, str] = {
    "missing": gettext_noop("%(file)s is not there. Choose the file again."),
    "directory": gettext_noop("%(file)s is a folder. Choose one file in it."),
    "cannot_open": gettext_noop("%(file)s cannot be opened: %(detail)s"),
    "empty": gettext_noop("%(file)s is empty: there is nothing to read in it."),
    "no_rows": gettext_noop("%(file)s holds no table: no line has anything in it."),
    "binary": gettext_noop(
        "%(file)s is not a table. Save it as CSV, XLSX, XLS, ODS or Parquet and choose it again."
    ),
    "html": gettext_noop(
        "%(file)s is a web page, whatever its name says. Open it in Excel or WPS, save it as XLSX "
        "and choose it again."
    ),
    "nul": gettext_noop(
        "%(file)s has a NUL character in line %(line)s; it was damaged on its way. "
        "Export it again from where it came."
    ),
    "wrong_encoding": gettext_noop(
        "Line %(line)s of %(file)s does not fit the encoding %(encoding)s. Choose another encoding."
    ),
    "unknown_encoding": gettext_noop("%(encoding)s is not an encoding that can be read here."),
    "bad_separator": gettext_noop("%(separator)s cannot separate columns. Choose one character."),
    "mixed_encoding": gettext_noop(
        "%(file)s is %(encoding)s but for some characters, first in line %(line)s; "
        "they are shown as �."
    ),
    "open_quote": gettext_noop(
        "The quotation mark that opens in line %(line)s of %(file)s is never closed. Close it or "
        "take it out."
    ),
    "cell_too_long": gettext_noop(
        "A cell in line %(line)s of %(file)s is longer than %(limit)s characters. Shorten it; "
        "often a quotation mark was opened there and never closed."
    ),
    "too_many_columns": gettext_noop(
        "%(file)s has %(columns)s columns, more than the %(limit)s that are allowed. "
        "Take out those that are not needed, or choose another separator."
    ),
    "too_many_rows": gettext_noop(
        "%(file)s has %(rows)s rows, more than the %(limit)s that are allowed. "
        "Divide it into several files."
    ),
    "too_large": gettext_noop(
        "%(file)s is larger than %(limit)s MB when unpacked. Divide it into several files."
    ),
    "damaged": gettext_noop(
        "%(file)s is damaged or was cut off (%(detail)s). Fetch it again, or open it in its own "
        "program and save it anew."
    ),
    "encrypted": gettext_noop(
        "%(file)s is protected by a password. Open it, save it without one and choose it again."
    ),
    "several_in_zip": gettext_noop(
        "%(file)s holds several files (%(names)s). Unpack it and choose one of them."
    ),
    "packed_twice": gettext_noop("%(file)s is packed more than once. Unpack it first."),
    "no_such_sheet": gettext_noop("%(file)s has no sheet %(sheet)s. It has: %(names)s"),
}


class UnreadableFile(Exception):
    """A file, or a line in it, that cannot be read; says what, where and what to do."""

    def __init__(self, code: str, **params: object) -> None:
        self.message = Message(code, FILE_MESSAGES[code], params)
        super().__init__(code)

    @property
    def code(self) -> str:
        return self.message.code

    def __str__(self) -> str:
        return str(self.message)


VALUE_MESSAGES: Mapping[str, str] = {
    "not_a_number": gettext_noop("“%(value)s” is not a number."),
    "not_whole": gettext_noop("“%(value)s” is not a whole number."),
    "not_a_date": gettext_noop("“%(value)s” is not a date."),
    "not_a_boolean": gettext_noop("“%(value)s” is neither yes nor no."),
    "not_a_phone": gettext_noop("“%(value)s” is not a phone number."),
    "not_an_email": gettext_noop("“%(value)s” is not a mail address."),
}


class BadValue(ValueError):
    """One value that cannot be read as what it should be."""

    def __init__(self, code: str, value: object) -> None:
        shown = str(value)
        shown = shown if len(shown) <= 60 else shown[:59] + "…"
        self.message = Message(code, VALUE_MESSAGES[code], {"value": shown})
        super().__init__(code)

    def __str__(self) -> str:
        return str(self.message)
