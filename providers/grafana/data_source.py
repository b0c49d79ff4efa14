"""grafana_data_source: a data source, by whatever routes the generation of the server has for it."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from hcl_lite.core.paths import Everything, ObjectPath, Step, keep
from hcl_lite.core.schema import (
    Attr,
    Capabilities,
    Conflict,
    Distinct,
    Listed,
    Live,
    Mention,
    Stays,
    ValueProblem,
    Version,
)
from hcl_lite.core.values import UNKNOWN, Secret, Value, is_given, is_unknown, known_text, read_json, reveal
from providers.grafana.client import FRESH, GrafanaClient
from providers.grafana.data_source_api import Name, find_data_source, list_data_sources
from providers.grafana.fixed import FROM_FILE
from providers.grafana.generations.generation import DataSources
from providers.grafana.generations.table import generation_of, require
from providers.grafana.limits import check_name, check_source_uid, check_url
from providers.kit.access import Access
from providers.kit.observe import read_changed, survey_each
from providers.kit.resource_type import Json, WireType, name_aside
from providers.transport.errors import Invalid, NotFound

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
_MOST_NAME = 190  # characters of a name in Grafana's tables
_SECRETS = ("secure_json_data", "secure_json_data_encoded", "http_headers")
_OLD_SECRETS = frozenset({"password", "basicAuthPassword"})  # told to everybody who may read, up to 7
_NAME, _VALUE = "httpHeaderName", "httpHeaderValue"  # with a number: a key of jsonData, and one of secureJsonData
_NUMBERS = "header numbers"  # among completed values: the number of each of http_headers


class DataSourceType(WireType):
    """Secrets go in and never come back; of what is left out, PUT keeps some and drops some."""

    def complete(self, address: str, name: str, values: Mapping[str, Value], uid: str) -> Mapping[str, Value]:
        filled = dict(super().complete(address, name, values, uid))
        check_name(filled["name"])
        check_url(filled.get("url"))
        if not is_unknown(filled["type"]) and not reveal(filled["type"]):
            raise ValueProblem("type", "A data source needs a type", "It is the id of a plugin, such as prometheus.")
        for plain, encoded in (("json_data", "json_data_encoded"), ("secure_json_data", "secure_json_data_encoded")):
            if plain in filled and encoded in filled:
                raise ValueProblem(
                    encoded, f"{plain} and {encoded} cannot both be set", "", f"Keep {plain}: it is a table."
                )
            if encoded in filled:
                filled[plain] = _decode(encoded, filled.pop(encoded))
        headers, settings = filled.get("http_headers", {}), filled.get("json_data", {})
        if headers is UNKNOWN or settings is UNKNOWN:
            return {**filled, "json_data": UNKNOWN}
        numbers = _numbered(headers, settings, filled.get("secure_json_data", {}))
        names = {f"{_NAME}{n}": Secret(name) if isinstance(headers, Secret) else name for name, n in numbers.items()}
        whole = {**(settings.value if isinstance(settings, Secret) else settings), **names}
        json_data = Secret(reveal(whole)) if isinstance(settings, Secret) else whole
        return {**filled, "json_data": json_data, _NUMBERS: numbers}

    def to_wire(self, values: Mapping[str, Value]) -> Json:
        wire = super().to_wire(values)
        secure = self.secrets(values)
        return {**wire, "secureJsonData": dict(secure)} if secure else wire

    def content(self, values: Mapping[str, Value]) -> Json:
        content = super().content(values)
        return _without_idle_user({**content, "type": current_type(content["type"])})

    def live(self, wire: Json) -> Live:
        live = super().live(wire)
        number = wire["version"] if isinstance(wire["version"], int) else None  # 3 has no number to show
        content = _without_idle_user({**live.content, "type": current_type(wire["type"])})
        document = {key: value for key, value in wire.items() if key not in _OLD_SECRETS}
        return replace(
            live,
            attributes={**live.attributes, "version": number},
            content=content,
            secret_keys=frozenset(wire.get("secureJsonFields") or ()),
            document=document,
            fixed=FROM_FILE if wire.get("readOnly") is True else "",
        )

    def kept(self, values: Mapping[str, Value], live: Value, path: ObjectPath) -> Mapping[str, Value]:
        """Of secrets nothing: what an update does not mention stays. Of a header also its name."""
        where, *below = path.steps
        numbers: Mapping[str, int] = values.get(_NUMBERS, {})
        if where == "http_headers":
            for name, number in numbers.items():
                if not below or below[0] in (name, Everything()):
                    values = keep(values, live, ("json_data", f"{_NAME}{number}"))
        return values if where in _SECRETS else super().kept(values, live, path)

    def steps(self, values: Mapping[str, Value], path: ObjectPath) -> Sequence[Step]:
        return ("json_data", *path.steps[1:]) if path.steps[0] == "json_data_encoded" else path.steps

    def secrets(self, values: Mapping[str, Value]) -> Value:
        secure, headers = reveal(values.get("secure_json_data", {})), reveal(values.get("http_headers", {}))
        if secure is UNKNOWN or headers is UNKNOWN or (headers and _NUMBERS not in values):
            return UNKNOWN
        numbered = {f"{_VALUE}{values[_NUMBERS][name]}": value for name, value in headers.items()}
        return {key: value if value is UNKNOWN else _text(value) for key, value in {**secure, **numbered}.items()}

    def with_secrets(self, values: Mapping[str, Value], secrets: Mapping[str, Value]) -> Mapping[str, Value]:
        """All of them by their own names, headers too."""
        rest = {key: value for key, value in values.items() if key not in _SECRETS}
        return {**rest, "secure_json_data": {k: v if v is UNKNOWN else Secret(v) for k, v in secrets.items()}}

    def leaves_secret(self, values: Mapping[str, Value], path: ObjectPath, name: str) -> bool:
        """A header goes by its own name, such as http_headers["X-Key"]; its number is nobody's choice."""
        where, *below = path.steps
        if where not in _SECRETS:
            return False
        secure = reveal(values.get("secure_json_data", {}))
        is_header = name.startswith(_VALUE) and (secure is UNKNOWN or name not in secure)
        if is_header != (where == "http_headers"):
            return False
        if not below or below[0] == Everything():
            return True
        numbers: Mapping[str, int] = values.get(_NUMBERS, {})
        return below[0] == name or (is_header and name == f"{_VALUE}{numbers.get(str(below[0]))}")

    def names(self, values: Mapping[str, Value], uid: str) -> Iterable[Mention]:
        yield from super().names(values, uid)
        if isinstance(values.get("name"), str):
            yield Mention("data source name", values["name"])
        type_ = values.get("type")
        if isinstance(type_, str):
            yield Mention("data source type", current_type(type_))

    def aside(self, values: Mapping[str, Value]) -> Mapping[str, Value]:
        return {**values, "name": name_aside(values["name"], values["uid"], _MOST_NAME)}

    def known_as(self, content: Value) -> Iterable[str]:
        if isinstance(content.get("name"), str):
            yield f'name "{content["name"]}"'

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

    async def named(self, client: GrafanaClient) -> Distinct:
        """Unique in an organisation, which has one default (3.2 to 12.4). GET /api/datasources."""
        listed = await list_data_sources(client)
        names = {f'name "{wire["name"]}"': str(wire["uid"]) for wire in listed}
        default = next((str(wire["uid"]) for wire in listed if wire.get("isDefault")), None)
        return Distinct(names, alone={"is_default": default} if default is not None else {})

    async def check_supported(self, client: GrafanaClient, given: Values, values: Values, live: Live | None) -> None:
        generation = await generation_of(client)
        sources = generation.data_sources
        if live is None and generation.app_platform and not is_unknown(values["uid"]):
            check_source_uid(reveal(values["uid"]))
        secrets = self.secrets(values)
        for name in () if secrets is UNKNOWN else sorted(secrets):
            if sources.secrets is not None and name not in sources.secrets:
                attribute = "http_headers" if name.startswith("httpHeader") else "secure_json_data"
                what = f'The secret "{name}" of a data source'
                await require(client, lambda one: one.data_sources.secrets is None, what, attribute)
        if live is not None:
            emptied = [*self._emptied(values, live, sources.never_emptied), *self._left_secrets(values, live, sources)]
            if emptied:
                what = f"Grafana {await client.server()} keeps {' and '.join(emptied)} when nothing is sent for it"
                hint = "--replace makes the data source anew: it gets another number."
                raise Stays(emptied, what, hint)

    async def list(self, client: GrafanaClient) -> Sequence[Listed]:
        return [Listed(str(wire["uid"]), wire["name"]) for wire in await list_data_sources(client)]

    async def survey(self, client: GrafanaClient, known: Mapping[str, Version]) -> Mapping[str, Live | None]:
        """One GET each: the list lacks version, secrets' names and two settings. 3 and 5 list no uids either: there one
        for each data source of the server, too, while any uid has not been seen yet."""
        return await survey_each(
            self, lambda uid, expected_version: self.read(client, uid, expected_version=expected_version), known
        )

    async def read(
        self, client: GrafanaClient, uid: str, desired: Values | None = None, expected_version: Version | None = None
    ) -> Live | None:
        name = known_text((desired or {}).get("name"))
        wire = await (await generation_of(client)).data_sources.find(client, uid, name, expected_version)
        return None if wire is None else self.live(wire)

    async def create(self, client: GrafanaClient, values: Values) -> Live:
        wire = self.to_wire(values)
        secure = {name: text for name, text in wire.pop("secureJsonData", {}).items() if text}  # nothing to remove yet
        body = {**wire, "secureJsonData": secure} if secure else wire
        live = self.live(await (await generation_of(client)).data_sources.create(client, body))
        # The first data source of an organisation becomes its default whatever is asked for (12.4).
        return replace(live, unfinished=values.get("is_default") is False and live.attributes.get("is_default") is True)

    async def update(self, client: GrafanaClient, uid: str, values: Values, expected_version: Version) -> Live:
        return self.live(await self._save(client, uid, values, expected_version))

    async def _save(self, client: GrafanaClient, uid: str, values: Values, expected_version: Version) -> Json:
        sources = (await generation_of(client)).data_sources
        current = await sources.find(client, uid, expected_version=expected_version)
        if current is None or self.live(current).version != expected_version:
            # A PUT with an old version is accepted (12.4), so the check is made here.
            raise Conflict("The data source has been changed by someone else since the plan.")
        # 12.4 makes the version one more than the one sent, whatever it was.
        wire = {**_BLANK, **self.to_wire(values), "version": current["version"]}
        wire.setdefault("isDefault", current.get("isDefault", False))
        await sources.update(client, current, wire)
        # The answer of the PUT has the version before it (12.4), or what was sent in place of what is stored (5.4).

        def is_as_before(found: Json) -> bool:  # 3.2 counts no versions
            return sources.secrets is None and bool(found["version"] == current["version"])

        return await read_changed(client, lambda: self._changed(client, uid), is_as_before)

    async def _changed(self, client: GrafanaClient, uid: str) -> Json:
        found = await (await generation_of(client)).data_sources.find(client, uid)
        if found is None:
            raise Conflict("The data source was deleted by someone else while it was changed.")
        return found

    async def delete(self, client: GrafanaClient, uid: str, attributes: Mapping[str, Any]) -> None:
        await (await generation_of(client)).data_sources.delete(client, uid, attributes)

    def _emptied(self, values: Values, live: Live, never: Collection[str]) -> Sequence[str]:
        """The arguments that are to become empty, and that the server would leave as they are without a word."""
        if live.content is None or not never:
            return []
        wanted = self.content(values)
        there = [key for key, attr in self.attrs.items() if attr.wire in never and live.content.get(key)]
        idle = () if is_given(wanted.get("basic_auth_enabled")) else ("basic_auth_username",)
        return [key for key in there if not is_given(wanted.get(key)) and key not in idle]

    def _left_secrets(self, values: Values, live: Live, sources: DataSources) -> Sequence[str]:
        """The secrets that are to go, on a server that keeps them like everything else (3.2)."""
        secrets = self.secrets(values)
        if sources.secrets is None or secrets is UNKNOWN:
            return []
        return [name for name in sorted(live.secret_keys or ()) if secrets.get(name) == ""]


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
    if is_given(content.get("basic_auth_enabled")):
        return content
    return {key: value for key, value in content.items() if key != "basic_auth_username"}


