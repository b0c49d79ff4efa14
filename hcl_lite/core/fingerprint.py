"""What is kept of a secret: enough to see that it has changed, too little to find it.

scrypt with a salt of its own for each secret; HMAC-SHA-256 under HCL_LITE_FINGERPRINT_KEY where that is set, which is
quicker and safe as long as the key is kept elsewhere.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Mapping

KEY_VARIABLE = "HCL_LITE_FINGERPRINT_KEY"

_SCHEMES = ("hmac", "scrypt")
_COST = {"n": 2**14, "r": 8, "p": 1}  # 16 MiB and about 40 ms a guess


def fingerprint(secret: str, environment: Mapping[str, str], salt: bytes | None = None) -> str:
    """A new fingerprint of `secret`: "scheme$salt$digest", in hexadecimal."""
    salt = os.urandom(16) if salt is None else salt
    key = environment.get(KEY_VARIABLE, "")
    scheme = "hmac" if key else "scrypt"
    return f"{scheme}${salt.hex()}${_digest(scheme, secret, salt, key)}"


def is_fingerprint(text: str) -> bool:
    """Whether `text` is a fingerprint, of whatever it may be."""
    return text.partition("$")[0] in _SCHEMES and "$" in text


def matches(secret: str, known: str, environment: Mapping[str, str]) -> bool:
    """Whether `known` is a fingerprint of `secret`. False too where it was made with a key that is not here."""
    scheme, _, rest = known.partition("$")
    salt, _, digest = rest.partition("$")
    key = environment.get(KEY_VARIABLE, "")
    if scheme not in _SCHEMES or (scheme == "hmac" and not key):
        return False
    try:
        found = _digest(scheme, secret, bytes.fromhex(salt), key)
    except ValueError:
        return False
    return hmac.compare_digest(found, digest)


def _digest(scheme: str, secret: str, salt: bytes, key: str) -> str:
    data = secret.encode("utf-8", "surrogatepass")
    if scheme == "hmac":
        return hmac.new(key.encode(), salt + data, "sha256").hexdigest()
    return hashlib.scrypt(data, salt=salt, dklen=32, **_COST).hex()
