"""grafana_data_source_config: some settings and secrets of a data source that others manage, by the calls of
data_source_api.py.

What the block does not give is nobody's here. It is there while the data source has any of what is given, and gone when
that has none. A deletion takes away what was given, and leaves the data source.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from hcl_lite.core.places import Place
from hcl_lite.core.schema import Attr, Capabilities, Conflict, Live, ValueProblem, Version
from hcl_lite.core.values import UNKNOWN, Secret, Value, is_unknown, reveal
from providers.grafana.client import GrafanaClient
from providers.grafana.data_source_api import KEPT_IN, Sources
from providers.grafana.fixed import FROM_FILE
from providers.grafana.since import since
from providers.kit.access import Access
from providers.kit.api import Api, Json, Occupied, Values
from providers.kit.hooks import Needed, piece_of
from providers.kit.ids import Ids
from providers.kit.resource import Resource, odd_resource
from providers.kit.version import Fields
from providers.transport.errors import Invalid

_SOURCES: Final = Sources()
_DROPPED: Final = "dropped settings"  # among completed values: keys that were declared, and are not any more
_OWN: Final = "ownSecrets"  # in what is read: the names of the secrets that are asked for
_MEANT: Final = (
    "only a block says which settings of a data source are meant, and its deletion takes these away: write one with "
    "those, and then: hcl-lite import ADDRESS UID"
)
_WRITTEN: Final[Collection[str]] = (
    "uid",
    "name",
    "type",
    "access",
    "url",
    "user",
    "database",
    "basicAuth",
    "basicAuthUser",
    "withCredentials",
)


@dataclass(frozen=True, slots=True)
class _Pieces(Api[GrafanaClient]):
    """Reads the keys that are asked for, and writes them into the data source as it is."""

    @property
    def is_shared(self) -> bool:
        return True

    @property
    def keeps_unsent(self) -> bool:
        return True

    async def find(
        self, client: GrafanaClient, uid: str, desired: Values | None = None, expected_version: Version | None = None
    ) -> Json | None:
        found = await _SOURCES.find(client, uid, None, expected_version)
        return None if found is None else _piece(found, desired)

    async def list(self, client: GrafanaClient) -> Sequence[Json]:
        """Those with any settings: no list names secrets, nor tells who has set which key."""
        return [one for one in await _SOURCES.list(client) if one.get("jsonData")]

    async def create(self, client: GrafanaClient, body: Json) -> Json | None:
        there = await _SOURCES.find(client, body["uid"])
        if there is None:
            raise Invalid("GET", client.connection.url, 404, f'there is no data source with uid "{body["uid"]}"')
        given, secret = {*body.get("jsonData", ())}, {*body.get("secureJsonData", ())}
        if given & {*(there.get("jsonData") or ())} or secret & {*(there.get("secureJsonFields") or ())}:
            raise Occupied
        await _write(client, there, body)
        return None

    async def update(self, client: GrafanaClient, uid: str, body: Json, there: Json | None) -> None:
        found = await _SOURCES.find(client, uid)
        if found is None or (there is not None and found["version"] != there["version"]):
            raise Conflict("The data source has been changed by someone else since the plan.")
        await _write(client, found, body)

    async def delete(self, client: GrafanaClient, uid: str, attributes: Mapping[str, Any]) -> None:
        there = await _SOURCES.find(client, uid)
        if there is None:
            return
        gone = dict.fromkeys(attributes.get("json_data") or ())
        secrets = dict.fromkeys(attributes.get("secure_json_fields") or (), "")
        await _write(client, there, {"jsonData": gone, "secureJsonData": secrets})


async def _write(client: GrafanaClient, there: Json, given: Json) -> None:
    """PUT of the data source that is `there`, with what is `given`: None takes a setting away."""
    settings = {**(there.get("jsonData") or {}), **given.get("jsonData", {})}
    body: Json = {key: there[key] for key in _WRITTEN if key in there}
    body["jsonData"] = {key: value for key, value in settings.items() if value is not None}
    if given.get("secureJsonData"):
        body["secureJsonData"] = given["secureJsonData"]
    await _SOURCES.update(client, there["uid"], body, there)


def _piece(there: Json, desired: Values | None) -> Json | None:
    """Returns the data source with those settings and names of secrets that `desired` speaks of, None where it has none
    of them; with all where nothing tells which."""
    settings, names = there.get("jsonData") or {}, sorted(there.get("secureJsonFields") or ())
    if not desired:
        return {**there, "jsonData": settings, _OWN: []}
    given, secret = reveal(desired.get("json_data", {})), reveal(desired.get("secure_json_data", {}))
    own = settings if given is UNKNOWN else {*given, *desired.get(_DROPPED, ())}
    found = {key: value for key, value in settings.items() if key in own}
    fields = [name for name in names if secret is UNKNOWN or name in secret]
    return {**there, "jsonData": found, _OWN: fields} if found or fields else None


class DataSourceConfigType(Resource):
    """Declares single keys of the settings; the server tells the names of the secrets."""

    def to_wire(self, values: Values) -> Json:
        secure = self.secrets(values)
        dropped = dict.fromkeys(values.get(_DROPPED, ()))
        sent = super().to_wire(values)
        settings = {**dropped, **sent.get("jsonData", {})}
        return {**sent, "jsonData": settings} | ({"secureJsonData": dict(secure)} if secure else {})

    def live(self, wire: Json) -> Live:
        return replace(super().live(wire), secret_keys=frozenset(wire.get("secureJsonFields") or ()))

    def _own(self, live: Live, wanted: Values | None) -> Live:
        """`live` itself: what is read of a data source is what is asked for."""
        return live

    def secrets(self, values: Values) -> Value:
        given = reveal(values.get("secure_json_data", {}))
        return given if given is UNKNOWN else {k: v if v is UNKNOWN else str(reveal(v)) for k, v in given.items()}

    def with_secrets(self, values: Values, secrets: Values) -> Values:
        return {**values, "secure_json_data": {k: v if v is UNKNOWN else Secret(v) for k, v in secrets.items()}}

    def declared(self, values: Values) -> Sequence[Place]:
        settings = values.get("json_data", {})
        return [("json_data", key) for key in settings] if isinstance(settings, Mapping) else ()

    def without(self, values: Values, places: Collection[Place]) -> Values:
        settings = values.get("json_data", {})
        if not isinstance(settings, Mapping):
            return values
        dropped = {str(key) for _, key in places if key not in settings}
        return {**values, _DROPPED: frozenset(dropped | {*values.get(_DROPPED, ())})} if dropped else values


def _check(values: Values) -> None:
    if not any(is_unknown(values.get(key)) or values.get(key) for key in ("json_data", "secure_json_data")):
        raise ValueProblem("", "Nothing of the data source is asked for", "Expected json_data or secure_json_data.")


DATA_SOURCE_CONFIG = odd_resource(
    DataSourceConfigType,
    "grafana_data_source_config",
    "Some settings and secrets of a data source that others manage. One that is managed here has them itself.",
    api=_Pieces(),
    ids=Ids((), pages=("/connections/datasources/edit/{id}", "/datasources/edit/{id}")),
    versioned=Fields(("id", "version")),
    access=Access("Admin", "datasources:write", "datasources:write", "datasources:write"),
    kept_in=KEPT_IN,
    capabilities=Capabilities(piece=True, meant=_MEANT),
    whole=piece_of("grafana_data_source", "uid"),
    mentioned={"uid": Needed("data source")},
    check=_check,
    supported=since("A piece of a data source", 9),
    delete_note="The data source stays, without what was set here.",
    fixed=lambda wire: FROM_FILE if wire.get("readOnly") is True else "",
    attrs={
        "uid": Attr(required=True, replaces=True, wire="uid", doc="uid of the data source."),
        "json_data": Attr(
            "map(any)",
            wire="jsonData",
            example={"httpMethod": "POST"},
            doc="Settings to set in it; others stay as they are.",
        ),
        "secure_json_data": Attr("map(string)", secret=True, doc="Secrets to set in it; others stay as they are."),
        "secure_json_fields": Attr("list(string)", computed=True, wire=_OWN, doc="Which of these secrets it has."),
    },
)
