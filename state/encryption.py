"""State, journal, plans and backups sealed with a key: AES-256-GCM, the key made by scrypt of a passphrase or a file.

Sealed bytes are one line of JSON: the salt that the key was made with, a check by which a wrong key is told from a text
that was changed, the nonce, and the sealed data. What kind of thing it is, is authenticated: a plan is no state. Each
thing is sealed anew whenever it is written, under the first key; older keys only open.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import importlib.util
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from hcl_lite.core.diags import Diagnostic, HclError

_MARK = b'{"hcl_lite_sealed":'
_FORMAT = 1
_COST = {"n": 2**15, "r": 8, "p": 1, "maxmem": 64 * 2**20}  # 32 MiB and about 80 ms a guess
_CHANGED = "It was changed, or damaged, since it was written."


class Cipher(Protocol):
    """Between what is written and the bytes that are kept. `kind` is "state", "journal", "plan" or "backup"."""

    def seal(self, data: bytes, kind: str, serial: int | None = None) -> bytes:
        """The bytes to keep: one line. `serial` stands beside them in the clear: GitLab numbers its versions by it.

        Raises HclError.
        """

    def open(self, data: bytes, kind: str, name: str) -> bytes:
        """Decrypts `data`. Raises HclError, which calls it `name`, for what cannot be decrypted."""


def is_sealed(data: bytes) -> bool:
    """Whether these are bytes of `Sealing.seal`."""
    return data.startswith(_MARK)


class Plain:
    """No encryption. Implements Cipher."""

    def seal(self, data: bytes, kind: str, serial: int | None = None) -> bytes:
        return data

    def open(self, data: bytes, kind: str, name: str) -> bytes:
        if is_sealed(data):
            hint = 'Put its key into [hcl_lite.encryption], such as key = "env:NAME".'
            raise HclError(Diagnostic(f"{name} is encrypted", "The configuration names no key for it.", hint=hint))
        return data


@dataclass
class Sealing:
    """Seals with the first of `keys`, opens with any of them. Implements Cipher.

    `keys` are asked for when the first thing is sealed or opened. With `accept_plain`, what is not sealed is taken as
    it is: the way into encryption.
    """

    keys: Callable[[], Sequence[str]]
    accept_plain: bool = False
    _salt: bytes = field(default_factory=lambda: os.urandom(16), repr=False)
    _made: dict[tuple[str, bytes], bytes] = field(default_factory=dict, repr=False)

    def seal(self, data: bytes, kind: str, serial: int | None = None) -> bytes:
        key = self._key(self.keys()[0], self._salt)
        nonce = os.urandom(12)
        sealed = _aes(key).encrypt(nonce, data, _bound(kind, self._salt))
        parts = {"salt": self._salt, "check": _check(key), "nonce": nonce, "data": sealed}
        texts = {name: base64.b64encode(part).decode() for name, part in parts.items()}
        document: dict[str, Any] = {"hcl_lite_sealed": _FORMAT, "kind": kind, **texts}
        if serial is not None:
            document["serial"] = serial
        return json.dumps(document, separators=(",", ":")).encode() + b"\n"

    def open(self, data: bytes, kind: str, name: str) -> bytes:
        if not is_sealed(data):
            if self.accept_plain:
                return data
            hint = "hcl-lite state encrypt seals it." if kind != "plan" else "Plan again."
            detail = "[hcl_lite.encryption] asks for that; what is not could have been put there by anybody."
            raise HclError(Diagnostic(f"{name} is not encrypted", detail, hint=hint))
        salt, check, nonce, sealed = _parts(data, kind, name)
        for text in self.keys():
            key = self._key(text, salt)
            if hmac.compare_digest(_check(key), check):
                return _opened(key, nonce, sealed, _bound(kind, salt), name)
        raise HclError(
            Diagnostic(
                f"{name} is encrypted with another key",
                "None of the keys in [hcl_lite.encryption] opens it.",
                hint="Give the key that it was written with, in key or among previous.",
            )
        )

    def _key(self, text: str, salt: bytes) -> bytes:
        """The key for a salt; made once, since that is slow on purpose."""
        if (text, salt) not in self._made:
            self._made[text, salt] = hashlib.scrypt(text.encode("utf-8"), salt=salt, dklen=32, **_COST)
        return self._made[text, salt]


def _opened(key: bytes, nonce: bytes, sealed: bytes, bound: bytes, name: str) -> bytes:
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - an extra

    try:
        opened: bytes = _aes(key).decrypt(nonce, sealed, bound)
    except InvalidTag as error:
        hint = f"Put back {name} from where copies of it are kept."
        raise HclError(Diagnostic(f"{name} is not as it was written", _CHANGED, hint=hint)) from error
    return opened


def _aes(key: bytes) -> Any:
    if importlib.util.find_spec("cryptography") is None:
        hint = "pip install 'hcl-lite[encryption]'"
        raise HclError(Diagnostic("Encryption needs the library cryptography, which is not installed", hint=hint))
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - an extra, and takes 20 ms

    return AESGCM(key)


def _check(key: bytes) -> bytes:
    """Tells the right key; guessing one by it costs as much as guessing one by the data."""
    return hmac.new(key, b"hcl-lite key check", "sha256").digest()[:16]


def _bound(kind: str, salt: bytes) -> bytes:
    return f"hcl-lite {kind} {_FORMAT} ".encode() + salt


def _parts(data: bytes, kind: str, name: str) -> tuple[bytes, bytes, bytes, bytes]:
    """Salt, check, nonce and sealed data. Raises HclError."""
    try:
        document = json.loads(data)
        if document["hcl_lite_sealed"] > _FORMAT:
            raise HclError(Diagnostic(f"{name} was encrypted by a newer hcl-lite", hint="Upgrade hcl-lite."))
        if document["kind"] != kind:
            raise HclError(Diagnostic(f"{name} is not a {kind}", f"It was encrypted as a {document['kind']}."))
        salt, check, nonce, sealed = (
            base64.b64decode(document[part], validate=True) for part in ("salt", "check", "nonce", "data")
        )
        if not 8 <= len(nonce) <= 128:
            raise ValueError("a nonce of another length")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        hint = f"Put back {name} from where copies of it are kept."
        raise HclError(Diagnostic(f"{name} cannot be decrypted", _CHANGED, hint=hint)) from error
    return salt, check, nonce, sealed
