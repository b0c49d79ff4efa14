"""Kinds of the app platform that Grafana keeps where its older APIs do: one function for each call, declared once, as
12.4.0 answers. `dryRun` is passed over by them, and so is any version but for updates."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import orjson
from starlette.responses import Response

from providers.embedded import auth, status, wire
from providers.embedded.admin import namespace
from providers.embedded.options import Role
from providers.embedded.routing import Call, Route

Json = dict[str, Any]
_VERBS: Final = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")


def _no_version(call: Call, items: Sequence[Json]) -> Json:
    return {}


@dataclass(frozen=True, kw_only=True)
class AppKind:
    """A kind. `listed` has all objects with metadata and spec; `create`, `update` and `delete` are told what was sent
    and what is there, and the first two return the name. `list_metadata` is the metadata of the list; `roles` are the
    least ones that read and write."""

    group: str
    versions: tuple[str, ...]
    plural: str
    kind: str
    listed: Callable[[Call], Sequence[Json]]
    create: Callable[[Call, Json], str]
    update: Callable[[Call, Json, Json], str]
    delete: Callable[[Call, Json], None]
    list_metadata: Callable[[Call, Sequence[Json]], Json] = _no_version
    roles: tuple[Role, Role] = ("Viewer", "Editor")
    are_items_typed: bool = False
    verbs: Sequence[str] = _VERBS

    @property
    def routes(self) -> tuple[Route, ...]:
        path = f"/apis/{self.group}/{{version}}/namespaces/{{namespace}}/{self.plural}"
        calls: Sequence[tuple[str, str, Callable[[AppKind, Call], Response]]] = (
            ("GET", path, _list),
            ("POST", path, _create),
            ("GET", f"{path}/{{name}}", _get),
            ("PUT", f"{path}/{{name}}", _update),
            ("DELETE", f"{path}/{{name}}", _delete),
        )
        return tuple(
            Route(method, path, partial(handler, self), "None", writes=method != "GET")
            for method, path, handler in calls
        )

    def not_found(self, name: str) -> wire.Refused:
        return status.not_found(self.plural, self.group, name)

    def typed(self, call: Call, item: Json) -> Json:
        return {"kind": self.kind, "apiVersion": f"{self.group}/{call.params['version']}", **item}


def in_namespace(call: Call, plural: str, group: str, role: Role) -> Call:
    """The call as it stands in the organisation that the namespace names. Raises Refused."""
    space = call.params["namespace"]
    org = next((number for number in call.identity.roles if namespace(number) == space), None)
    if org is None:
        raise _not_a_member(call, plural, group, space)
    who = auth.in_org(call.identity, org)
    if not who.can(role):
        raise status.refuse(403)
    return Call(call.request, call.params, call.body, who, call.store, call.options)


def _not_a_member(call: Call, plural: str, group: str, space: str) -> wire.Refused:
    """500 for server admins, 403 for everybody else (12.4.0)."""
    account = call.identity.account
    if account.server_admin:
        return status.refuse(500, "namespace mismatch")
    verb = {"GET": "get" if "name" in call.params else "list", "POST": "create", "PUT": "update", "DELETE": "delete"}
    what = f'cannot {verb[call.request.method]} resource "{plural}" in API group "{group}"'
    return status.forbidden(plural, group, f'User "{account.login}" {what} in the namespace "{space}": invalid org')


def cluster_uid(kind: str, space: str, name: str, group: str = "") -> str:
    """The uid in the metadata of what is kept by an older API: made of its name (by the source of 12.4.0)."""
    digest = hashlib.sha256("|".join((group, kind, space, name)).encode()).digest()
    return "".join(char if char.isalnum() else "X" for char in urlsafe_b64encode(digest).decode())


def given_spec(body: Mapping[str, Any]) -> Json:
    """The spec that was sent."""
    spec = body.get("spec")
    return spec if isinstance(spec, dict) else {}


def sent_name(body: Mapping[str, Any]) -> str:
    """The name that was sent; empty for none."""
    metadata = body.get("metadata")
    return str(metadata.get("name") or "") if isinstance(metadata, dict) else ""


# --- the calls --------------------------------------------------------------------------------------------------------


def _enter(kind: AppKind, call: Call, *, writing: bool = False) -> Call:
    if call.params["version"] not in kind.versions:
        raise status.no_such_route()
    return in_namespace(call, kind.plural, kind.group, kind.roles[writing])


def _list(kind: AppKind, call: Call) -> Response:
    call = _enter(kind, call)
    items = kind.listed(call)
    metadata = kind.list_metadata(call, items)
    if _wants_metadata(call):
        body = {"kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1", "metadata": metadata}
        return wire.answer(body | {"items": [_partial(item) for item in items] or None})
    shown = [kind.typed(call, item) for item in items] if kind.are_items_typed else items
    return wire.answer(kind.typed(call, {"kind": f"{kind.kind}List", "metadata": metadata, "items": shown}))


def _get(kind: AppKind, call: Call) -> Response:
    call = _enter(kind, call)
    item = _require(kind, call)
    return wire.answer(_partial(item) if _wants_metadata(call) else kind.typed(call, item))


def _create(kind: AppKind, call: Call) -> Response:
    call = _enter(kind, call, writing=True)
    return wire.answer(kind.typed(call, _named(kind, call, kind.create(call, _read(kind, call)))), 201)


def _update(kind: AppKind, call: Call) -> Response:
    """409 where another resourceVersion is sent than the object has."""
    call = _enter(kind, call, writing=True)
    there, body = _require(kind, call), _read(kind, call)
    name = call.params["name"]
    if sent_name(body) not in ("", name):
        message = f"the name of the object ({sent_name(body)}) does not match the name on the URL ({name})"
        raise status.bad_request(message)
    version = (body.get("metadata") or {}).get("resourceVersion") or ""
    if version not in ("", there["metadata"].get("resourceVersion", "")):
        raise status.conflict(kind.plural, kind.group, name)
    return wire.answer(kind.typed(call, _named(kind, call, kind.update(call, there, body))))


def _delete(kind: AppKind, call: Call) -> Response:
    call = _enter(kind, call, writing=True)
    there = _require(kind, call)
    kind.delete(call, there)
    return wire.answer(kind.typed(call, there))


def _require(kind: AppKind, call: Call) -> Json:
    return _named(kind, call, call.params["name"])


def _named(kind: AppKind, call: Call, name: str) -> Json:
    found = next((item for item in kind.listed(call) if item["metadata"]["name"] == name), None)
    if found is None:
        raise kind.not_found(name)
    return found


def _read(kind: AppKind, call: Call) -> Json:
    try:
        body = orjson.loads(call.body)
    except orjson.JSONDecodeError:
        body = None
    if not isinstance(body, dict):
        raise status.bad_request(f"the object provided is unrecognized (must be of type {kind.kind})")
    given, expected = body.get("apiVersion"), f"{kind.group}/{call.params['version']}"
    if given not in (None, expected):
        message = f"the API version in the data ({given}) does not match the expected API version ({expected})"
        raise status.bad_request(message)
    return body


def _wants_metadata(call: Call) -> bool:
    return "as=PartialObjectMetadata" in call.request.headers.get("accept", "")


def _partial(item: Json) -> Json:
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": item["metadata"]}
