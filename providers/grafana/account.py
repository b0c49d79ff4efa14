"""What the account may not do, as far as the server tells."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from hcl_lite.core.schema import Verb
from providers.grafana.client import GrafanaClient
from providers.grafana.dashboard import DASHBOARD
from providers.grafana.data_source import DATA_SOURCE
from providers.grafana.folder import FOLDER
from providers.grafana.generations.table import generation_of
from providers.grafana.permissions import DASHBOARD_PERMISSION, FOLDER_PERMISSION
from providers.grafana.preferences import PREFERENCES
from providers.transport.errors import ApiError

Write = tuple[str, Verb]

_PATH = "/api/access-control/user/actions"
_OWN = "Admin of it"

# What each write takes: the action, as 12.4.0 names it in a 403, and the role that has it. Nothing is said of
# snapshots: a server can let everybody make them.
_TAKES: Mapping[Write, tuple[str, str]] = {
    (DASHBOARD.name, "create"): ("dashboards:create", "Editor"),
    (DASHBOARD.name, "update"): ("dashboards:write", "Editor"),
    (DASHBOARD.name, "delete"): ("dashboards:delete", "Editor"),
    (FOLDER.name, "create"): ("folders:create", "Editor"),
    (FOLDER.name, "update"): ("folders:write", "Editor"),
    (FOLDER.name, "delete"): ("folders:delete", "Editor"),
    (DATA_SOURCE.name, "create"): ("datasources:create", "Admin"),
    (DATA_SOURCE.name, "update"): ("datasources:write", "Admin"),
    (DATA_SOURCE.name, "delete"): ("datasources:delete", "Admin"),
    (FOLDER_PERMISSION.name, "create"): ("folders.permissions:write", _OWN),
    (FOLDER_PERMISSION.name, "update"): ("folders.permissions:write", _OWN),
    (FOLDER_PERMISSION.name, "delete"): ("folders.permissions:write", _OWN),
    (DASHBOARD_PERMISSION.name, "create"): ("dashboards.permissions:write", _OWN),
    (DASHBOARD_PERMISSION.name, "update"): ("dashboards.permissions:write", _OWN),
    (DASHBOARD_PERMISSION.name, "delete"): ("dashboards.permissions:write", _OWN),
    (PREFERENCES.name, "create"): ("orgs.preferences:write", "Admin"),
    (PREFERENCES.name, "update"): ("orgs.preferences:write", "Admin"),
    (PREFERENCES.name, "delete"): ("orgs.preferences:write", "Admin"),
}
# Whoever makes one of these is Admin of it, and of what is put into it: what the account may not do yet, it may then.
_GIVES_RIGHTS: Collection[Write] = ((FOLDER.name, "create"), (DASHBOARD.name, "create"))
_GIVEN = frozenset({DASHBOARD.name, FOLDER.name, FOLDER_PERMISSION.name, DASHBOARD_PERMISSION.name})


async def find_forbidden(client: GrafanaClient, writes: Collection[Write]) -> Mapping[Write, str]:
    """Those of `writes` that the account can make on no object at all, with what they take.

    GET /api/access-control/user/actions (12.4): an action is told when the account has it on any object, or on one that
    is to come. Whether on this one, is left to the write.
    """
    if _TAKES.keys().isdisjoint(writes) or not (await generation_of(client)).tells_actions:
        return {}
    try:
        # What the account was just given is not in what the server remembers of it.
        told = await client.get(_PATH, {"reloadcache": "true"})
    except ApiError:
        return {}
    return dict(_lacking(writes, told)) if isinstance(told, dict) else {}


def _lacking(writes: Collection[Write], told: Collection[str]) -> Iterator[tuple[Write, str]]:
    gains = any(write in writes and _TAKES[write][0] in told for write in _GIVES_RIGHTS)
    for write in writes:
        if write in _TAKES and not (gains and write[0] in _GIVEN):
            action, role = _TAKES[write]
            if action not in told:
                yield write, f"{role} ({action})"
