"""What can go wrong between here and a server. Every error names method, URL, status and the server's own message.

ProviderError (hcl_lite.core.schema)
└── ApiError
    ├── Unreachable       no connection, or none that got as far as sending the request
    ├── Unclear           sent, but no answer: the work may have been done
    ├── NotJson           an answer that is not JSON, such as a login page or a proxy's error
    ├── NotTaken          an answer beyond a limit: too large, or packed as nobody asked for
    ├── NoToken           AWS gave no token for a workspace
    ├── Unexpected        JSON that is not what the route gives on such a server
    ├── Invalid           400, 422
    ├── Unauthorized      401
    ├── Denied            403
    ├── NotFound          404
    ├── Precondition      409, 412; also a Conflict
    ├── RateLimited       429
    └── ServerFault       5xx; the work may have been done
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from hcl_lite.core.schema import Conflict, ProviderError


class ApiError(ProviderError):
    """A call that failed. `status` is 0 where no answer came; `reason` is the server's own word for its kind."""

    advice = ""

    def __init__(self, method: str, url: str, status: int, message: str, reason: str = "") -> None:
        answer = f" answered {status}" if status else ""
        super().__init__(f"{method} {url}{answer}: {message}")
        self.method = method
        self.url = url
        self.status = status
        self.message = message
        self.reason = reason

    @property
    def hint(self) -> str:
        return self.advice


class Unreachable(ApiError):
    advice = (
        "Check the provider's url, and that the server is up and reachable from here (embedded: that the file is its)."
    )


class Unclear(ApiError):
    unclear = True
    advice = "The server may have done the work; the next plan reads back what is there."


class NotJson(ApiError):
    advice = "Is the provider's url that of Grafana itself, with its path if it is served below one?"


class NotTaken(ApiError):
    unclear = True
    advice = NotJson.advice


class Unexpected(ApiError):
    unclear = True
    advice = NotJson.advice

    def __init__(self, doing: str, url: str, error: Exception, what: str) -> None:
        super().__init__(doing, url, 0, f"the answer is not what {what} gives ({type(error).__name__}: {error})")


class NoToken(ApiError):
    advice = (
        "Check AWS's credentials (environment, profile or role), workspace_id, region and service_account_id; it takes "
        "grafana:CreateWorkspaceServiceAccountToken and grafana:DeleteWorkspaceServiceAccountToken."
    )


class Invalid(ApiError):
    pass


class Unauthorized(ApiError):
    advice = (
        "Check the provider's auth, or GRAFANA_AUTH (amazon_grafana: AMAZON_GRAFANA_AUTH): a service account token, an "
        "API key, or user:password."
    )


class Denied(ApiError):
    advice = "The account needs more permissions: writing dashboards takes Editor, data sources take Admin."


class NotFound(ApiError):
    pass


class Precondition(ApiError, Conflict):
    pass


class RateLimited(ApiError):
    advice = "The server asks for fewer calls; lower the provider's parallelism."


class ServerFault(ApiError):
    unclear = True


_BY_STATUS: Mapping[int, type[ApiError]] = {
    400: Invalid,
    401: Unauthorized,
    403: Denied,
    404: NotFound,
    409: Precondition,
    412: Precondition,
    422: Invalid,
    429: RateLimited,
}


def from_answer(method: str, url: str, status: int, body: bytes) -> ApiError:
    """The error for an answer of `status`: judged by status alone, never by its text."""
    message, reason, is_json = _read_message(body)
    kind = _BY_STATUS.get(status, ServerFault if status >= 500 else ApiError)
    error = kind(method, url, status, message, reason)
    if body and not is_json:
        error.advice = NotJson.advice
    return error


def _read_message(body: bytes) -> tuple[str, str, bool]:
    """The server's message, its own word for the kind, and whether the body is JSON at all."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        text = " ".join(body[:400].decode("utf-8", "replace").split())[:80]
        return (f"not JSON: {text!r}" if text else "an empty answer"), "", False
    if isinstance(document, list):
        return (_field_errors(document) or str(document))[:200], "", True
    if not isinstance(document, dict):
        return str(document)[:200], "", True
    # HeadSpin's answers have their message in "status"; Grafana's have a word there, and "message" beside it.
    said = document.get("message") or document.get("error") or _of_queries(document) or document.get("status")
    message = str(said or document)[:500]
    reason = document.get("messageId") or document.get("reason") or document.get("status") or ""
    return message, str(reason), True


def _of_queries(document: Mapping[str, Any]) -> str:
    """What POST /api/ds/query says of each query that failed (8.0 to 12.4)."""
    results = document.get("results")
    found = results.items() if isinstance(results, dict) else ()
    return "; ".join(f"{ref}: {one['error']}" for ref, one in found if isinstance(one, dict) and one.get("error"))


def _field_errors(document: list[Any]) -> str:
    """What a 422 says of each field that is missing or wrong (3.2 to 7.5): a list of them."""
    found = [one for one in document if isinstance(one, dict) and isinstance(one.get("fieldNames"), list)]
    return "; ".join(f"{', '.join(map(str, one['fieldNames']))}: {one.get('message', '')}" for one in found)
