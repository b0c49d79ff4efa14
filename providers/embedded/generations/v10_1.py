"""Grafana 10.1.2: as 11.0.0 but for what `before_11` and its neighbour adapt; folders are of one level."""

from functools import partial
from typing import Final

from providers.embedded import auth, contact_points, datasources, folders, snapshots, wire
from providers.embedded.alerting import ROOT
from providers.embedded.generations import before_11, before_11_alerting, before_12, v11_0
from providers.embedded.generations.adapting import adapt, without_routes
from providers.embedded.generations.common import unknown_route
from providers.embedded.generations.generation import Generation
from providers.embedded.routing import Route

_FOLDERS: Final = (
    Route("GET", "/api/folders", before_11.list_folders, "Viewer", "folders:read"),
    Route("POST", "/api/folders/{uid}/move", before_11.move_folder, "Editor", "folders:write"),
    *folders.ROUTES,
)
_REPLACED: Final = (
    Route(
        "GET",
        "/api/dashboards/uid/{uid}",
        partial(before_12.get_dashboard, **before_11.PUBLIC),
        "Viewer",
        "dashboards:read",
    ),
    Route(
        "POST",
        "/api/datasources",
        partial(datasources.create, takes_uid=bool, first_is_default=False),
        "Admin",
        "datasources:create",
        writes=True,
    ),
)
_ABSENT: Final = (
    *("GET /api/dashboards/uid/{uid}/public-dashboards", "GET /api/dashboards/public-dashboards"),
    *(f"{verb} /api/dashboards/uid/{{uid}}/public-dashboards" for verb in ("POST", "PATCH", "DELETE")),
    f"DELETE {ROOT}/folder/",
)


_adapt: Final = partial(adapt, refused=before_12.traced)
_FROM_12_4: Final = (
    *_adapt(_FOLDERS, before_11.FOLDERS),
    *_adapt(contact_points.ROUTES, before_11_alerting.POINTS),
)
_AS_11_0: Final = (
    *_adapt((*before_11_alerting.UNPLACED.routes, *_REPLACED), v11_0.ADAPTATIONS),
    *without_routes(v11_0.CLASSIC, *_ABSENT),
)
_FROM_11_0: Final = _adapt(_AS_11_0, {**before_11.ADAPTATIONS, **before_11_alerting.ADAPTATIONS})


def _refuse_login(message_id: str) -> wire.Refused:
    """A wrong password is a mistake of the request (auth-wrong-password)."""
    refused = auth.WORDING.login(message_id)
    if message_id != "password-auth.failed":
        return refused
    body = {"extra": None, "message": "Invalid username or password", "messageId": message_id, "statusCode": 400}
    return wire.Refused(wire.answer({**body, "traceID": ""}, 400, wire.CHARSET))


GENERATION: Final = Generation(
    "10.1.2",
    (*_FROM_12_4, *_FROM_11_0),
    auth.Wording(_refuse_login, auth.denied),
    unknown_route,
    snapshots.PUBLIC_ROUTES,
)
