"""Errors between here and a server. Every error names method, URL, status and the server's own message.

ProviderError (hcl_lite.core.provider_errors)
└── ApiError
    ├── Unreachable            no connection, or none that got as far as sending the request
    │   └── Untrusted          no TLS there, or not with a certificate that is to be trusted
    ├── Unclear                sent, but no answer: the work may have been done
    │   └── Unanswered         … to a read
    ├── NotJson                a success that is not JSON: a login page, a redirect, an empty answer to a GET; the
    │                           work may have been done
    ├── NotTaken               an answer beyond a limit: too large, or packed as nobody asked for
    ├── NotKept                a success after which the object is as it was before
    ├── NoToken                AWS gave no token for a workspace
    ├── Unexpected             JSON that is not what the route gives on such a server; the work may have been done
    ├── WrongOrganisation      the account works in another organisation than the one that is asked for
    ├── Invalid                400, 422
    ├── Unauthorized           401
    ├── Denied                 403
    ├── NotFound               404
    ├── Precondition           409, 412; also a Conflict
    │   ├── NameExists         … name-exists, AlreadyExists: the title, the slug or the uid is taken
    │   ├── VersionMismatch    … version-mismatch, Conflict: somebody else has changed it
    │   └── PluginDashboard    … plugin-dashboard: it came with a plugin
    ├── RateLimited            429, with Retry-After where the server says it
    └── ServerFault            5xx; the work may have been done

An answer is judged by its status and by the server's own word for the kind (`reason`), never by its text. An error
answer that is no JSON, a proxy's page or nothing at all, is of the class of its status, and has the advice of NotJson.
Only advice goes by the text, where nothing else tells the cause: a 403 is an account that may not, or an object that
nobody may change, or a feature that is off.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from hcl_lite.core.redaction import redact
from hcl_lite.core.schema import Conflict, ProviderError, Taken

# Grafana's and HeadSpin's setting, and amazon_grafana's.
WHERE = ("url", "workspace_endpoint", "workspace_id")


class ApiError(ProviderError):
    """A call that failed. `status` is 0 where no answer came; `reason` is the server's own word for its kind.

    `said` is what went wrong, without the call. Secrets that the server repeats are in none of the texts.
    """

    advice = ""

    def __init__(self, method: str, url: str, status: int, message: str, reason: str = "") -> None:
        url, message = redact(url), redact(message)
        self.said = f"answered {status}: {message}" if status else message
        super().__init__(f"{method} {url}{' ' if status else ': '}{self.said}")
        self.method = method
        self.url = url
        self.status = status
        self.message = message
        self.reason = reason

    @property
    def hint(self) -> str:
        return self.advice


class Unreachable(ApiError):
    suspects = WHERE
    advice = (
        "Check the provider's url, and that the server is up and reachable from here (embedded: that the file is its)."
    )


class Untrusted(Unreachable):
    """`code` is OpenSSL's word for what is wrong with the certificate, 0 where the server speaks no TLS."""

    def __init__(self, method: str, url: str, message: str, code: int) -> None:
        super().__init__(method, url, 0, message)
        self.advice = _OF_CERTIFICATES.get(code, _OF_ISSUERS if code else _NO_TLS)


_NO_TLS = "Something else than TLS answers there: is the url to begin with http:// instead of https://?"
_OF_ISSUERS = (
    "Give the certificates of the authority that signed the server's as ca_cert, where it is the right server."
)
# X509_V_ERR_CERT_NOT_YET_VALID, …_CERT_HAS_EXPIRED, …_HOSTNAME_MISMATCH, …_IP_ADDRESS_MISMATCH.
_OF_CERTIFICATES: Mapping[int, str] = {
    9: "The server's certificate is not valid yet: is the clock of this machine right?",
    10: "The server needs another certificate; this one's time is over, by the clock of this machine.",
    62: "Is the url that of the right server? It has to name a host that the server's certificate is for.",
    64: "Is the url that of the right server? It has to name a host that the server's certificate is for.",
}


class Unclear(ApiError):
    unclear = True
    advice = "The server may have done the work; the next plan reads back what is there."


class Unanswered(Unclear):
    """The same of a read: there is no work that could have been done."""

    suspects = WHERE
    advice = "Is the server well, and the provider's url right? Its timeout says how long an answer may take."


class NotJson(ApiError):
    """`text` is the answer, where it is a plain one: neither a page nor a redirect."""

    suspects = WHERE
    unclear = True
    advice = "Is the provider's url that of Grafana itself, with its path if it is served below one?"
    text: str | None = None


class NotTaken(ApiError):
    unclear = True
    advice = NotJson.advice


class Unexpected(ApiError):
    """`method` and `url` are of the call where it is known, else what was done at which server."""

    suspects = WHERE
    unclear = True
    advice = NotJson.advice

    def __init__(self, method: str, url: str, fault: Exception, what: str) -> None:
        super().__init__(method, url, 0, f"the answer is not what {what} gives ({type(fault).__name__}: {fault})")


class NotKept(ApiError):
    unclear = True
    advice = "Plan again, to see what became of it; a server of several machines may have to be asked for the newest."


class NoToken(ApiError):
    suspects = ("service_account_id", "workspace_id")
    advice = (
        "Check AWS's credentials (environment, profile or role), workspace_id, region and service_account_id; it takes "
        "grafana:CreateWorkspaceServiceAccountToken and grafana:DeleteWorkspaceServiceAccountToken."
    )


