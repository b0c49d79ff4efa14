"""The common part of the kinds of alerting in the app platform, as 12.4.0 answers: names made of titles, metadata,
provenance, refusals."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from typing import Any, Final

from providers.embedded import status, wire
from providers.embedded.admin import namespace
from providers.embedded.app_kinds import AppKind, Json, cluster_uid, sent_name
from providers.embedded.routing import Call

GROUP: Final = "notifications.alerting.grafana.app"
VERSIONS: Final = ("v0alpha1",)


def name_of(title: str) -> str:
    """The name of what has a title."""
    return urlsafe_b64encode(title.encode()).decode().rstrip("=")


def metadata_of(call: Call, name: str, version: str, annotations: Mapping[str, str]) -> Json:
    """The metadata of an object; without a version of the one that Grafana comes with."""
    space = namespace(call.identity.org)
    told = {"name": name, "namespace": space, "uid": cluster_uid("", space, name)}
    return told | ({"resourceVersion": version} if version else {}) | {"annotations": dict(sorted(annotations.items()))}


def told_provenance(body: Mapping[str, Any]) -> dict[str, str]:
    """The annotation that tells the provenance."""
    return {"grafana.com/provenance": str(body.get("provenance") or "none")}


def refuse_change(body: Mapping[str, Any]) -> None:
    """Refuses (403) to change what the provisioning API has made as its own."""
    old = str(body.get("provenance") or "")
    if old:
        message = (
            f"Resource with provenance status '{old}' cannot be managed via API that handles resources with provenance "
            "status 'none'. You must use appropriate API to manage this resource"
        )
        causes = {"TargetProvenance": "none", "SourceProvenance": old}
        raise status.refuse_alerting(403, "Forbidden", message, "invalidProvenance", **causes)


def refuse_name(body: Mapping[str, Any]) -> None:
    """Refuses (400) a name: it is made of the title."""
    if sent_name(body):
        raise status.bad_request("object's metadata.name should be empty")


def texts_in(spec: Mapping[str, Any], *keys: str) -> Sequence[str]:
    """The values of keys; an empty text for what is none."""
    return [value if isinstance(value := spec.get(key), str) else "" for key in keys]


def other_version(what: str, kind: AppKind, there: Json, version: str) -> wire.Refused:
    """409 of an update by another version, or without one."""
    name, current = there["spec"].get("title") or there["metadata"]["name"], there["metadata"]["resourceVersion"]
    message = f"Provided version '{version}' of {what} '{name}' does not match current version '{current}'"
    causes = {"Version": version, "CurrentVersion": current, "Name": name}
    return status.refuse_alerting(409, "Conflict", message, f"{what}s.conflict", **causes)
