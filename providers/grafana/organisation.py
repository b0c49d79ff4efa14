"""In which organisation the calls to a Grafana work: the one that is asked for, or none is made.

A token belongs to one organisation. One of another is refused by 12.4; older servers take no notice of the header that
asks for it, and work in the token's own. A user may be in several, and is asked for by the header.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from hcl_lite.core.schema import ValueProblem
from providers.transport.connection import Connection
from providers.transport.errors import Denied, Unauthorized, WrongOrganisation

ORGANISATION = "X-Grafana-Org-Id"
_PATH = "/api/org"


def asked_organisation(given: Any, env: Mapping[str, str]) -> int | None:
    """The organisation of org_id, or of GRAFANA_ORG_ID; None where neither says one. Raises ValueProblem."""
    name, value = ("org_id", given) if given is not None else ("GRAFANA_ORG_ID", env.get("GRAFANA_ORG_ID") or None)
    if value is None:
        return None
    try:
        number = int(value)
    except ValueError:
        number = 0
    if number < 1 or number != float(value):
        raise ValueProblem("org_id", f"{name} cannot be {value}", "Expected the number of an organisation: 1 or more.")
    return number


async def check_organisation(connection: Connection, call: Callable[..., Awaitable[Any]]) -> None:
    """GET /api/org (3.2 to 12.4), as `call` makes it: whether it gives the organisation that the header asks for.

    Raises WrongOrganisation where it gives another, or only the account's own can be seen; else ApiError.
    """
    asked = connection.headers[ORGANISATION]
    try:
        found = await call("GET", _PATH)
    except (Unauthorized, Denied) as error:
        try:
            found = await call("GET", _PATH, headers={ORGANISATION: ""})
        except (Unauthorized, Denied):
            raise error from None  # it is not the organisation: the account is not accepted at all
    if str(found["id"]) != asked:
        where = f"organisation {found['id']} ({found['name']})"
        message = f"the account works in {where}, and org_id asks for {asked}"
        raise WrongOrganisation("GET", connection.url.rstrip("/") + _PATH, 200, message)
