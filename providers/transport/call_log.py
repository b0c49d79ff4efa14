"""Log lines of calls: one for each at DEBUG; at TRACE also its body and its answer, without secrets.

Each call has an id. It goes along as X-Request-ID, for proxies, and as W3C's traceparent: Grafana has it as traceID in
every line that it logs of the call, whether its tracing is on or not, and answers it in Grafana-Trace-Id (12.4.0).
"""

from __future__ import annotations

import json
import logging
import re
import secrets
from collections import ChainMap
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from hcl_lite.core.redaction import MASK, is_hidden, redact

LOG = logging.getLogger("hcl_lite.http")
TRACE = 5

_LONGEST = 10_000  # characters of a body; a dashboard's first are enough to know it by
_SECRET_FIELD = re.compile(
    r"securejsondata|.*passw(or)?d.*|.*secret.*|.*token.*|.*api_?key.*|.*(private|access|delete)_?key.*"
    r"|deleteurl|authorization|.*cookie.*",
    re.IGNORECASE,
)
_SECRET_HEADER = re.compile(r".*(auth|cookie|token|secret|key|passw).*", re.IGNORECASE)
_TOKEN = re.compile(r"\b(?:glsa|glc)_[A-Za-z0-9_]{8,}|\beyJ[A-Za-z0-9_=-]{20,}(?:\.[A-Za-z0-9_=-]+)*")


def new_request_id() -> str:
    """32 hexadecimal digits, as W3C's Trace Context wants them."""
    return secrets.token_hex(16)


def trace_headers(request_id: str) -> Mapping[str, str]:
    """The headers that take the id along. It asks for no tracing: the last byte says that nothing is sampled."""
    return {"X-Request-ID": request_id, "traceparent": f"00-{request_id}-{request_id[:16]}-00"}


def log_sent(
    request_id: str,
    method: str,
    url: str,
    headers: Iterable[Mapping[str, str]],
    content: bytes | None,
    hidden: Collection[str],
) -> None:
    """At TRACE, a request; the values of the headers named in `hidden` are secret."""
    if LOG.isEnabledFor(TRACE):
        url = redact(url)
        sent = _headers(ChainMap(*map(dict, headers)), hidden)
        fields = {"request_id": request_id, "headers": sent, "body": body_shown(content)}
        LOG.log(TRACE, "> %s %s", method, url, extra={"fields": fields})


def log_answer(
    request_id: str, method: str, url: str, status: int, headers: Mapping[str, str], content: bytes, seconds: float
) -> None:
    """At DEBUG, that a call was answered; at TRACE, with what."""
    if not LOG.isEnabledFor(logging.DEBUG):
        return
    url = redact(url)
    fields: dict[str, Any] = {
        "request_id": request_id,
        "method": method,
        "url": url,
        "status": status,
        "ms": round(seconds * 1000),
        "bytes": len(content),
    }
    LOG.debug("%s %s answered %d", method, url, status, extra={"fields": fields})
    if LOG.isEnabledFor(TRACE):
        fields = {"request_id": request_id, "headers": _headers(headers, ()), "body": body_shown(content)}
        LOG.log(TRACE, "< %d of %s %s", status, method, url, extra={"fields": fields})


def log_failure(request_id: str, method: str, url: str, reason: str, wait: float | None) -> None:
    """At WARNING, that a call failed and is made again; at DEBUG, that it failed for good, which others report."""
    level = logging.DEBUG if wait is None else logging.WARNING
    again = "" if wait is None else f"; again in {wait:.2g} s"
    if LOG.isEnabledFor(level):
        fields = {"request_id": request_id}
        LOG.log(level, "%s %s: %s%s", method, redact(url), redact(reason), again, extra={"fields": fields})


def body_shown(content: bytes | None) -> str:
    """A body fit for the log: secret by the names of its fields and by what is known to be secret; cut where long."""
    if not content:
        return ""
    try:
        text = json.dumps(_without_secrets(json.loads(content)), ensure_ascii=False)
    except (ValueError, RecursionError):
        text = content.decode("utf-8", "replace")
    text = _TOKEN.sub(MASK, redact(text))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text)} characters)"


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _masked(item) if _SECRET_FIELD.fullmatch(key) or is_hidden(key) else _without_secrets(item)
            for key, item in value.items()
        }
    return [_without_secrets(item) for item in value] if isinstance(value, list) else value


def _masked(value: Any) -> Any:
    """The names below stay: they say which secrets were sent."""
    if isinstance(value, dict):
        return {key: _masked(item) for key, item in value.items()}
    return value if value is None or value == "" or isinstance(value, bool) else MASK


def _headers(headers: Mapping[str, str], hidden: Collection[str]) -> Mapping[str, str]:
    secret = {name.lower() for name in hidden}
    return {
        name: MASK if name.lower() in secret or _SECRET_HEADER.fullmatch(name) else redact(str(value))
        for name, value in headers.items()
    }
