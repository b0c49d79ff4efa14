"""Grafana 11.0.0: as 12.4.0 but for the app platform, and what `before_12` and its neighbours adapt."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from providers.embedded import auth, datasources, snapshots
from providers.embedded.generations import (
    before_12,
    before_12_alerting,
    before_12_content,
    before_12_people,
    early_platform,
    v12_4,
)
from providers.embedded.generations.adapting import Adaptation, adapt, without_routes
from providers.embedded.generations.common import unknown_route
from providers.embedded.generations.generation import Generation
from providers.embedded.routing import Route

_DASHBOARD: Final = "/api/dashboards/uid/{uid}"
_REPLACED: Final = (
    Route("GET", _DASHBOARD, before_12.get_dashboard, "Viewer", "dashboards:read"),
    Route("DELETE", _DASHBOARD, before_12.delete_dashboard, "Editor", "dashboards:delete", writes=True),
    Route("GET", f"{_DASHBOARD}/versions", before_12.list_versions, "Editor", "dashboards:write"),
    Route("POST", "/api/snapshots", before_12.create_snapshot, "Viewer", "snapshots:create", writes=True),
    Route(
        "POST",
        "/api/datasources",
        partial(datasources.create, takes_uid=bool),
        "Admin",
        "datasources:create",
        writes=True,
    ),
)

ADAPTATIONS: Final[Mapping[str, Adaptation]] = {
    **before_12.ADAPTATIONS,
    **before_12_people.ADAPTATIONS,
    **before_12_content.ADAPTATIONS,
    **before_12_alerting.ADAPTATIONS,
}
_LATER: Final = tuple(f"{method} /api/v1/sso-settings" for method in ("GET", "PUT", "DELETE"))
# All but the app platform.
CLASSIC: Final = adapt(
    (*_REPLACED, *without_routes(v12_4.CLASSIC, "PUT /api/teams/{key}/members", *_LATER)),
    ADAPTATIONS,
    refused=before_12.traced,
)

GENERATION: Final = Generation(
    "11.0.0", (*CLASSIC, *early_platform.ROUTES), auth.WORDING, unknown_route, snapshots.PUBLIC_ROUTES
)
