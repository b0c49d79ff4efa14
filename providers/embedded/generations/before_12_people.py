"""The differences of 11.0.0 from 12.4.0 about people: teams, users, organisations, service accounts."""

from collections.abc import Mapping
from typing import Any, Final

from providers.embedded.generations.adapting import Adaptation, adding, both, lacking, refusing, shaped
from providers.embedded.generations.traits import Refusal

_IN_MEMBERS: Final = ("created", "isProvisioned", "uid")


def _nameless(user: dict[str, Any]) -> dict[str, Any]:
    """A user, whose uid only later versions tell here."""
    return user | {"uid": ""}


def _nameless_all(users: Any) -> Any:
    return [_nameless(one) for one in users]


def _labelled(user: dict[str, Any]) -> dict[str, Any]:
    return user | {"authLabels": user["authLabels"] or None}


_TEAMS: Final = "/api/teams"
_NO_ID: Final = {"Not found": Refusal(400, "teamId is invalid")}
_PEOPLE_OF_TEAMS: Final[Mapping[str, Adaptation]] = {
    f"POST {_TEAMS}": Adaptation(lacking("uid")),
    f"GET {_TEAMS}/search": Adaptation(lacking("isProvisioned", "externalUID", within="teams")),
    f"GET {_TEAMS}/{{key}}": Adaptation(both(lacking("isProvisioned", "externalUID"), refusing(_NO_ID))),
    f"PUT {_TEAMS}/{{key}}": Adaptation(refusing({**_NO_ID, "Team not found": Refusal(500, "Failed to update Team")})),
    f"DELETE {_TEAMS}/{{key}}": Adaptation(
        refusing({**_NO_ID, "Team not found": Refusal(404, "Failed to delete Team. ID not found")})
    ),
    f"GET {_TEAMS}/{{key}}/members": Adaptation(lacking("uid", "userUID")),
}
_USERS: Final[Mapping[str, Adaptation]] = {
    "POST /api/admin/users": Adaptation(
        both(
            lacking("uid"),
            refusing({"New password is too short": Refusal(400, "Password is missing or too short")}),
        )
    ),
    "GET /api/users": Adaptation(both(lacking("created", "isProvisioned"), shaped(_nameless_all))),
    "GET /api/users/search": Adaptation(
        both(lacking("created", "isProvisioned", within="users"), adding("users", uid=""))
    ),
    "GET /api/users/lookup": Adaptation(both(lacking("isProvisioned"), shaped(_labelled), shaped(_nameless))),
    "GET /api/users/{id:int}": Adaptation(both(lacking("isProvisioned"), shaped(_nameless))),
    "GET /api/org/users": Adaptation(lacking(*_IN_MEMBERS)),
}
_JOINED: Final = Adaptation(adding(autoApproveJoinRequests=False))
_ORGANISATIONS: Final[Mapping[str, Adaptation]] = {
    "GET /api/org": _JOINED,
    "GET /api/orgs/{id:int}": _JOINED,
    "GET /api/orgs/name/{name}": _JOINED,
    "GET /api/orgs/{id:int}/users": Adaptation(lacking(*_IN_MEMBERS)),
}
_ACCOUNTS: Final = "/api/serviceaccounts"
_SERVICE_ACCOUNTS: Final[Mapping[str, Adaptation]] = {
    f"POST {_ACCOUNTS}": Adaptation(lacking("uid")),
    f"GET {_ACCOUNTS}/search": Adaptation(lacking("uid", within="serviceAccounts")),
    f"GET {_ACCOUNTS}/{{id:int}}": Adaptation(lacking("uid")),
    f"PATCH {_ACCOUNTS}/{{id:int}}": Adaptation(lacking("uid", within="serviceaccount")),
    f"DELETE {_ACCOUNTS}/{{id:int}}": Adaptation(
        refusing({"service account not found": Refusal(500, "Service account deletion error")})
    ),
}

ADAPTATIONS: Final[Mapping[str, Adaptation]] = {**_PEOPLE_OF_TEAMS, **_USERS, **_ORGANISATIONS, **_SERVICE_ACCOUNTS}