def _numbered(headers: Value, settings: Value, secure: Value) -> Mapping[str, int]:
    """The number of each of http_headers: Grafana keeps httpHeaderName1 and on, and their values as secrets of the same
    number. Those that `settings` and `secure` have are taken. By name, whatever the order in which they are written.

    Raises ValueProblem for one that `settings` has, too.
    """
    given, plain, hidden = reveal(headers), reveal(settings), reveal(secure)
    named = {str(name).lower() for key, name in plain.items() if key.startswith(_NAME)}
    for name in given:
        if name.lower() in named:
            summary = f'The header "{name}" is given twice'
            detail = f"json_data has a {_NAME} for it, too."
            raise ValueProblem("http_headers", summary, detail, "Keep it in http_headers alone.")
    keys = [*plain, *(hidden if isinstance(hidden, Mapping) else ())]
    taken = {int(digits) for key in keys if (digits := _number_in(key))}
    free = (number for number in itertools.count(1) if number not in taken)
    return dict(zip(sorted(given), free, strict=False))


def _text(secret: Value) -> str:
    """What is sent for a secret; secure_json_data_encoded may hold what is no text."""
    return "" if secret is None else str(secret)


def _number_in(key: str) -> str:
    digits = key.removeprefix(_NAME).removeprefix(_VALUE)
    return digits if digits != key and digits.isascii() and digits.isdigit() else ""


