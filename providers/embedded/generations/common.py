"""The common part of the generations before the app platform, beside their traits."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from starlette.responses import Response

from providers.embedded import wire
from providers.embedded.auth import Wording
from providers.embedded.objects import Entry
from providers.embedded.routing import Call

LOGIN_MESSAGES: Final[Mapping[str, str]] = {
    "auth.unauthorized": "Unauthorized",
    "password-auth.failed": "Invalid username or password",
    "api-key.invalid": "Invalid API key",
    "api-key.expired": "Expired API key",
}


def make_wording(messages: Mapping[str, str]) -> Wording:
    """401 and 403 are a message and nothing else (3.2.1, 5.4.3, 7.5.5); a token works in its own organisation, whatever
    X-Grafana-Org-Id says (source)."""
    return Wording(partial(_refuse_login, messages), _deny, binds_tokens=False)


def unknown_route(_: bool) -> wire.Refused:
    """404 of a path without route (5.4.3, 7.5.5), for anybody."""
    return wire.refuse(404, "Not found", wire.CHARSET)


def unknown_route_in_text(_: bool) -> wire.Refused:
    """404 of a path without route (3.2.1): no JSON."""
    headers = {"content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff"}
    return wire.Refused(Response("404 page not found\n", 404, headers))


def authorship(call: Call, entry: Entry) -> dict[str, str]:
    """Returns author and time of the creation and of the last save; a creation is a save (3.2.1, 5.4.3, 7.5.5)."""
    return {
        "created": wire.timestamp(entry.created),
        "updated": wire.timestamp(entry.saved),
        "updatedBy": call.accounts.login_of(entry.updated_by or entry.created_by),
        "createdBy": call.accounts.login_of(entry.created_by),
    }


def _refuse_login(messages: Mapping[str, str], message_id: str) -> wire.Refused:
    return wire.refuse(401, messages[message_id], wire.CHARSET)


def _deny(words: str) -> wire.Refused:
    """Routes for a role say the same (3.2.1 snap-delete-by-delete-key-anonymous); others have words of their own."""
    return wire.refuse(403, words) if words else wire.refuse(403, "Permission denied", wire.CHARSET)
