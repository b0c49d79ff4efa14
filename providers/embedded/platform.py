"""The app platform (/apis): dashboards and folders as Kubernetes-style resources, as 12.4.0 answers."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import orjson
from starlette.responses import Response

from providers.embedded import convert, discovery, paging, status, wire
from providers.embedded.app_kinds import in_namespace
from providers.embedded.dashboards import dashboard_url
from providers.embedded.discovery import check_group
from providers.embedded.doubles import dump_doubles
from providers.embedded.manifest import Manifest, read_manifest
from providers.embedded.objects import Draft, Entry, below, parents
from providers.embedded.resources import DASHBOARDS, FOLDERS, Resource, render, render_metadata
from providers.embedded.routing import Call, Route
from providers.embedded.slug import make_slug

_TRASH, _HISTORY = "grafana.app/get-trash", "grafana.app/get-history"
_BY_RESOURCE: Final[Mapping[str, Resource]] = {one.plural: one for one in (DASHBOARDS, FOLDERS)}


@dataclass(frozen=True, slots=True)
class Target:
    """The parts of a request's path."""

    resource: Resource
    version: str
    namespace: str
    name: str


def list_objects(call: Call) -> Response:
    """GET …/:plural (12.4.0): by name, in pages that end by `limit` or by the size of their bodies.

    Label selectors `grafana.app/get-trash=true` and `grafana.app/get-history=true` list those instead.
    """
    call, target = _enter(call)
    labels, name = _selectors(call)
    if labels.pop(_TRASH, "") == "true":
        trash = [] if target.resource is FOLDERS else _trash(call, name)
        return _list_page(call, target, lambda token: iter(trash[token.offset :]), lambda _: True)
    if labels.pop(_HISTORY, "") == "true":
        if not name:
            raise status.bad_request("metadata.name field selector required for history requests")
        history = call.objects.history(target.resource.plural, name)
        return _list_page(call, target, lambda token: iter(history[token.offset :]), lambda _: True)
    return _list_page(call, target, partial(_live, call, target), _filter(labels, name))


def get_object(call: Call) -> Response:
    """GET …/:plural/:name (12.4.0), in the version asked for."""
    call, target = _enter(call)
    entry = _find(call, target)
    if _wants_metadata(call):
        return wire.answer(_partial(entry, target))
    return wire.answer(_render(call, target, entry))


def create_object(call: Call) -> Response:
    """POST …/:plural (12.4.0): 201; 409 where the name is taken (412 for a folder); `dryRun=All` stores nothing.

    A dry run of a new folder answers 404, as 12.4.0 does.
    """
    call, target = _enter(call, writing=True)
    manifest = read_manifest(call, target.resource, target.version)
    if call.objects.get(target.resource.plural, manifest.name) is not None:
        raise _taken(target, manifest.name)
    return _create(call, target, manifest)


def replace_object(call: Call) -> Response:
    """PUT …/:plural/:name (12.4.0): 409 unless the resourceVersion is the live one or left out; creates what is not."""
    call, target = _enter(call, writing=True)
    manifest = read_manifest(call, target.resource, target.version, target.name)
    live = call.objects.get(target.resource.plural, target.name)
    if live is None:
        return _create(call, target, manifest)
    if manifest.resource_version not in ("", str(live.rv)):
        raise status.conflict(target.resource.plural, target.resource.group, target.name)
    _check_folder(call, target, manifest.draft, live)
    if call.query("dryRun") == "All":
        dry = replace(_drafted(live, manifest.draft), annotations={}, labels={})
        return wire.answer(_render_dry(target, dry, manifest.draft))
    return wire.answer(_render(call, target, call.objects.update(live, manifest.draft, call.author)))


def delete_object(call: Call) -> Response:
    """DELETE …/:plural/:name (12.4.0): a folder has to be empty here, other than in the classic API. DeleteOptions may
    have the resourceVersion that the object has to be at: 409."""
    call, target = _enter(call, writing=True)
    entry = _find(call, target)
    options = call.json() if call.body else {}
    precondition = (options.get("preconditions") or {}).get("resourceVersion")
    if precondition not in (None, str(entry.rv)):
        raise status.precondition_failed(
            target.resource.kind, target.resource.group, entry.name, precondition, entry.rv
        )
    if target.resource is FOLDERS and any(below(call.objects, entry.name)):
        raise status.refuse_folder_not_empty()
    if call.query("dryRun") != "All":
        call.objects.remove(entry, call.author)
    return wire.answer(status.deleted(target.resource.plural, target.resource.group, entry.name, entry.uid))


