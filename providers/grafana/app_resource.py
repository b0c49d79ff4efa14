"""grafana_app_resource: an object of any kind of the app platform (12 and later), as a manifest says it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hcl_lite.core.schema import Attr, Capabilities, Live, ValueProblem
from hcl_lite.core.schema.blocks import Block, Map
from hcl_lite.core.values import Value, is_unknown
from providers.grafana.app_resource_api import AppResources, fixed, version_of
from providers.grafana.app_resource_values import AppResourceType, Manifest, kind_of, same_object
from providers.grafana.client import GrafanaClient
from providers.grafana.discovery import require_kind, unwritable_reason
from providers.grafana.platform_kinds import KEPT, instead_of, secret_settings, unmakeable
from providers.grafana.platform_names import APP_RESOURCE as APP_RESOURCE_TYPE
from providers.grafana.revisions import revision_of_metadata
from providers.grafana.since import require_version
from providers.kit.ids import Ids
from providers.kit.resource import odd_resource

Values = Mapping[str, Value]

_METADATA: Final[Mapping[str, Attr]] = {
    "name": Attr(
        computed=True,
        optional=True,
        doc="Its name on the server. Default: derived from the address; from the title, where Grafana goes by that.",
    ),
    "labels": Attr("map(string)", doc="Labels: those given are compared, all others stay."),
    "annotations": Attr(
        "map(string)", doc="Annotations likewise, such as grafana.app/folder: the uid of the folder that it is in."
    ),
}


async def _changeable(client: GrafanaClient, given: Values, values: Values, live: Live | None) -> None:
    """Raises ValueProblem for a kind that the server does not have, or makes none of."""
    await require_version(client, "An app resource", "api_version" if given else "", 12)
    if not given or is_unknown(kind_of(values)):
        return
    (group, kind), version = kind_of(values), str(values["api_version"]).partition("/")[2]
    served = await require_kind(client, group, version, kind)
    if live is not None:
        return
    reason = await unwritable_reason(client, served) or unmakeable(served.key, (await client.server()).toggles)
    if "create" not in served.verbs:
        reason = f"Grafana {await client.server()} makes no {kind} by this API"
    if reason:
        other = instead_of(served.key)
        raise ValueProblem("kind", reason, "", f"There is {other} for it." if other else "")


def _secure_keys(values: Values) -> list[str]:
    secure = values.get("secure")
    return [*secure] if isinstance(secure, Mapping) else []


APP_RESOURCE = odd_resource(
    AppResourceType,
    APP_RESOURCE_TYPE,
    "An object of any kind that Grafana's app platform (/apis) lists, as a Kubernetes manifest says it.",
    api=AppResources(),
    identity=Manifest(),
    ids=Ids(("name",)),
    versioned=version_of,
    capabilities=Capabilities(piece=True, alias=True),
    whole=same_object,
    title="title",
    folder="folder",
    conflict="The object {uid} has been changed by someone else since the plan.",
    changeable=_changeable,
    fixed=fixed,
    revision=lambda wire: revision_of_metadata(wire["metadata"]),
    derived=("declared", "status", "unwritable", "warnings", "name", "title", "folder"),
    attrs={
        "api_version": Attr(
            required=True,
            wire="apiVersion",
            example="playlist.grafana.app/v1",
            doc="Group and version of the API, as `apiVersion` of a manifest. Another version is the same object.",
        ),
        "kind": Attr(required=True, replaces=True, example="Playlist", doc="Its kind, such as Playlist."),
        "metadata": Attr(Block(_METADATA), wire="declared", doc="Its name, labels and annotations."),
        "spec": Attr(
            Map(secret_keys=secret_settings, redacted=KEPT),
            body=True,
            example={"title": "Tour", "interval": "5m", "items": []},
            doc="What the kind takes, by the keys of the API, as a table. Settings of a receiver that Grafana keeps "
            "secret are secrets here: never stored.",
        ),
        "spec_json": Attr(body=True, json=True, doc="The spec as JSON text instead, mostly file()."),
        "secure": Attr(
            Map("string", secret_keys=_secure_keys, redacted=KEPT),
            secret=True,
            doc="Secrets of the section `secure`, by their keys: never stored; the server keeps them.",
        ),
        "name": Attr(computed=True, stable=True, doc="metadata.name, also where the block leaves it out."),
    },
)
