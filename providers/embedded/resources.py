"""The kinds the app platform serves, and how one version of an object is shown."""

from dataclasses import dataclass
from typing import Any, Final

import orjson

from providers.embedded import wire
from providers.embedded.objects import Entry, Kind

TRASHED_GENERATION = -999
MESSAGE, FOLDER = "grafana.app/message", "grafana.app/folder"
ID_LABEL = "grafana.app/deprecatedInternalID"
# The server writes these itself; what a client sends for them is dropped.
SERVER_ANNOTATIONS: Final = ("grafana.app/createdBy", "grafana.app/updatedBy", "grafana.app/updatedTimestamp")


@dataclass(frozen=True, slots=True)
class Resource:
    """A kind; its first version is the preferred one."""

    kind: str
    plural: Kind
    group: str
    versions: tuple[str, ...]


DASHBOARDS: Final = Resource(
    "Dashboard", "dashboards", "dashboard.grafana.app", ("v1beta1", "v0alpha1", "v2beta1", "v2alpha1")
)
FOLDERS: Final = Resource("Folder", "folders", "folder.grafana.app", ("v1beta1",))


def render(
    resource: Resource, version: str, space: str, entry: Entry, spec: object | orjson.Fragment
) -> dict[str, Any]:
    """The whole object; only a dashboard has a status, which tells of a conversion."""
    body = {
        "kind": resource.kind,
        "apiVersion": f"{resource.group}/{version}",
        "metadata": render_metadata(resource, space, entry),
        "spec": spec,
    }
    if resource is FOLDERS:
        return body
    converted = {"conversion": {"failed": False, "storedVersion": entry.api_version}}
    return body | {"status": {} if entry.api_version == version else converted}


def render_metadata(resource: Resource, space: str, entry: Entry) -> dict[str, Any]:
    """`metadata` as 12.4.0 writes it; what is in the trash has generation -999 and no managedFields."""
    metadata: dict[str, Any] = {
        "name": entry.name,
        "namespace": space,
        "uid": entry.uid,
        "resourceVersion": str(entry.rv),
        "generation": TRASHED_GENERATION if entry.deleted else entry.generation,
        "creationTimestamp": wire.timestamp(entry.created),
    }
    if entry.deleted:
        metadata["deletionTimestamp"] = wire.timestamp(entry.rv / 1_000_000)
    metadata["labels"] = entry.labels | {ID_LABEL: str(entry.id)}
    metadata["annotations"] = _annotations(entry)
    if not entry.deleted and not entry.api_version.startswith("v2"):
        metadata["managedFields"] = [_managed(resource, entry)]
    return metadata


def _annotations(entry: Entry) -> dict[str, str]:
    kept = entry.annotations | {"grafana.app/createdBy": entry.created_by}
    if entry.folder:
        kept[FOLDER] = entry.folder
    if entry.message:
        kept[MESSAGE] = entry.message
    if entry.updated is not None:
        kept["grafana.app/updatedBy"] = entry.updated_by
        kept["grafana.app/updatedTimestamp"] = wire.timestamp(entry.updated)
    return dict(sorted(kept.items()))


def _managed(resource: Resource, entry: Entry) -> dict[str, Any]:
    sent = [*entry.annotations, *([FOLDER] if entry.folder else []), *([MESSAGE] if entry.message else [])]
    metadata: dict[str, Any] = {
        f"f:{part}": {".": {}} | {f"f:{key}": {} for key in sorted(keys)}
        for part, keys in (("annotations", sent), ("labels", list(entry.labels)))
        if keys
    }
    fields: dict[str, Any] = {"f:metadata": metadata} if metadata else {}
    return {
        "manager": entry.manager,
        "operation": "Update",
        "apiVersion": f"{resource.group}/{entry.api_version}",
        "time": wire.timestamp(entry.managed_at),
        "fieldsType": "FieldsV1",
        "fieldsV1": fields | {"f:spec": entry.fields},
    }
