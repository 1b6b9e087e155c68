"""Encrypts what is too long for one piece: pieces of 64 KiB, each sealed, in their order.

The order and the end are part of what is authenticated (the STREAM construction of Hoang,
Reyhanitabar, Rogaway and Vizár, 2015, as age and Tink use it): the nonce of a piece is its number
and whether it is the last one. A key locks one stream only, so numbers may begin at nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from huike.kernel.sealing.cipher import WrongKey

PIECE = 64 * 1024  # bytes of clear text
TAG = 16


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def _pieces(source: IO[bytes], size: int) -> Iterator[tuple[bytes, bool]]:
    """Yield pieces and whether each is the last one; nothing at all is one empty piece."""
    piece = source.read(size)
    while True:
        following = source.read(size)
        yield piece, not following
        if not following:
            return
        piece = following


def lock_stream(key: bytes, source: IO[bytes], out: IO[bytes], about: str) -> None:
    """Encrypt all of `source` into `out` by a key that locks nothing else."""
    box = AESGCM(key)
    for number, (piece, is_last) in enumerate(_pieces(source, PIECE)):
        out.write(box.encrypt(_nonce(number, is_last), piece, about.encode()))


def unlock_stream(key: bytes, source: IO[bytes], about: str) -> Iterator[bytes]:
    """Yield what `lock_stream` encrypted; raise WrongKey where it is cut, reordered or altered."""
    box = AESGCM(key)
    for number, (piece, is_last) in enumerate(_pieces(source, PIECE + TAG)):
        try:
            yield box.decrypt(_nonce(number, is_last), piece, about.encode())
        except (InvalidTag, ValueError) as error:
            raise WrongKey from error
