"""The vault: all secrets of a run, and their removal from texts.

Values are kept secret by their type (`values.Secret`). This module is for texts written by others: an answer of a
server may repeat what it was sent, an exception may quote what it could not parse, a diagnostic shows a line of a file.
Each Secret that is created during a run is added to the vault of the run.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from urllib.parse import quote, quote_plus

MASK = "(sensitive)"
SHORTEST = 4
"""What is shorter is found in too many words to be taken out of a text."""

_STANDS_ALONE = 8  # a shorter secret is only taken out where it is no part of a word
_CONSTANTS = frozenset({"true", "false", "null", "none"})  # no secrets, and words of many texts
# A secret that is an ordinary word, such as "admin" or "test", is only taken out where a value stands: all of what is
# in quotes, or what a name is given by = or ": ". Elsewhere it is the word, in sentences, names and paths.
_WORD = re.compile(r"(?:[^\W\d_]{4,12}|\d{4,7})")
_BEFORE_VALUE = r"""(?:(?<=["'`])|(?<=&#34;)|(?<=&#39;)|(?<=&quot;)|(?<=[=])|(?<=[:=] )|(?<=Bearer )|(?<=":))"""
_AFTER_VALUE = r"""(?=\\*["'`]|&(?!\w)|&(?:#34|#39|quot);|&\w+=|[,;)}\]]|\.?\s*(?:\n|$))"""
# user:password@ of a URL, whoever wrote it; the user is no secret.
_IN_URL = re.compile(r"(?<=://)([^\s/:@\"'<>]*):([^\s/@\"'<>]+)@")
_ASSIGNED = re.compile(
    r"""((?:^|[\s{,."'])[\w-]*(?:auth|passw|secret|token|api_?key|delete_key|private_?key)[\w-]*["']?\s*=\s*).+""",
    re.IGNORECASE,
)


class Vault:
    """The secrets of one run. `redact` removes them from a text in all encodings in which they occur."""

    def __init__(self) -> None:
        self._secrets: set[str] = set()
        self.fields: set[str] = set()
        """Keys of JSON whose values are secret in this run."""
        self._forms: Sequence[str] = ()
        self._pattern: re.Pattern[str] | None = None

    def add(self, value: Any) -> None:
        """Adds every text in `value`, and each line of it; of user:password, the password too."""
        for text in texts_in(value):
            if text not in self._secrets:
                self._secrets.update(_parts(text))
                self._pattern = None

    def redact(self, text: str) -> str:
        """Returns `text` without secrets. The pattern, which takes milliseconds for the text of a dashboard, is only
        applied where a secret is in the text at all."""
        if self._pattern is None:
            self._forms = _all_forms(self._secrets)
            self._pattern = re.compile("|".join(map(_bounded, self._forms)))
        found = any(form in text for form in self._forms)
        return mask_urls(self._pattern.sub(MASK, text) if found else text)


def mask_urls(text: str) -> str:
    """Returns `text` with passwords in URLs masked: https://user:(sensitive)@host."""
    return _IN_URL.sub(rf"\1:{MASK}@", text) if "://" in text and "@" in text else text


def has_password(text: str) -> bool:
    """Whether `text` contains a URL with a password."""
    return "://" in text and "@" in text and _IN_URL.search(text) is not None


def mask_assigned(line: str) -> str:
    """Returns a line of a file that cannot be parsed, without values assigned to names such as auth or password."""
    return _ASSIGNED.sub(rf"\1{MASK}", line)


_VAULT: ContextVar[Vault | None] = ContextVar("vault", default=None)


@contextmanager
def new_vault() -> Iterator[Vault]:
    """Context manager: the vault of one run."""
    token = _VAULT.set(Vault())
    try:
        vault = _VAULT.get()
        assert vault is not None
        yield vault
    finally:
        _VAULT.reset(token)


def has_vault() -> bool:
    """Whether a run with a vault is active."""
    return _VAULT.get() is not None


def remember_secret(value: Any) -> None:
    """Adds the texts in `value` to the vault of the run, if there is one."""
    vault = _VAULT.get()
    if vault is not None:
        vault.add(value)


def hide_fields(names: Iterable[str]) -> None:
    """Adds names of JSON keys whose values are secret to the vault of the run, if there is one."""
    vault = _VAULT.get()
    if vault is not None:
        vault.fields.update(names)


def is_hidden(name: str) -> bool:
    """Whether the values of a JSON key are secret in this run."""
    vault = _VAULT.get()
    return vault is not None and name in vault.fields


def redact(text: str) -> str:
    """Returns `text` without secrets of the run and without passwords in URLs."""
    vault = _VAULT.get()
    return mask_urls(text) if vault is None else vault.redact(text)


def holds(value: Any, texts: Iterable[str]) -> bool:
    """Whether a leaf of a document contains one of `texts`; a short text only as a word."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return False
    there = str(value)
    return any(
        text in there if len(text) >= SHORTEST else re.search(rf"(?<!\w){re.escape(text)}(?!\w)", there) is not None
        for text in texts
        if text
    )


def as_in_json(text: str) -> str:
    """Returns `text` as encoded in JSON, without quotes."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def texts_in(value: Any) -> Iterator[str]:
    """Returns the texts and numbers in `value`, as texts."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield str(value)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from texts_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts_in(item)


def _parts(text: str) -> Iterator[str]:
    """Yields the parts that would give a secret away: all of it, a line of a key, the password of user:password."""
    yield text
    for line in text.splitlines():
        if len(line.strip()) >= _STANDS_ALONE:
            yield line.strip()
    user, colon, password = text.partition(":")
    if colon and "\n" not in text and " " not in user:
        yield password


def _all_forms(secrets: Iterable[str]) -> Sequence[str]:
    """Returns the forms of all secrets that are taken out of texts, the longest first."""
    taken_out = (secret for secret in secrets if len(secret) >= SHORTEST and secret.lower() not in _CONSTANTS)
    forms = {form for secret in taken_out for form in _forms(secret)}
    return sorted(forms, key=lambda form: (-len(form), form))


def _bounded(form: str) -> str:
    found = re.escape(form)
    if is_ordinary(form):
        return f"{_BEFORE_VALUE}{found}{_AFTER_VALUE}"
    return found if len(form) >= _STANDS_ALONE else rf"(?<![A-Za-z0-9]){found}(?![A-Za-z0-9])"


def is_ordinary(text: str) -> bool:
    """Whether `text` is an ordinary word or number: letters of one case, the first perhaps a capital."""
    return _WORD.fullmatch(text) is not None and text in (text.lower(), text.upper(), text.capitalize())


def _forms(secret: str) -> Iterator[str]:
    """The secret as it is, and as JSON, Python, HTML, URLs and Base64 have it."""
    yield secret
    for escaped in (json.dumps(secret)[1:-1], as_in_json(secret)):
        yield escaped
        yield escaped.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")  # as Go writes it
        yield json.dumps(escaped)[1:-1]  # JSON in JSON
    yield repr(secret)[1:-1]
    yield html.escape(secret)
    slug = re.sub(r"[^a-z0-9]+", "-", secret.lower()).strip("-")  # as Grafana has titles in paths
    if len(slug) >= _STANDS_ALONE and not is_ordinary(slug):
        yield slug
    data = secret.encode("utf-8", "surrogatepass")
    yield from (quote(data), quote(data, safe=""), quote_plus(data))
    for shift in range(3):
        # What is put before the secret moves it against the groups of three bytes that Base64 has. The characters at
        # the ends hold bits of what stands beside it.
        encoded = base64.b64encode(b"\0" * shift + data).decode()
        inner = encoded[(0, 2, 3)[shift] : (shift + len(data)) * 8 // 6]
        if len(inner) >= _STANDS_ALONE:
            yield inner
            yield inner.translate(str.maketrans("+/", "-_"))
