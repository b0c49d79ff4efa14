"""The app platform as 11.0.0 has it: two groups, of which the one that lists playlists is served."""

from typing import Any, Final

from starlette.responses import Response

from providers.embedded import wire
from providers.embedded.admin import namespace
from providers.embedded.items import Item
from providers.embedded.playlists import PLAYLISTS
from providers.embedded.routing import Call, Route

_VERSION: Final = "v0alpha1"
_GROUPS: Final = ("playlist.grafana.app", "featuretoggle.grafana.app")
_HOOKS: Final = ("max-in-flight-filter", "storage-object-count-tracker-hook")
_PATHS: Final = [
    "/apis",
    *(path for group in sorted(_GROUPS) for path in (f"/apis/{group}", f"/apis/{group}/{_VERSION}")),
    *("/healthz", "/healthz/log", "/healthz/ping", *(f"/healthz/poststarthook/{hook}" for hook in _HOOKS)),
    *("/livez", "/livez/log", "/livez/ping", *(f"/livez/poststarthook/{hook}" for hook in _HOOKS)),
    *("/metrics", "/metrics/slis", "/openapi/v2", "/openapi/v3", "/openapi/v3/"),
    *("/readyz", "/readyz/log", "/readyz/ping", *(f"/readyz/poststarthook/{hook}" for hook in _HOOKS)),
    *("/readyz/shutdown", "/version"),
]


def list_groups(call: Call) -> Response:
    """GET /apis (11.0.0)."""
    address = call.request.url.netloc
    return wire.answer({"kind": "APIGroupList", "groups": [_group(name, address) for name in _GROUPS]})


def list_playlists(call: Call) -> Response:
    """GET /apis/playlist.grafana.app/v0alpha1/namespaces/:namespace/playlists (11.0.0): without `items` where there are
    none; those that there are were not recorded."""
    items = [_resource(call, item) for item in PLAYLISTS.items(call).all()]
    body = {"kind": "PlaylistList", "apiVersion": f"{_GROUPS[0]}/{_VERSION}", "metadata": {}}
    return wire.answer(body | ({"items": items} if items else {}))


def no_such_route(_: Call) -> Response:
    """The answer to any other path below /apis (11.0.0): 404, and the paths that there are."""
    return wire.answer({"paths": _PATHS}, 404)


def _group(name: str, address: str) -> dict[str, Any]:
    version = {"groupVersion": f"{name}/{_VERSION}", "version": _VERSION}
    servers = [{"clientCIDR": "0.0.0.0/0", "serverAddress": address}]
    return {"name": name, "versions": [version], "preferredVersion": version, "serverAddressByClientCIDRs": servers}


def _resource(call: Call, item: Item) -> dict[str, Any]:
    metadata = {"name": item.uid, "namespace": namespace(call.identity.org)}
    return {"metadata": metadata, "spec": {"title": item.name, **item.body}}


ROUTES: Final = (
    Route("GET", "/apis", list_groups, "None"),
    Route("GET", f"/apis/{_GROUPS[0]}/{_VERSION}/namespaces/{{namespace}}/playlists", list_playlists),
    Route("*", "/apis/{rest:path}", no_such_route, "None"),
)