def get_dto(call: Call) -> Response:
    """GET …/dashboards/:name/dto (12.4.0): the dashboard, and what the caller may do with it."""
    call, target = _enter(call)
    if target.resource is not DASHBOARDS:
        raise status.no_such_route()
    entry = _find(call, target)
    may_edit = call.identity.can("Editor")
    allowed = {"canAdd": may_edit, "canEdit": may_edit, "canDelete": may_edit}
    access = {
        "slug": make_slug(entry.title),
        "url": dashboard_url(entry),
        "isPublic": False,
        "canSave": may_edit,
        "canEdit": may_edit,
        "canAdmin": call.may_admin(entry.created_by),
        "canStar": True,
        "canDelete": may_edit,
        "annotationsPermissions": {"dashboard": allowed, "organization": allowed},
    }
    return wire.answer(_render(call, target, entry) | {"kind": "DashboardWithAccessInfo", "access": access})


def _enter(call: Call, *, writing: bool = False) -> tuple[Call, Target]:
    """The target of a request, and the call as it stands in the organisation that the namespace names."""
    group, version = call.params["group"], call.params["version"]
    check_group(group)
    resource = _BY_RESOURCE.get(call.params["plural"])
    if resource is None or resource.group != group or version not in resource.versions:
        raise status.no_such_route()
    entered = in_namespace(call, resource.plural, group)
    if not entered.identity.can("Editor" if writing else "Viewer"):
        raise status.refuse(403)
    return entered, Target(resource, version, call.params["namespace"], call.params.get("name", ""))


def _live(call: Call, target: Target, token: paging.Token) -> Iterator[Entry]:
    offset = 0 if token.after else token.offset
    return call.objects.page(target.resource.plural, token.after, offset, token.as_of)


def _list_page(
    call: Call, target: Target, read: Callable[[paging.Token], Iterator[Entry]], wanted: Callable[[Entry], bool]
) -> Response:
    """A page of what `read` gives from a token's position on."""
    token = paging.read_token(call.query("continue"))
    if token is None:
        bad = call.query("continue")
        raise status.refuse(500, f'get continue token ("{bad}"): error decoding continue token')
    as_of = token.as_of if token.as_of is not None else call.store.last_version()
    if not call.query("limit", "0").isdecimal():
        bad = call.query("limit")
        raise status.bad_request(f'strconv.ParseInt: parsing "{bad}": invalid syntax')
    limit = call.query_int("limit", 0)
    page: list[Entry] = []
    seen, size, more, last = token.offset, 0, False, ""
    for entry in read(token):
        if (limit and len(page) >= limit) or size >= call.options.page_bytes:
            more = True
            break
        seen, last = seen + 1, entry.name
        if wanted(entry):
            page.append(entry)
            size += entry.size
    return _list(call, target, page, as_of, paging.make_token(seen, as_of, last) if more else "")


def _list(call: Call, target: Target, entries: list[Entry], rv: int, token: str) -> Response:
    metadata = {"resourceVersion": str(rv)} | ({"continue": token} if token else {})
    if _wants_metadata(call):
        body = {"kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1", "metadata": metadata}
        return wire.answer(body | {"items": [_partial(entry, target) for entry in entries] or None})
    kind, api = f"{target.resource.kind}List", f"{target.resource.group}/{target.version}"
    items = [_render(call, target, entry) for entry in entries]
    return wire.answer({"kind": kind, "apiVersion": api, "metadata": metadata, "items": items})


def _wants_metadata(call: Call) -> bool:
    return "as=PartialObjectMetadata" in call.request.headers.get("accept", "")


def _partial(entry: Entry, target: Target) -> dict[str, Any]:
    metadata = render_metadata(target.resource, target.namespace, entry)
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": metadata}


def _selectors(call: Call) -> tuple[dict[str, str], str]:
    """The labels asked for, and the name asked for, if any."""
    labels = dict(_terms(call.query("labelSelector")))
    fields = dict(_terms(call.query("fieldSelector")))
    name = fields.pop("metadata.name", "")
    fields.pop("metadata.namespace", None)
    if fields:
        known = 'only "metadata.name", "metadata.namespace"'
        raise status.bad_request(f'"{next(iter(fields))}" is not a known field selector: {known}')
    return labels, name


def _trash(call: Call, name: str) -> list[Entry]:
    """Returns the deleted dashboards: all of them for admins, for others those that they deleted themselves
    (12.4.0)."""
    everything = call.identity.can("Admin")
    return [
        entry
        for entry in call.objects.trash("dashboards")
        if (not name or entry.name == name) and (everything or entry.updated_by == call.author)
    ]


