"""Playlists of the app platform, as 12.4.0 answers: the same that /api/playlists has, with labels and annotations."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final

from providers.embedded import ids, status, wire
from providers.embedded.admin import namespace
from providers.embedded.app_kinds import VERBS, AppKind, Json, given_spec, sent_name
from providers.embedded.items import Draft, Item
from providers.embedded.playlists import PLAYLISTS, lacking
from providers.embedded.resources import SERVER_ANNOTATIONS
from providers.embedded.routing import Call

_METADATA: Final = "metadata"  # beside what the classic API has


def _playlists(call: Call) -> Sequence[Json]:
    items = sorted(PLAYLISTS.items(call).all(), key=lambda item: item.uid)
    return [{"metadata": _metadata(call, item), "spec": _spec(item), "status": {}} for item in items]


def _spec(item: Item) -> Json:
    return {"title": item.name, "interval": item.body["interval"], "items": item.body["items"]}


def _metadata(call: Call, item: Item) -> Json:
    given = item.body.get(_METADATA, {})
    annotations = {**given.get("annotations", {}), "grafana.app/createdBy": _author(call, item.created_by)}
    if item.version > 1:
        annotations["grafana.app/updatedBy"] = _author(call, item.updated_by)
        annotations["grafana.app/updatedTimestamp"] = wire.timestamp(item.updated)
    told = {
        "name": item.uid,
        "namespace": namespace(call.identity.org),
        "uid": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{item.org}/{item.id}/{item.created}")),
        "resourceVersion": str(_version(item)),
        "generation": item.version,
        "creationTimestamp": wire.timestamp(item.created),
    }
    labels = {"labels": given["labels"]} if given.get("labels") else {}
    return {**told, **labels, "annotations": dict(sorted(annotations.items()))}


def _version(item: Item) -> int:
    """Microseconds since 1970, and no two of an item are the same."""
    return int(item.updated * 1_000_000) + item.version


def _author(call: Call, number: int) -> str:
    account = call.accounts.by_id(number)
    return account.author if account is not None else ""


def _draft(body: Json, name: str) -> Draft:
    spec, metadata = given_spec(body), body.get("metadata") or {}
    title, interval = (_text(spec, key) for key in ("title", "interval"))
    items = [{key: str(one.get(key) or "") for key in ("type", "value")} for one in spec.get("items") or ()]
    kept = {part: _texts(metadata.get(part)) for part in ("labels", "annotations")}
    return Draft({"interval": interval, "items": items, _METADATA: kept}, name, title)


def _text(spec: Json, key: str) -> str:
    value = spec.get(key)
    if value is None or isinstance(value, str):
        return value or ""
    kind = "number" if isinstance(value, int | float) else "array" if isinstance(value, list) else "object"
    why = f"json: cannot unmarshal {kind} into Go struct field PlaylistSpec.spec.{key} of type string"
    raise status.bad_request(f'Playlist in version "v1" cannot be handled as a Playlist: {why}')


def _texts(value: object) -> dict[str, str]:
    given: Mapping[str, Any] = value if isinstance(value, dict) else {}
    return {key: text for key, text in given.items() if isinstance(text, str) and key not in SERVER_ANNOTATIONS}


def _create(call: Call, body: Json) -> str:
    metadata = body.get("metadata") or {}
    name = sent_name(body)
    if not name and metadata.get("generateName"):
        name = f"{metadata['generateName']}{ids.new_letters(5).lower()}"
    if not name:
        causes = [("metadata.name", "Required value: name or generateName is required")]
        raise status.invalid("Playlist", PLAYLIST_KIND.group, "", causes, "FieldValueRequired")
    if PLAYLISTS.items(call).get(name) is not None:
        raise status.already_exists(PLAYLIST_KIND.plural, PLAYLIST_KIND.group, name)
    PLAYLISTS.items(call).add(_draft(body, name), call.identity.account.id)
    return name


def _update(call: Call, there: Json, body: Json) -> str:
    """Stores it, unless it is the same."""
    name = there["metadata"]["name"]
    old, draft = PLAYLISTS.items(call).get(name), _draft(body, name)
    assert old is not None
    if (draft.name, draft.body) != (old.name, {_METADATA: {"labels": {}, "annotations": {}}, **old.body}):
        PLAYLISTS.items(call).replace(old, draft, call.identity.account.id)
    return str(name)


def _delete(call: Call, there: Json) -> None:
    old = PLAYLISTS.items(call).get(there["metadata"]["name"])
    assert old is not None
    PLAYLISTS.items(call).remove(old)


def _list_metadata(call: Call, _: Sequence[Json]) -> Json:
    return {"resourceVersion": str(max([call.store.last_version(), *map(_version, PLAYLISTS.items(call).all())]))}


def _deleted(kind: AppKind, _: Call, there: Json) -> Json:
    metadata = there["metadata"]
    return status.deleted(kind.plural, kind.group, metadata["name"], metadata["uid"])


PLAYLIST_KIND: Final = AppKind(
    group="playlist.grafana.app",
    versions=("v1", "v0alpha1"),
    plural="playlists",
    kind="Playlist",
    listed=_playlists,
    create=_create,
    update=_update,
    delete=_delete,
    deleted=_deleted,
    lacking=lambda call, verb: lacking(call, verb, call.request.url.path),
    list_metadata=_list_metadata,
    are_items_typed=True,
    has_dry_run=True,
    verbs=(*VERBS, "watch"),
)
