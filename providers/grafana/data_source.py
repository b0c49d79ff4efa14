"""grafana_data_source: a database that Grafana queries. Its calls are in data_source_api.py."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from hcl_lite.core.paths import ObjectPath, Step, keep
from hcl_lite.core.places import Place
from hcl_lite.core.schema import Attr, Capabilities, Live, Mention, Reference, Stays, ValueProblem
from hcl_lite.core.values import UNKNOWN, Value, is_given, is_unknown, reveal
from providers.grafana.client import GrafanaClient
from providers.grafana.data_source_api import KEPT_IN, Sources
from providers.grafana.data_source_secrets import (
    SECRETS,
    flat_secrets,
    leads_to_secret,
    settings_of_headers,
    with_flat_secrets,
    with_headers,
)
from providers.grafana.fixed import FROM_FILE
from providers.grafana.generations.table import generation_of, require
from providers.grafana.limits import check_name, check_source_uid, check_url
from providers.kit.access import Access
from providers.kit.ids import Ids
from providers.kit.resource import Resource
from providers.kit.version import Fields
from providers.kit.wire import Json

Values = Mapping[str, Value]

# What 12.4 makes of the old names of its built-in plugins (aliasIDs in their plugin.json).
_ALIASES: Final = {
    "postgres": "grafana-postgresql-datasource",
    "testdata": "grafana-testdata-datasource",
    "phlare": "grafana-pyroscope-datasource",
}
_OLD_SECRETS: Final = ("password", "basicAuthPassword")  # told to everybody who may read, up to 7


class DataSourceType(Resource):
    """Secrets go in and never come back, by flat names; headers are among them, and their names among the settings."""

    def to_wire(self, values: Values) -> Json:
        secure = self.secrets(values)
        return super().to_wire(values) | ({"secureJsonData": dict(secure)} if secure else {})

    def content(self, values: Values) -> Json:
        return _current(super().content(values))

    def live(self, wire: Json) -> Live:
        live = super().live(wire)
        number = wire["version"] if isinstance(wire["version"], int) else None  # 3 has no number to show
        names = frozenset(wire.get("secureJsonFields") or ())
        attributes = {**live.attributes, "version": number}
        return replace(live, attributes=attributes, content=_current(live.content), secret_keys=names)

    def kept(self, values: Values, live: Value, path: ObjectPath) -> Values:
        """Keeps the setting of a header with the header; of secrets nothing, since an update leaves those that it does
        not mention."""
        for key in settings_of_headers(values, path):
            values = keep(values, live, ("json_data", key))
        return values if path.steps[0] in SECRETS else super().kept(values, live, path)

    def steps(self, values: Values, path: ObjectPath) -> Sequence[Step]:
        return ("json_data", *path.steps[1:]) if path.steps[0] == "json_data_encoded" else path.steps

    def secrets(self, values: Values) -> Value:
        return flat_secrets(values)

    def with_secrets(self, values: Values, secrets: Values) -> Values:
        return with_flat_secrets(values, secrets)

    def leaves_secret(self, values: Values, path: ObjectPath, name: str) -> bool:
        return leads_to_secret(values, path, name)

    def names(self, values: Values, uid: str) -> Iterable[Mention]:
        yield from super().names(values, uid)
        if isinstance(values.get("name"), str):
            yield Mention("data source name", values["name"])
        type_ = values.get("type")
        if isinstance(type_, str):
            yield Mention("data source type", current_type(type_))

    def mentions(self, values: Values) -> Iterable[Mention]:
        """Other data sources: the traces' logs, the metrics' traces."""
        return [Mention("data source", uid) for _, uid in _uids_in(values.get("json_data"))]

    def references(self, values: Mapping[str, Value]) -> Iterable[Reference]:
        for place, uid in _uids_in(values.get("json_data"), ("json_data",)):
            yield Reference(place, Mention("data source", uid))


def _made_of(values: Values) -> Values:
    check_name(values["name"])
    check_url(values.get("url"))
    if not is_unknown(values["type"]) and not reveal(values["type"]):
        raise ValueProblem("type", "A data source needs a type", "It is the id of a plugin, such as prometheus.")
    return with_headers(values)


async def _changeable(client: GrafanaClient, given: Values, values: Values, live: Live | None) -> None:
    """Raises ValueProblem for a change that the server does not make: some keep what is left out or empty, and 3.2 has
    two secrets, and takes neither away."""
    generation = await generation_of(client)
    sources = generation.data_sources
    if live is None and generation.app_platform and not is_unknown(values["uid"]):
        check_source_uid(reveal(values["uid"]))
    secrets = flat_secrets(values)
    for name in () if secrets is UNKNOWN else sorted(secrets):
        if sources.secrets is not None and name not in sources.secrets:
            attribute = "http_headers" if name.startswith("httpHeader") else "secure_json_data"
            what = f'The secret "{name}" of a data source'
            await require(client, lambda one: one.data_sources.secrets is None, what, attribute)
    if live is None:
        return
    left = () if sources.secrets is None or secrets is UNKNOWN else sorted(live.secret_keys or ())
    emptied = [*_emptied(values, live, sources.never_emptied), *(name for name in left if secrets.get(name) == "")]
    if emptied:
        what = f"Grafana {await client.server()} keeps {' and '.join(emptied)} when nothing is sent for it"
        hint = "--replace makes the data source anew: it gets another number."
        raise Stays(emptied, what, hint)


def _emptied(values: Values, live: Live, never: Collection[str]) -> Sequence[str]:
    """The arguments that are to become empty, and that the server would leave as they are without a word."""
    if live.content is None or not never:
        return []
    wanted = DATA_SOURCE.content(values)
    there = [key for key, attr in DATA_SOURCE.attrs.items() if attr.wire in never and live.content.get(key)]
    idle = () if is_given(wanted.get("basic_auth_enabled")) else ("basic_auth_username",)
    return [key for key in there if not is_given(wanted.get(key)) and key not in idle]


def current_type(name: str) -> str:
    """The type that 12.4 keeps and answers where it is sent `name`."""
    return _ALIASES.get(name, name)


def _current(content: Json) -> Json:
    """`content` by the type's current name, without the user of a basic authentication that is off: 12.4 keeps it,
    whatever is sent."""
    content = {**content, "type": current_type(content["type"])}
    if is_given(content.get("basic_auth_enabled")):
        return content
    return {key: value for key, value in content.items() if key != "basic_auth_username"}


def _uids_in(value: Any, above: Place = ()) -> Iterable[tuple[Place, str]]:
    """Yields the texts that may be uids of other data sources, each with its place."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key.lower().endswith("uid") and isinstance(item, str):
                yield (*above, key), item
            else:
                yield from _uids_in(item, (*above, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _uids_in(item, (*above, index))


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
    kept_in=KEPT_IN,
    from_wire=_from_wire,
    api=Sources(),
    ids=Ids(pages=("/connections/datasources/edit/{id}", "/datasources/edit/{id}")),
    versioned=Fields(("id", "version")),
    distinct="name",
    made_of=_made_of,
    changeable=_changeable,
    fixed=lambda wire: FROM_FILE if wire.get("readOnly") is True else "",
    derived=_OLD_SECRETS,
)
