"""Discovery of the app platform: groups, their versions, and the kinds of each, as 12.4.0 tells of those that are
served here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from starlette.responses import Response

from providers.embedded import alerting_kinds, people_kinds, status, wire
from providers.embedded.app_kinds import VERBS, AppKind
from providers.embedded.playlist_kind import PLAYLIST_KIND
from providers.embedded.resources import DASHBOARDS, FOLDERS, Resource
from providers.embedded.routing import Call, Route

KINDS: Final[Sequence[AppKind]] = (*people_kinds.KINDS, PLAYLIST_KIND, *alerting_kinds.KINDS)


@dataclass(frozen=True, slots=True)
class _Served:
    """A kind, as the list of its group's version tells it."""

    group: str
    versions: Sequence[str]
    plural: str
    kind: str
    verbs: Sequence[str]

    def told(self) -> dict[str, Any]:
        return {
            "name": self.plural,
            "singularName": self.kind.lower(),
            "namespaced": True,
            "kind": self.kind,
            "verbs": [*self.verbs],
        }


def list_groups(call: Call) -> Response:
    """GET /apis (12.4.0 lists more groups than those that are served here)."""
    addresses = [{"clientCIDR": "0.0.0.0/0", "serverAddress": call.request.url.netloc}]
    names = dict.fromkeys(one.group for one in _served())
    groups = [_group(name) | {"serverAddressByClientCIDRs": addresses} for name in names]
    return wire.answer({"kind": "APIGroupList", "groups": groups})


def get_group(call: Call) -> Response:
    """GET /apis/:group (12.4.0)."""
    check_group(call.params["group"])
    return wire.answer({"kind": "APIGroup", "apiVersion": "v1", **_group(call.params["group"])})


def get_group_version(call: Call) -> Response:
    """GET /apis/:group/:version (12.4.0)."""
    group, version = call.params["group"], call.params["version"]
    check_group(group)
    kinds = [one.told() for one in _served() if one.group == group and version in one.versions]
    if not kinds:
        raise status.no_such_route()
    body = {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": f"{group}/{version}", "resources": kinds}
    return wire.answer(body)


def check_group(group: str) -> None:
    """Of a group that is not served the refusal is plain text (12.4.0)."""
    if all(one.group != group for one in _served()):
        raise wire.Refused(Response("404 page not found\n", 404, media_type="text/plain"))


def no_such_route(call: Call) -> Response:
    """Any other path below /apis (12.4.0)."""
    check_group(call.params["group"])
    raise status.no_such_route()


def _served() -> Iterator[_Served]:
    for resource in (FOLDERS, DASHBOARDS):
        yield _of_resource(resource)
    for kind in KINDS:
        yield _Served(kind.group, kind.versions, kind.plural, kind.kind, kind.verbs)


def _of_resource(resource: Resource) -> _Served:
    return _Served(resource.group, resource.versions, resource.plural, resource.kind, VERBS)


def _group(name: str) -> dict[str, Any]:
    numbers = next(one.versions for one in _served() if one.group == name)
    versions = [{"groupVersion": f"{name}/{one}", "version": one} for one in numbers]
    return {"name": name, "versions": versions, "preferredVersion": versions[0]}


_GROUP: Final = "/apis/{group}"
ROUTES: Final = (
    Route("GET", "/apis", list_groups, "None"),
    Route("GET", _GROUP, get_group, "None"),
    Route("GET", f"{_GROUP}/{{version}}", get_group_version, "None"),
    *(route for kind in KINDS for route in kind.routes),
)
OTHERS: Final = (Route("*", "/apis/{group}/{rest:path}", no_such_route, "None"),)