def _decode(attribute: str, value: Value) -> Value:
    if is_unknown(value):  # read already as far as it is known
        return value if isinstance(value, Mapping) else UNKNOWN
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
        "uid": Attr(computed=True, optional=True, replaces=True, stable=True, wire="uid", doc="Identity."),
        "name": Attr(required=True, wire="name", doc="What people see; unique in its organisation."),
        "type": Attr(
            required=True,
            wire="type",
            doc="Plugin id, such as prometheus, loki or grafana-postgresql-datasource.",
            example="prometheus",
        ),
        "url": Attr(wire="url", doc="Where the data is.", example="http://localhost:9090"),
        "access_mode": Attr(wire="access", default="proxy", choices=("proxy", "direct"), doc="Who makes the queries."),
        "is_default": Attr(
            "bool", computed=True, optional=True, exclusive=True, wire="isDefault", doc="Panels without one use it."
        ),
        "database_name": Attr(wire="database", doc="Database, for types that have it outside json_data."),
        "username": Attr(wire="user", doc="User, for types that have it outside json_data."),
        "basic_auth_enabled": Attr("bool", wire="basicAuth", doc="Send basic authentication."),
        "basic_auth_username": Attr(
            wire="basicAuthUser", doc="Its user; the password is secure_json_data.basicAuthPassword."
        ),
        "with_credentials": Attr("bool", wire="withCredentials", doc="Send cookies with browser queries."),
        "json_data": Attr(
            "map(any)", body=True, remembered=True, wire="jsonData", doc="Settings of the type, as a table."
        ),
        "json_data_encoded": Attr(body=True, json=True, doc="The same as JSON text."),
        "secure_json_data": Attr(
            "map(string)",
            secret=True,
            doc="Secrets of the type, as a table.",
        ),
        "secure_json_data_encoded": Attr(secret=True, doc="The same as JSON text."),
        "http_headers": Attr("map(string)", secret=True, doc="Headers that Grafana sends with each query."),
        "check_health": Attr(
            "bool", client_only=True, doc="After each change let Grafana ask it, and fail where that does not work."
        ),
        "id": Attr("number", computed=True, stable=True, wire="id", doc="Number of the data source on its server."),
        "version": Attr("number", computed=True, wire="version", doc="Goes up with every change."),
    },
    capabilities=Capabilities(health_check="check_health"),
    mention_kind="data source",
    access=Access("Admin", "datasources:create", "datasources:write", "datasources:delete"),
    writes_at_once=1,  # side by side, 12.4 on SQLite fails with "database is locked"
    from_wire=_from_wire,
)
