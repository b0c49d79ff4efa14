"""Fingerprints of secrets: enough to detect a change, too little to find the secret.

scrypt with a salt for each secret (40 ms); HMAC-SHA-256 under HCL_LITE_FINGERPRINT_KEY where that is set, which is
faster, and safe as long as the key is kept elsewhere. The text tells how it was made, so that the cost of a guess can
be raised later: "scrypt$14$salt$digest" (log2 of n of scrypt; left out by the first versions), "hmac$salt$digest".
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Mapping

KEY_VARIABLE = "HCL_LITE_FINGERPRINT_KEY"

_SCHEMES = ("hmac", "scrypt")
_EFFORT = 14  # log2 of n: 16 MiB and about 40 ms a guess
_FIRST_EFFORT = 14  # of a text that does not say it
_MOST_EFFORT = 20  # 1 GiB: what asks for more was not made here


def fingerprint(secret: str, environment: Mapping[str, str], salt: bytes | None = None) -> str:
    """Returns a new fingerprint of `secret`: method, salt and digest in hexadecimal."""
    salt = os.urandom(16) if salt is None else salt
    key = environment.get(KEY_VARIABLE, "")
    if key:
        return f"hmac${salt.hex()}${_hmac(secret, salt, key)}"
    return f"scrypt${_EFFORT}${salt.hex()}${_scrypt(secret, salt, _EFFORT)}"


def is_fingerprint(text: str) -> bool:
    """Whether `text` is a fingerprint."""
    return text.partition("$")[0] in _SCHEMES and "$" in text


def matches(secret: str, known: str, environment: Mapping[str, str]) -> bool:
    """Whether `known` is a fingerprint of `secret`. False also where it was made with a key that is not in
    `environment`."""
    key = environment.get(KEY_VARIABLE, "")
    try:
        match known.split("$"):
            case ["hmac", salt, digest] if key:
                found = _hmac(secret, bytes.fromhex(salt), key)
            case ["scrypt", salt, digest]:
                found = _scrypt(secret, bytes.fromhex(salt), _FIRST_EFFORT)
            case ["scrypt", effort, salt, digest] if 0 < int(effort) <= _MOST_EFFORT:
                found = _scrypt(secret, bytes.fromhex(salt), int(effort))
            case _:
                return False
    except ValueError:
        return False
    return hmac.compare_digest(found, digest)


def _hmac(secret: str, salt: bytes, key: str) -> str:
    return hmac.new(key.encode(), salt + _encoded(secret), "sha256").hexdigest()


def _scrypt(secret: str, salt: bytes, effort: int) -> str:
    memory = 2**effort * 8 * 128 + 2**20  # what scrypt takes, and some; OpenSSL's own bound is 32 MiB
    return hashlib.scrypt(_encoded(secret), salt=salt, dklen=32, n=2**effort, r=8, p=1, maxmem=memory).hex()


def _encoded(secret: str) -> bytes:
    return secret.encode("utf-8", "surrogatepass")