def _terms(selector: str) -> list[tuple[str, str]]:
    parts = [term.replace("==", "=").partition("=") for term in selector.split(",") if term]
    return [(key.strip(), value.strip()) for key, _, value in parts]


def _filter(labels: Mapping[str, str], name: str) -> Callable[[Entry], bool]:
    def wanted(entry: Entry) -> bool:
        own = {**entry.labels, "grafana.app/deprecatedInternalID": str(entry.id)}
        return (not name or entry.name == name) and all(own.get(key) == value for key, value in labels.items())

    return wanted


def _find(call: Call, target: Target) -> Entry:
    entry = call.objects.get(target.resource.plural, target.name)
    if entry is None:
        raise status.not_found(target.resource.plural, target.resource.group, target.name)
    return entry


def _taken(target: Target, name: str) -> wire.Refused:
    if target.resource is FOLDERS:
        return status.refuse(412, "the folder has been changed by someone else")
    return status.already_exists(target.resource.plural, target.resource.group, name)


def _create(call: Call, target: Target, manifest: Manifest) -> Response:
    if manifest.resource_version:
        raise status.refuse(500, "resourceVersion should not be set on objects to be created")
    if target.resource is FOLDERS and call.query("dryRun") == "All":
        raise status.refuse(404, "NotFound", "NotFound", {"uid": "folder.notFound"})
    _check_folder(call, target, manifest.draft, None)
    entry = call.objects.create(target.resource.plural, manifest.name, manifest.draft, call.author, manifest.number)
    body = _render(call, target, entry)
    if call.query("dryRun") == "All":
        body = _render_dry(target, replace(entry, rv=0), manifest.draft)
        raise wire.Refused(wire.answer(body, 201))
    return wire.answer(body, 201)


def _check_folder(call: Call, target: Target, draft: Draft, live: Entry | None) -> None:
    """A dashboard's folder must exist; a folder's parent only where it is moved, and not below itself (12.4.0)."""
    if not draft.folder or (live is not None and live.folder == draft.folder):
        return
    folder = call.objects.get("folders", draft.folder)
    if target.resource is DASHBOARDS and folder is None:
        raise status.not_found(FOLDERS.plural, FOLDERS.group, draft.folder)
    if target.resource is FOLDERS and live is not None:
        if folder is None:
            lost = f'folders.folder.grafana.app "{draft.folder}" not found'
            raise status.refuse(500, f"move target not found {lost}")
        if live.name in [folder.name, *(one.name for one in parents(call.objects, folder))]:
            message = "cannot move folder under its own descendant, this would create a circular reference"
            raise status.refuse(500, message)


def _drafted(live: Entry, draft: Draft) -> Entry:
    """The live entry with the title a dry run would give it; 12.4.0 leaves generation and version as they are."""
    return replace(live, title=draft.title, fields=dict(draft.fields), manager=draft.manager)


def _render(call: Call, target: Target, entry: Entry) -> dict[str, Any]:
    body = call.objects.body(entry)
    stored = entry.api_version
    if target.resource is FOLDERS or stored == target.version:
        return render(target.resource, target.version, target.namespace, entry, orjson.Fragment(body))
    spec = dump_doubles(convert.convert(orjson.loads(body), stored, target.version))
    return render(target.resource, target.version, target.namespace, entry, orjson.Fragment(spec))


def _render_dry(target: Target, entry: Entry, draft: Draft) -> dict[str, Any]:
    """Returns the answer of a dry run: no annotations and labels but those sent, and no resourceVersion for a new
    object."""
    body = render(target.resource, target.version, target.namespace, entry, draft.spec)
    metadata = body["metadata"]
    for key in ("annotations", "labels"):
        metadata.pop(key, None)
    if entry.rv == 0:
        metadata.pop("resourceVersion")
    sent = {"labels": dict(draft.labels), "annotations": dict(draft.annotations)}
    return body | {"metadata": metadata | {key: value for key, value in sent.items() if value}}


_PLURAL = "/apis/{group}/{version}/namespaces/{namespace}/{plural}"

ROUTES = (
    *discovery.ROUTES,
    Route("GET", _PLURAL, list_objects, "None"),
    Route("POST", _PLURAL, create_object, "None", writes=True),
    Route("GET", f"{_PLURAL}/{{name}}", get_object, "None"),
    Route("PUT", f"{_PLURAL}/{{name}}", replace_object, "None", writes=True),
    Route("DELETE", f"{_PLURAL}/{{name}}", delete_object, "None", writes=True),
    Route("GET", f"{_PLURAL}/{{name}}/dto", get_dto, "None"),
    *discovery.OTHERS,
)
