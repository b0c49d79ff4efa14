"""The settings that every provider over HTTP has, and the connection that they make.

Each has an environment variable, which counts where the provider block is silent: PREFIX_URL, PREFIX_AUTH and so on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import unquote, urlsplit

from hcl_lite.core.redaction import redact, remember_secret
from hcl_lite.core.run_context import RunContext
from hcl_lite.core.schema import Attr, ValueProblem
from hcl_lite.core.values import Value, reveal
from providers.transport.connection import EMBEDDED, Connection, split_embedded, split_url, tls_of

_IN_HEADER = re.compile(r"[\x20-\x7e]*")
_NAME_OF_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FILES = ("ca_cert", "tls_cert", "tls_key")


def http_settings(prefix: str) -> Mapping[str, Attr]:
    """The settings but url and auth; `prefix` is that of the environment variables."""
    return {
        "http_headers": Attr(
            "map(string)", secret=True, doc=f"Headers for every call. Default: {prefix}_HTTP_HEADERS (JSON)."
        ),
        "ca_cert": Attr(doc=f"File of CA certificates to trust. Default: {prefix}_CA_CERT."),
        "tls_cert": Attr(doc=f"File of the client certificate. Default: {prefix}_TLS_CERT."),
        "tls_key": Attr(doc=f"File of the client certificate's key. Default: {prefix}_TLS_KEY."),
        "insecure_skip_verify": Attr(
            "bool", doc=f"Do not check the server's certificate. Default: {prefix}_INSECURE_SKIP_VERIFY."
        ),
        "timeout": Attr("number", doc="Seconds until a call is given up.", default=60),
        "retries": Attr("number", doc="How often a call that can be repeated is.", default=5),
        "parallelism": Attr(
            "number", doc="Calls under way at once, at most: fewer while the server has too much to do.", default=16
        ),
    }


def make_connection(
    name: str, settings: Mapping[str, Value], context: RunContext, read_only: bool, default_url: str = ""
) -> Connection:
    """The connection for a provider block's settings. `name` is the server's, and in capitals the prefix of the
    environment's variables.

    Raises ValueProblem.
    """
    prefix, env = name.upper(), context.environment
    given = {key: reveal(value) for key, value in settings.items() if value is not None}
    url = str(given.get("url") or env.get(f"{prefix}_URL") or default_url)
    remember_secret([given.get("auth"), given.get("http_headers")])
    _remember_passwords(url, env.get(f"{prefix}_AUTH", ""), env.get(f"{prefix}_HTTP_HEADERS", ""))
    _check_url(name, url)
    for key in ("timeout", "retries", "parallelism"):
        if given.get(key, 1) < (0 if key == "retries" else 1):
            raise ValueProblem(key, f"{key} cannot be {given[key]}", "Expected at least 1, for retries at least 0.")
    files = {key: str(given.get(key) or env.get(f"{prefix}_{key.upper()}", "")) for key in _FILES}
    for key, path in files.items():
        if path and not (context.directory / path).is_file():
            raise ValueProblem(key, f'There is no file "{path}"', "Relative paths start at the working directory.")
    url, auth_in_url = (url, "") if url.startswith(EMBEDDED) else split_url(url)
    insecure = given.get("insecure_skip_verify")
    if insecure is None:
        insecure = env.get(f"{prefix}_INSECURE_SKIP_VERIFY", "").lower() in ("1", "true")
    headers = given.get("http_headers") or _headers_from(f"{prefix}_HTTP_HEADERS", env)
    connection = Connection(
        url=url,
        auth=str(given.get("auth") or auth_in_url or env.get(f"{prefix}_AUTH", "")),
        headers={str(key): str(value) for key, value in headers.items()},
        ca_cert=files["ca_cert"],
        tls_cert=files["tls_cert"],
        tls_key=files["tls_key"],
        insecure=insecure,
        timeout=float(given.get("timeout", 60)),
        retries=int(given.get("retries", 5)),
        parallelism=int(given.get("parallelism", 16)),
        read_only=read_only,
        context=context,
    )
    _check_headers(connection, prefix)
    if not url.startswith(EMBEDDED):
        tls_of(connection)  # what is wrong with the files is said now, and not by the first call
    return connection


def _check_url(name: str, url: str) -> None:
    expected = "Expected http://…, https://… or embedded:PATH."
    if not url:
        hint = f"Set url in the provider block, or {name.upper()}_URL."
        raise ValueProblem("url", f"{name}'s url is not known", "", hint)
    if url.startswith(EMBEDDED):
        if not split_embedded(url)[0]:
            raise ValueProblem("url", "The embedded server needs a file", f'Such as "embedded:{name.lower()}.db".')
        return
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError as error:
        raise ValueProblem("url", "The url is not one", f"{redact(str(error))}. {expected}") from error
    if not good:
        raise ValueProblem("url", f'"{split_url(url)[0]}" is not a URL', expected)


def _check_headers(connection: Connection, prefix: str) -> None:
    """Raises ValueProblem for a token or a header that cannot be sent, without its value, which h11's own message would
    tell."""
    expected = "Expected printable ASCII; a file's text may end with a line end, which trimspace() takes away."
    if ":" not in connection.auth and not _IN_HEADER.fullmatch(connection.auth):
        raise ValueProblem("auth", "auth cannot be a token", expected, f"It comes from auth, the url or {prefix}_AUTH.")
    for name, value in connection.headers.items():
        if not _NAME_OF_HEADER.fullmatch(name) or not _IN_HEADER.fullmatch(value):
            raise ValueProblem("http_headers", f"{json.dumps(name)} cannot be sent as a header", expected)


def _remember_passwords(url: str, auth: str, headers: str) -> None:
    """Secrets that come another way than by a secret setting."""
    authority = url.partition("://")[2]
    if not url.startswith(EMBEDDED) and "@" in authority:
        remember_secret(unquote(authority.rpartition("@")[0]))
    remember_secret(auth)
    with suppress(ValueError):
        remember_secret(json.loads(headers) if headers else "")


def _headers_from(variable: str, env: Mapping[str, str]) -> Mapping[str, str]:
    text = env.get(variable, "")
    if not text:
        return {}
    try:
        headers: Any = json.loads(text)
    except ValueError as error:
        raise ValueProblem("http_headers", f"{variable} is not JSON", str(error)) from error
    if not isinstance(headers, dict):
        raise ValueProblem("http_headers", f"{variable} is not a JSON object")
    return {str(key): str(value) for key, value in headers.items()}
