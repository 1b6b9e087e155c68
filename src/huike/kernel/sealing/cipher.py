"""The ciphers of sealing, all of them from `cryptography` and Argon2; nothing here is our own.

AES-256-GCM locks texts and keys, X25519 with HKDF-SHA256 hands a key to somebody who is not there,
Argon2id makes a key of a second secret. Every locked thing is bound to what it belongs to: moved to
another record or another person it does not open.
"""

from __future__ import annotations

import os
import secrets
from base64 import b32encode

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY = 32  # bytes
NONCE = 12
PASSES, MEMORY, LANES = 3, 64 * 1024, 4  # RFC 9106's second recommendation; memory in KiB


class WrongKey(Exception):
    """This key does not open this, or it was altered."""


def new_key() -> bytes:
    """Return a key of 256 random bits."""
    return secrets.token_bytes(KEY)


def lock(key: bytes, clear: bytes, about: str) -> bytes:
    """Encrypt `clear`, bound to what it is `about`."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, clear, about.encode())


def unlock(key: bytes, locked: bytes, about: str) -> bytes:
    """Decrypt what `lock` made; raise WrongKey for another key or `about`, or altered bytes."""
    try:
        return AESGCM(key).decrypt(locked[:NONCE], locked[NONCE:], about.encode())
    except (InvalidTag, ValueError) as error:
        raise WrongKey from error


def stretched(secret: str, salt: bytes, memory: int) -> bytes:
    """Return the key that a person's secret makes, slowly: Argon2id with `memory` KiB."""
    return hash_secret_raw(secret.encode(), salt, PASSES, memory, LANES, KEY, Type.ID)


def derived(material: bytes, purpose: str) -> bytes:
    """Return a key for one purpose, made of random material, never of what people choose."""
    return HKDF(SHA256(), KEY, salt=None, info=purpose.encode()).derive(material)


def new_pair() -> tuple[bytes, bytes]:
    """Return a private key and its public key."""
    private = X25519PrivateKey.generate()
    return private.private_bytes_raw(), private.public_key().public_bytes_raw()


def handed(public: bytes, clear: bytes, about: str) -> bytes:
    """Encrypt `clear` so that only the owner of `public` can take it."""
    passing, seen = new_pair()
    shared = X25519PrivateKey.from_private_bytes(passing).exchange(
        X25519PublicKey.from_public_bytes(public)
    )
    return seen + lock(derived(shared + seen + public, "handed"), clear, about)


def taken(private: bytes, given: bytes, about: str) -> bytes:
    """Return what was handed to the owner of `private`; raise WrongKey for anybody else."""
    own = X25519PrivateKey.from_private_bytes(private)
    public = own.public_key().public_bytes_raw()
    shared = own.exchange(X25519PublicKey.from_public_bytes(given[:KEY]))
    return unlock(derived(shared + given[:KEY] + public, "handed"), given[KEY:], about)


def new_code() -> str:
    """Return a code of 160 random bits as people write it down: 8 groups of 4."""
    text = b32encode(secrets.token_bytes(20)).decode()
    return "-".join(text[n : n + 4] for n in range(0, len(text), 4))


def of_two_codes(one: str, other: str) -> bytes:
    """Return the key that two codes make together, in whichever order they come."""
    return derived("|".join(sorted(map(_plain_code, (one, other)))).encode(), "recovery")


def _plain_code(code: str) -> str:
    """Return a code without what people write into it; 0, 1 and 8 are misread letters."""
    letters = code.upper().replace("0", "O").replace("1", "I").replace("8", "B")
    return "".join(c for c in letters if c.isalnum())