class WrongOrganisation(ApiError):
    advice = "A token belongs to one organisation: give one of that organisation, or correct org_id."
    setting = "org_id"


class Invalid(ApiError):
    pass


# Of whoever may not do it (3.2 to 12.4, by their sources): the other 403s are of what nobody may.
_OF_RIGHTS = re.compile(
    r"permission|access denied|access to|forbidden|not allowed|not authori|unauthori", re.IGNORECASE
)
# Of what the server has from files of its own; some are a 400.
_OF_FILES = re.compile(r"read-only data source|provisioned dashboard|(?:managed by|via) provisioning", re.IGNORECASE)
_CHANGE_THE_FILE = (
    "It comes from a file of the server's own: change that, or leave the object alone, by a data block or [[removed]]."
)


class Unauthorized(ApiError):
    suspects = ("auth",)
    advice = (
        "Check the provider's auth, or GRAFANA_AUTH (amazon_grafana: AMAZON_GRAFANA_AUTH): a service account token, an "
        "API key, or user:password."
    )


class Denied(ApiError):
    advice = (
        "The account needs more permissions: writing dashboards takes Editor; data sources, teams and preferences take "
        "Admin; users, organisations and SSO settings take an admin of the server; who may do what with an object is "
        "for Admins of it."
    )


class NotFound(ApiError):
    pass


class Precondition(ApiError, Conflict):
    pass


class NameExists(Precondition, Taken):
    advice = 'Choose another title and uid, or take over what is there: hcl-lite import, or on_exists = "adopt".'


class VersionMismatch(Precondition):
    advice = "Plan again, to see what was changed."


class PluginDashboard(Precondition):
    advice = "Give it another uid, or overwrite = true: the plugin's next update brings its own again."


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


# The word in `status` is Grafana's (3.2 to 12.4), that in `reason` the app platform's (12.4).
_BY_REASON: Mapping[str, type[Precondition]] = {
    "name-exists": NameExists,
    "AlreadyExists": NameExists,
    "version-mismatch": VersionMismatch,
    "Conflict": VersionMismatch,
    "plugin-dashboard": PluginDashboard,
}


def from_answer(method: str, url: str, status: int, body: bytes, retry_after: str = "") -> ApiError:
    """The error for an answer of `status` (400 and more); `retry_after` is what that header says."""
    message, reason, is_json = _read_message(body)
    kind = _BY_STATUS.get(status, ServerFault if status >= 500 else ApiError)
    if kind is Precondition:
        # 12.4 has no word for a folder that was changed in between; a 409 without one is of a name or a version.
        kind = _BY_REASON.get(reason, VersionMismatch if status == 412 and not reason else kind)
    if kind in (RateLimited, ServerFault) and retry_after:
        message = f"{message} (Retry-After: {retry_after})"
    error = kind(method, url, status, message, reason)
    if _OF_FILES.search(message):
        error.advice = _CHANGE_THE_FILE
    elif kind is Denied and not _OF_RIGHTS.search(message):
        error.advice = ""
    if body and not is_json:
        error.advice = NotJson.advice
    return error


def _read_message(body: bytes) -> tuple[str, str, bool]:
    """The server's message, its own word for the kind, and whether the body is JSON at all.

    Secrets are taken out before a message is cut: half of one would be left.
    """
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        text = " ".join(redact(body.decode("utf-8", "replace"))[:400].split())[:80]
        return (f"not JSON: {text!r}" if text else "an empty answer"), "", False
    if isinstance(document, list):
        return redact(_field_errors(document) or str(document))[:200], "", True
    if not isinstance(document, dict):
        return redact(str(document))[:200], "", True
    # HeadSpin's answers have their message in "status"; Grafana's have a word there, and "message" beside it.
    told = document.get("message") or document.get("error") or _of_queries(document) or document.get("status")
    message = redact(f"{told or document}{_causes(document)}")[:500]
    reason = document.get("messageId") or document.get("reason") or document.get("status") or ""
    return message, str(reason), True


def _causes(document: Mapping[str, Any]) -> str:
    """Returns the causes that the app platform gives of an error, as far as its message does not have them (12.4)."""
    details = document.get("details")
    causes = details.get("causes") if isinstance(details, dict) else None
    told = str(document.get("message"))
    found = [str(one.get("message") or "") for one in causes or () if isinstance(one, dict)]
    texts = [text.strip('"') for text in found if text.strip('"') and text.strip('"') not in told]
    return f" ({'; '.join(texts)})" if texts else ""


def _of_queries(document: Mapping[str, Any]) -> str:
    """Returns the message of POST /api/ds/query for each query that failed (8.0 to 12.4)."""
    results = document.get("results")
    found = results.items() if isinstance(results, dict) else ()
    return "; ".join(f"{ref}: {one['error']}" for ref, one in found if isinstance(one, dict) and one.get("error"))


def _field_errors(document: list[Any]) -> str:
    """Returns the messages of a 400 or 422 on the body and on each wrong or missing field (3.2 to 7.5): a list of
    them."""
    found = [one for one in document if isinstance(one, dict) and one.get("message")]
    return "; ".join(": ".join(filter(None, (_fields(one), str(one["message"])))) for one in found)


def _fields(problem: Mapping[str, Any]) -> str:
    names = problem.get("fieldNames")
    return ", ".join(map(str, names)) if isinstance(names, list) else ""
