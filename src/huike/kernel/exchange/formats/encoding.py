"""Find out in one pass over a text file its encoding and how many lines it has."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from huike.kernel.exchange.messages import UnreadableFile

CHUNK = 1 << 20
SAMPLE = 1 << 18
# what a person may choose; the first three are what is found without asking
ENCODINGS = (
    "utf-8",
    "gb18030",
    "utf-16",
    "utf-8-sig",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "gbk",
    "gb2312",
    "big5",
    "cp1252",
    "latin-1",
    "shift_jis",
    "euc-kr",
)
ALLOWED = {codecs.lookup(name).name for name in ENCODINGS}
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CONTROL = re.compile(rb"[\x00-\x08\x0e-\x19\x1c-\x1f]")
LONE = re.compile(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")
PAIR = re.compile(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]")
HIGH = re.compile(rb"[\x80-\xff]")


@dataclass(frozen=True, slots=True)
class Survey:
    """`bad_line` is the first line that does not fit; it is read with replacement characters."""

    encoding: str
    lines: int
    bad_line: int | None = None

    @property
    def errors(self) -> str:
        return "strict" if self.bad_line is None else "replace"


def survey(path: Path, name: str, encoding: str | None = None) -> Survey:
    """The whole file is decoded once: an error in its last line is known before any is used."""
    with path.open("rb") as stream:
        head = stream.read(SAMPLE)
    if not head:
        raise UnreadableFile("empty", file=name)
    chosen = known(encoding) if encoding else marked(head) or two_byte(head)
    if chosen:
        lines, bad = walk(path, chosen)
        if bad is not None:
            raise UnreadableFile("wrong_encoding", file=name, line=bad, encoding=chosen)
        return Survey(chosen, lines)
    refuse_binary(head, name)
    return eight_bit(path, name)


def known(encoding: str) -> str:
    try:
        found = codecs.lookup(encoding).name
    except (LookupError, ValueError):
        found = ""
    if found not in ALLOWED:
        raise UnreadableFile("unknown_encoding", encoding=encoding)
    return encoding


def marked(head: bytes) -> str | None:
    return next((name for mark, name in MARKS if head.startswith(mark)), None)


def two_byte(head: bytes) -> str | None:
    """UTF-16 without a mark: every second byte of digits, separators and line ends is NUL."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) < max(2, len(head) * 0.005) or min(even, odd) > max(even, odd) * 0.3:
        return None
    name = "utf-16-be" if even > odd else "utf-16-le"
    try:
        text = codecs.getincrementaldecoder(name)().decode(head)
    except UnicodeDecodeError:
        return None
    usual = sum(map(is_usual, text[:4096]))
    return name if usual >= min(len(text), 4096) * 0.95 else None


def is_usual(sign: str) -> bool:
    """ASCII, Latin or Chinese text: what is read by chance lies mostly elsewhere."""
    return (
        sign in "\t\r\n" or " " <= sign <= "\u024f" or "\u2010" <= sign <= "\u9fff"
    ) or "\uff00" <= sign <= "\uffef"


def refuse_binary(head: bytes, name: str) -> None:
    if len(CONTROL.findall(head)) > max(2, len(head) // 200):
        raise UnreadableFile("binary", file=name)


def chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            yield chunk


def walk(path: Path, encoding: str) -> tuple[int, int | None]:
    """How many lines, and the first that the encoding does not fit."""
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = returns = 0
    text = "\n"
    for chunk in chunks(path):
        try:
            text = decoder.decode(chunk) or text
        except UnicodeError as error:
            return lines, lines + chunk[: getattr(error, "start", 0)].count(b"\n") + 1
        lines += text.count("\n")
        returns += text.count("\r")
    try:
        decoder.decode(b"", final=True)
    except UnicodeError:
        return lines + 1, lines + 1
    return (lines or returns) + (text[-1] not in "\r\n"), None


def eight_bit(path: Path, name: str) -> Survey:
    """UTF-8 if the lines with high bytes say so, else Big5, GB18030 or Western Windows."""
    decoder, bad = codecs.getincrementaldecoder("utf-8")(), None
    lines, returns, last, sample = 0, 0, b"\n", b""
    for chunk in chunks(path):
        if b"\0" in chunk:
            line = lines + chunk[: chunk.index(b"\0")].count(b"\n") + 1
            raise UnreadableFile("nul", file=name, line=line)
        if not chunk.isascii() and len(sample) < SAMPLE:
            sample += high_lines(chunk, first=lines == 0, final=len(chunk) < CHUNK)
        if bad is None:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                bad = lines + chunk[: error.start].count(b"\n") + 1
        lines += chunk.count(b"\n")
        returns += chunk.count(b"\r")
        last = chunk[-1:]
    if bad is None and decoder.getstate()[0]:
        bad = lines + 1
    total = (lines or returns) + (last not in b"\r\n")
    if bad is None:
        return Survey("utf-8", total)
    return not_utf8(path, sample, total, bad)


def high_lines(chunk: bytes, *, first: bool, final: bool) -> bytes:
    """The lines with high bytes that are whole in this chunk: none is cut within a character."""
    lines = chunk.split(b"\n")
    inner = lines[0 if first else 1 : None if final else -1] or lines
    return b"\n".join(line for line in inner if not line.isascii())[:SAMPLE] + b"\n"


def not_utf8(path: Path, sample: bytes, lines: int, bad: int) -> Survey:
    high = [line for line in sample.split(b"\n") if not line.isascii()] or [sample]
    if fitting(high, "utf-8") >= 0.8:
        return Survey("utf-8", lines, bad)
    if is_big5(sample) and fitting(high, "big5") >= 0.95:
        return Survey("big5", lines, walk(path, "big5")[1])
    lone, all_high = len(LONE.findall(sample)), len(HIGH.findall(sample))
    if lone <= all_high * 0.3 and fitting(high, "gb18030") >= 0.8:
        return Survey("gb18030", lines, walk(path, "gb18030")[1])
    western = "cp1252" if walk(path, "cp1252")[1] is None else "latin-1"
    return Survey(western, lines)


def is_big5(sample: bytes) -> bool:
    """Its frequent characters begin with A4 to BF and many end below 7F; no other's do both."""
    pairs = PAIR.findall(sample)
    frequent = sum(0xA4 <= pair[0] <= 0xBF for pair in pairs)
    low = sum(pair[1] < 0x7F for pair in pairs)
    return bool(pairs) and frequent >= len(pairs) * 0.5 and low >= len(pairs) * 0.15


def fitting(lines: list[bytes], encoding: str) -> float:
    good = 0
    for line in lines:
        try:
            line.decode(encoding)
        except UnicodeDecodeError:
            continue
        good += 1
    return good / len(lines)
