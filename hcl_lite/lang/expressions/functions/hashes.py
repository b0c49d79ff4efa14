"""Hashes of texts, all in hexadecimal, and uids made from names."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from hcl_lite.lang.expressions.functions.arguments import FunctionError, quote, utf8

_NAMESPACES: Mapping[str, uuid.UUID] = {
    "dns": uuid.NAMESPACE_DNS,
    "url": uuid.NAMESPACE_URL,
    "oid": uuid.NAMESPACE_OID,
    "x500": uuid.NAMESPACE_X500,
}


def md5(text: str) -> str:
    """The MD5 of the text's UTF-8, in hexadecimal: for names, not for secrets."""
    return hashlib.md5(utf8(text), usedforsecurity=False).hexdigest()


def sha1(text: str) -> str:
    """The SHA-1 of the text's UTF-8, in hexadecimal: for names, not for secrets."""
    return hashlib.sha1(utf8(text), usedforsecurity=False).hexdigest()


def sha256(text: str) -> str:
    """The SHA-256 of the text's UTF-8, in hexadecimal."""
    return hashlib.sha256(utf8(text)).hexdigest()


def sha512(text: str) -> str:
    """The SHA-512 of the text's UTF-8, in hexadecimal."""
    return hashlib.sha512(utf8(text)).hexdigest()


def uuidv5(namespace: str, name: str) -> str:
    """The UUID that belongs to a name in a namespace: dns, url, oid, x500 or a UUID."""
    utf8(name)
    return str(uuid.uuid5(_NAMESPACES.get(namespace) or _uuid(namespace), name))


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        known = ", ".join(_NAMESPACES)
        raise FunctionError(f"{quote(text)} is not a namespace.", f"Known: {known}, or any UUID.") from error


HASHES: Mapping[str, Callable[..., Any]] = {
    function.__name__: function for function in (md5, sha1, sha256, sha512, uuidv5)
}
