"""grafana_data_source: a data source, by whatever routes the generation of the server has for it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from hcl_lite.core.paths import ObjectPath, Step
from hcl_lite.core.schema import Attr, Conflict, Live, Mention, ValueProblem, Version
from hcl_lite.core.values import UNKNOWN, JsonValue, Secret, Value, is_unknown, read_json, reveal
from providers.errors import Invalid, NotFound
from providers.grafana.client import FRESH, GrafanaClient
from providers.grafana.data_source_api import Name, find_data_source
from providers.grafana.generations.generation import DataSources
from providers.grafana.generations.table import generation_of, require
from providers.rest import Json, WireType, send_settled

Values = Mapping[str, Value]

# What 12.4 makes of the old names of its built-in plugins (aliasIDs in their plugin.json).
_ALIASES = {
    "postgres": "grafana-postgresql-datasource",
    "testdata": "grafana-testdata-datasource",
    "phlare": "grafana-pyroscope-datasource",
}
# A PUT keeps what it does not mention (12.4): what is not wanted is sent empty.
_BLANK: Json = {
    "url": "",
    "user": "",
    "database": "",
    "basicAuthUser": "",
    "basicAuth": False,
    "withCredentials": False,
}
_SECRETS = ("secure_json_data", "secure_json_data_encoded", "http_headers")
_OLD_SECRETS = frozenset({"password", "basicAuthPassword"})  # told to everybody who may read, up to 7
_KEEPS_SECRETS = "keeps secrets"  # set among completed values: an update leaves those that are there


class DataSourceType(WireType):
    """Secrets go in and never come back; of what is left out, PUT keeps some and drops some."""

    def complete(self, address: str, name: str, values: Mapping[str, Value], uid: str) -> Mapping[str, Value]:
        filled = dict(super().complete(address, name, values, uid))
        for plain, encoded in (("json_data", "json_data_encoded"), ("secure_json_data", "secure_json_data_encoded")):
            if plain in filled and encoded in filled:
                raise ValueProblem(
                    encoded, f"{plain} and {encoded} cannot both be set", "", f"Keep {plain}: it is a table."
                )
            if encoded in filled:
                filled[plain] = _decode(encoded, filled.pop(encoded))
        headers = filled.get("http_headers")
        if headers is UNKNOWN or filled.get("json_data") is UNKNOWN:
            return {**filled, "json_data": UNKNOWN}
        filled["json_data"] = {**(filled.get("json_data") or {}), **_header_names(headers or {})}
        return filled

    def to_wire(self, values: Mapping[str, Value]) -> Json:
        wire = super().to_wire(values)
        secure = dict(self.secrets(values))
        return {**wire, "secureJsonData": secure} if secure else wire

    def content(self, values: Mapping[str, Value]) -> Json:
        content = super().content(values)
        return _without_idle_user({**content, "type": current_type(content["type"])})

    def live(self, wire: Json) -> Live:
        live = super().live(wire)
        number = wire["version"] if isinstance(wire["version"], int) else None  # 3 has no number to show
        content = _without_idle_user({**live.content, "type": current_type(wire["type"])})
        document = {key: value for key, value in wire.items() if key not in _OLD_SECRETS}
        return replace(live, attributes={**live.attributes, "version": number}, content=content, document=document)

    def values_of(self, uid: str, document: JsonValue) -> Mapping[str, Value]:
        """The secrets that the server has stay as they are."""
        return {**super().values_of(uid, document), _KEEPS_SECRETS: True}

    def kept(self, values: Mapping[str, Value], live: Value, path: ObjectPath) -> Mapping[str, Value]:
        """Secrets are kept all or none: the server gives none of them back."""
        if str(path.steps[0]) in _SECRETS:
            return {**{key: value for key, value in values.items() if key not in _SECRETS}, _KEEPS_SECRETS: True}
        return super().kept(values, live, path)

    def steps(self, values: Mapping[str, Value], path: ObjectPath) -> Sequence[Step]:
        return ("json_data", *path.steps[1:]) if path.steps[0] == "json_data_encoded" else path.steps

    def secrets(self, values: Mapping[str, Value]) -> Mapping[str, str]:
        secure = values.get("secure_json_data") or {}
        headers = values.get("http_headers") or {}
        if is_unknown(secure) or is_unknown(headers):
            return {}
        found = {str(key): str(value) for key, value in reveal(secure).items()}
        numbered = zip(_header_names(headers), reveal(headers).values(), strict=True)
        return {**found, **{name.replace("Name", "Value"): str(value) for name, value in numbered}}

    def names(self, values: Mapping[str, Value]) -> Iterable[Mention]:
        yield from super().names(values)
        if isinstance(values.get("name"), str):
            yield Mention("data source name", values["name"])
        type_ = values.get("type")
        if isinstance(type_, str):
            yield Mention("data source type", current_type(type_))

    def mentions(self, values: Mapping[str, Value]) -> Iterable[Mention]:
        """Other data sources: the traces' logs, the metrics' traces."""
        return [Mention("data source", uid) for uid in _uids_in(values.get("json_data"))]

    # --- what is there: calls -----------------------------------------------------------------------------------------

    async def resolve(self, client: GrafanaClient, name: str) -> str | None:
        """The uid of the data source that name:NAME or id:NUMBER names; what is a uid already is not looked for."""
        named = Name.parse(name)
        if named.key == "uid":
            return named.value
        wire = await find_data_source(client, named)
        return None if wire is None else str(wire["uid"])

    async def check_supported(self, client: GrafanaClient, given: Values, values: Values, live: Live | None) -> None:
        sources = (await generation_of(client)).data_sources
        for name in sorted(self.secrets(values)):
            if sources.secrets is not None and name not in sources.secrets:
                attribute = "http_headers" if name.startswith("httpHeader") else "secure_json_data"
                what = f'The secret "{name}" of a data source'
                await require(client, lambda one: one.data_sources.secrets is None, what, attribute)
        if live is not None:
            emptied = [*self._emptied(values, live, sources.never_emptied), *self._left_secrets(values, live, sources)]
            if emptied:
                what = f"Grafana {await client.server()} keeps {' and '.join(emptied)} when nothing is sent for it"
                hint = "--replace makes the data source anew: it gets another number."
                raise ValueProblem("", what, hint=hint)

    async def survey(self, client: GrafanaClient, known: Mapping[str, Version]) -> Mapping[str, Live | None]:
        found = await (await generation_of(client)).data_sources.survey(client, known)
        return {uid: self.live(wire) if wire is not None else None for uid, wire in found.items()}

    async def read(
        self, client: GrafanaClient, uid: str, like: Values | None = None, seen: Version | None = None
    ) -> Live | None:
        name = str((like or {}).get("name") or "")
        wire = await (await generation_of(client)).data_sources.find(client, uid, name, seen)
        return None if wire is None else self.live(wire)

    async def create(self, client: GrafanaClient, values: Values) -> Live:
        wire = await (await generation_of(client)).data_sources.create(client, self.to_wire(values))
        live = self.live(wire)
        if values.get("is_default") is False and live.attributes.get("is_default"):
            # The first data source of an organisation becomes its default whatever is asked for (12.4).
            return self.live(
                await send_settled(
                    lambda: self._save(client, live.uid, values, live.version),
                    lambda: self._changed(client, live.uid),
                    lambda found: not found["isDefault"],
                )
            )
        return live

    async def update(self, client: GrafanaClient, uid: str, values: Values, seen: Version) -> Live:
        return self.live(await self._save(client, uid, values, seen))

    async def _save(self, client: GrafanaClient, uid: str, values: Values, seen: Version) -> Json:
        sources = (await generation_of(client)).data_sources
        current = await sources.find(client, uid, seen=seen)
        if current is None or self.live(current).version != seen:
            # A PUT with an old version is accepted (12.4), so the check is made here.
            raise Conflict("The data source has been changed by someone else since the plan.")
        # 12.4 makes the version one more than the one sent, whatever it was.
        wire = {**_BLANK, **self.to_wire(values), "version": current["version"]}
        wire.setdefault("isDefault", current.get("isDefault", False))
        gone = () if values.get(_KEEPS_SECRETS) else current.get("secureJsonFields") or ()
        secure = {**dict.fromkeys(gone, ""), **wire.get("secureJsonData", {})}
        await sources.update(client, current, {**wire, "secureJsonData": secure} if secure else wire)
        # The answer of the PUT has the version before it (12.4), or what was sent in place of what is stored (5.4).
        return await self._changed(client, uid)

    async def _changed(self, client: GrafanaClient, uid: str) -> Json:
        found = await (await generation_of(client)).data_sources.find(client, uid)
        if found is None:
            raise Conflict("The data source was deleted by someone else while it was changed.")
        return found

    async def delete(self, client: GrafanaClient, uid: str, attributes: Mapping[str, Any]) -> None:
        await (await generation_of(client)).data_sources.delete(client, uid, attributes)

    def _emptied(self, values: Values, live: Live, never: Collection[str]) -> list[str]:
        """The arguments that are to become empty, and that the server would leave as they are without a word."""
        if live.content is None or not never:
            return []
        wanted = self.content(values)
        there = [key for key, attr in self.attrs.items() if attr.wire in never and live.content.get(key)]
        idle = () if wanted.get("basic_auth_enabled") else ("basic_auth_username",)
        return [key for key in there if not wanted.get(key) and key not in idle]

    def _left_secrets(self, values: Values, live: Live, sources: DataSources) -> list[str]:
        """The secrets that are to go, on a server that keeps them like everything else (3.2)."""
        if sources.secrets is None or values.get(_KEEPS_SECRETS):
            return []
        return sorted(live.secret_keys - self.secrets(values).keys())


async def check_health(client: GrafanaClient, uid: str) -> str:
    """What there is to warn of where the server cannot check; empty where the data source works. Raises ApiError.

    GET /api/datasources/uid/:uid/health (12.4): OK is a 200, ERROR a 400 with a message, a plugin that is not installed
    a 404 with a messageId. Where there is no such route (7.5), the 404 has none.
    """
    path = f"/api/datasources/uid/{quote(uid, safe='')}/health"
    try:
        answer = await client.call("GET", path, headers=FRESH)
    except NotFound as error:
        if error.reason:
            raise
        return "This Grafana cannot check a data source: it has no route for that."
    if answer["status"] != "OK":
        raise Invalid("GET", client.connection.url + path, 200, str(answer["message"]))
    return ""


def current_type(name: str) -> str:
    """The type that 12.4 keeps and answers where it is sent `name`."""
    return _ALIASES.get(name, name)


def _without_idle_user(content: Json) -> Json:
    """Without the user of a basic authentication that is off: 12.4 keeps it, whatever is sent."""
    if content.get("basic_auth_enabled"):
        return content
    return {key: value for key, value in content.items() if key != "basic_auth_username"}


def _header_names(headers: Value) -> Mapping[str, str]:
    """http_headers as Grafana keeps them: httpHeaderName1 and on; their values are secrets of the same number."""
    names = headers.value if isinstance(headers, Secret) else headers
    return {f"httpHeaderName{index}": name for index, name in enumerate(names, 1)}


def _decode(attribute: str, value: Value) -> Value:
    if is_unknown(value):
        return UNKNOWN
    try:
        decoded = read_json(reveal(value))
    except (ValueError, TypeError, RecursionError) as error:
        detail = "" if isinstance(value, Secret) else str(error)
        raise ValueProblem(attribute, f"{attribute} is not JSON", detail) from error
    if not isinstance(decoded, dict):
        raise ValueProblem(attribute, f"{attribute} is not a JSON object")
    return {key: Secret(item) for key, item in decoded.items()} if isinstance(value, Secret) else decoded


def _uids_in(value: Any) -> Iterable[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key.lower().endswith("uid") and isinstance(item, str):
                yield item
            else:
                yield from _uids_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from _uids_in(item)


def _from_wire(wire: Json) -> Json:
    return {**wire, "jsonData": wire.get("jsonData") or {}}


DATA_SOURCE = DataSourceType(
    name="grafana_data_source",
    doc="A data source: a database that Grafana queries.",
    attrs={
        "uid": Attr(computed=True, optional=True, replaces=True, steady=True, wire="uid", doc="Identity."),
        "name": Attr(required=True, wire="name", doc="What people see; unique in its organisation."),
        "type": Attr(
            required=True,
            wire="type",
            doc="Plugin id, such as prometheus, loki or grafana-postgresql-datasource.",
            example="prometheus",
        ),
        "url": Attr(wire="url", doc="Where the data is.", example="http://localhost:9090"),
        "access_mode": Attr(wire="access", default="proxy", choices=("proxy", "direct"), doc="Who makes the queries."),
        "is_default": Attr("bool", computed=True, optional=True, wire="isDefault", doc="Panels without one use it."),
        "database_name": Attr(wire="database", doc="Database, for types that have it outside json_data."),
        "username": Attr(wire="user", doc="User, for types that have it outside json_data."),
        "basic_auth_enabled": Attr("bool", wire="basicAuth", doc="Send basic authentication."),
        "basic_auth_username": Attr(
            wire="basicAuthUser", doc="Its user; the password is secure_json_data.basicAuthPassword."
        ),
        "with_credentials": Attr("bool", wire="withCredentials", doc="Send cookies with browser queries."),
        "json_data": Attr("map(any)", body=True, wire="jsonData", doc="Settings of the type, as a table."),
        "json_data_encoded": Attr(body=True, doc="The same as JSON text."),
        "secure_json_data": Attr(
            "map(string)",
            secret=True,
            doc="Secrets of the type, as a table.",
        ),
        "secure_json_data_encoded": Attr(secret=True, doc="The same as JSON text."),
        "http_headers": Attr("map(string)", secret=True, doc="Headers that Grafana sends with each query."),
        "check_health": Attr(
            "bool", settles=True, doc="After each change let Grafana ask it, and fail where that does not work."
        ),
        "id": Attr("number", computed=True, steady=True, wire="id", doc="Number of the data source on its server."),
        "version": Attr("number", computed=True, wire="version", doc="Goes up with every change."),
    },
    mention_kind="data source",
    writes_at_once=1,  # side by side, 12.4 on SQLite fails with "database is locked"
    from_wire=_from_wire,
)
