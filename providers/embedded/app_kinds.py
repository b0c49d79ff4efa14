"""Kinds of the app platform that Grafana keeps where its older APIs do: one function for each call, declared once, as
12.4.0 answers. Most pass `dryRun` over, and write."""

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
from providers.embedded.collection import Verb
from providers.embedded.options import Role
from providers.embedded.routing import Call, Route

Json = dict[str, Any]
VERBS: Final = ("create", "delete", "deletecollection", "get", "list", "patch", "update")


def _no_version(call: Call, items: Sequence[Json]) -> Json:
    return {}


def _not_found(kind: "AppKind", name: str) -> wire.Refused:
    return status.not_found(kind.plural, kind.group, name)


def _conflict(kind: "AppKind", there: Json, version: str) -> wire.Refused:
    return status.conflict(kind.plural, kind.group, there["metadata"]["name"])


def _deleted(kind: "AppKind", call: Call, there: Json) -> Json:
    return kind.typed(call, there)


def _no_reason(call: Call, verb: Verb) -> str:
    return ""


@dataclass(frozen=True, kw_only=True)
class AppKind:
    """A kind. `listed` has all objects with metadata and spec; `create`, `update` and `delete` are told what was sent
    and what is there, and the first two return the name. `list_metadata` is the metadata of the list; `roles` are the
    least ones that read and write, and `lacking` says what others lack. `found` is an object by its name, where that is
    not the one of the list; `missing` and `conflict` refuse, the latter
    where another resourceVersion is sent than the object has, or with `needs_version` none; `deleted` is the answer to
    a deletion."""

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
    lacking: Callable[[Call, Verb], str] = _no_reason
    are_items_typed: bool = False
    verbs: Sequence[str] = VERBS
    found: Callable[[Call, str], Json | None] | None = None
    missing: Callable[["AppKind", str], wire.Refused] = _not_found
    conflict: Callable[["AppKind", Json, str], wire.Refused] = _conflict
    needs_version: bool = False
    has_dry_run: bool = False
    deleted: Callable[["AppKind", Call, Json], Json] = _deleted

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

    def typed(self, call: Call, item: Json) -> Json:
        return {"kind": self.kind, "apiVersion": f"{self.group}/{call.params['version']}", **item}


def in_namespace(call: Call, plural: str, group: str) -> Call:
    """The call as it stands in the organisation that the namespace names. Raises Refused for who is no member of it."""
    space = call.params["namespace"]
    org = next((number for number in call.identity.roles if namespace(number) == space), None)
    if org is None:
        raise _not_a_member(call, plural, group)
    who = auth.in_org(call.identity, org)
    return Call(call.request, call.params, call.body, who, call.store, call.options)


def _not_a_member(call: Call, plural: str, group: str) -> wire.Refused:
    """500 for server admins, 403 for everybody else (12.4.0)."""
    if call.identity.account.server_admin:
        return status.refuse(500, "namespace mismatch")
    return denied(call, plural, group, "invalid org")


def denied(call: Call, plural: str, group: str, reason: str) -> wire.Refused:
    """403, with the reason where there is one (12.4.0)."""
    what = f'cannot {_verb(call)} resource "{plural}" in API group "{group}"'
    why = f'User "{call.identity.account.login}" {what} in the namespace "{call.params["namespace"]}"'
    return status.forbidden(plural, group, f"{why}: {reason}" if reason else why, call.params.get("name", ""))


def _verb(call: Call) -> Verb:
    verbs: Mapping[str, Verb] = {"POST": "create", "PUT": "update", "DELETE": "delete"}
    return verbs.get(call.request.method) or ("get" if "name" in call.params else "list")


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
    call = in_namespace(call, kind.plural, kind.group)
    if not call.identity.can(kind.roles[writing]):
        raise denied(call, kind.plural, kind.group, kind.lacking(call, _verb(call)))
    return call


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
    body = _read(kind, call)
    return _written(kind, call, body, _named(kind, call, kind.create(call, body)), {}, 201)


def _update(kind: AppKind, call: Call) -> Response:
    call = _enter(kind, call, writing=True)
    there, body = _require(kind, call), _read(kind, call)
    name = call.params["name"]
    if sent_name(body) not in ("", name):
        message = f"the name of the object ({sent_name(body)}) does not match the name on the URL ({name})"
        raise status.bad_request(message)
    version = str((body.get("metadata") or {}).get("resourceVersion") or "")
    if version != there["metadata"].get("resourceVersion", "") and (version or kind.needs_version):
        raise kind.conflict(kind, there, version)
    return _written(kind, call, body, _named(kind, call, kind.update(call, there, body)), there["metadata"], 200)


def _delete(kind: AppKind, call: Call) -> Response:
    call = _enter(kind, call, writing=True)
    there = _require(kind, call)
    kind.delete(call, there)
    return wire.answer(kind.deleted(kind, call, there))


def _written(kind: AppKind, call: Call, body: Json, item: Json, before: Json, code: int) -> Response:
    """The answer to a write. A dry run tells what it would make, with the version and the generation of now and without
    labels and annotations that were not sent; nothing of it is stored."""
    if not kind.has_dry_run or call.query("dryRun") != "All":
        return wire.answer(kind.typed(call, item), code)
    sent, told = body.get("metadata") or {}, item["metadata"]
    metadata = {key: told[key] for key in ("name", "namespace", "uid", "creationTimestamp")}
    metadata |= {key: before[key] for key in ("resourceVersion", "generation") if key in before}
    metadata |= {key: sent[key] for key in ("labels", "annotations") if sent.get(key)}
    raise wire.Refused(wire.answer(kind.typed(call, {**item, "metadata": metadata}), code))


def _require(kind: AppKind, call: Call) -> Json:
    return _named(kind, call, call.params["name"])


def _named(kind: AppKind, call: Call, name: str) -> Json:
    found = kind.found(call, name) if kind.found else _in_list(kind, call, name)
    if found is None:
        raise kind.missing(kind, name)
    return found


def _in_list(kind: AppKind, call: Call, name: str) -> Json | None:
    return next((item for item in kind.listed(call) if item["metadata"]["name"] == name), None)


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
