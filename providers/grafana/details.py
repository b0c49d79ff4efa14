"""Routes of the details of a dashboard: its versions, its permissions."""

from __future__ import annotations

from providers.grafana.client import GrafanaClient
from providers.grafana.generations.table import generation_of, require
from providers.grafana.paths import dashboard_path


async def details_path(client: GrafanaClient, uid: str, what: str, number: object = None) -> str:
    """Returns the beginning of the routes of the details. `number` is the dashboard's, where it is known.

    /api/dashboards/uid/:uid (9 and later), /api/dashboards/id/:id (before; seen on 7.5). Raises NotFound for one
    that is not there, ValueProblem where the server has not `what`.
    """
    await require(client, lambda generation: generation.details_by != "", what)
    by_uid = dashboard_path(uid)
    if (await generation_of(client)).details_by == "uid":
        return by_uid
    return f"/api/dashboards/id/{number or (await client.get(by_uid))['dashboard']['id']}"
