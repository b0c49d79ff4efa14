"""Data blocks of data sources."""

from __future__ import annotations

from collections.abc import Mapping

from hcl_lite.core.schema import Attr
from hcl_lite.core.values import JsonValue
from providers.grafana.client import GrafanaClient
from providers.grafana.data_source import current_type
from providers.grafana.data_source_api import (
    Name,
    describe,
    describe_whole,
    find_data_source,
    find_id,
    list_data_sources,
)
from providers.grafana.lookups.finding import Values, nothing, one_of
from providers.kit.lookup import Lookup


async def _find_data_source(client: GrafanaClient, values: Values) -> Mapping[str, JsonValue]:
    """Looks a data source up by uid, name or id."""
    key = one_of(values, "uid", "name", "id")
    wire = await find_data_source(client, Name(key, str(values[key])))
    if wire is None:
        known = [item["name"] for item in await list_data_sources(client)]
        raise nothing(key, values[key], "data source", known)
    return describe_whole(wire)


async def _list_data_sources(client: GrafanaClient, values: Values) -> Mapping[str, JsonValue]:
    """All, or those of a type."""
    type_ = values.get("type")
    listed = [describe(wire) for wire in await list_data_sources(client)]
    return {"data_sources": [one for one in listed if type_ is None or one["type"] == current_type(type_)]}


async def _find_data_source_id(client: GrafanaClient, values: Values) -> Mapping[str, JsonValue]:
    """Looks the id of a data source up by its name."""
    number = await find_id(client, str(values["name"]))
    if number is None:
        raise nothing("name", values["name"], "data source", [])
    return {"id": number}


DATA_SOURCE = Lookup(
    "grafana_data_source",
    "A data source that is there already.",
    {
        "uid": Attr(computed=True, optional=True, doc="Find it by this,"),
        "name": Attr(computed=True, optional=True, doc="or by this,"),
        "id": Attr("number", computed=True, optional=True, doc="or by this."),
        "type": Attr(computed=True),
        "url": Attr(computed=True),
        "access_mode": Attr(computed=True),
        "database_name": Attr(computed=True),
        "username": Attr(computed=True),
        "basic_auth_enabled": Attr("bool", computed=True),
        "basic_auth_username": Attr(computed=True),
        "with_credentials": Attr("bool", computed=True),
        "is_default": Attr("bool", computed=True),
        "read_only": Attr("bool", computed=True, doc="Whether it comes from a file of the server's."),
        "json_data": Attr("any", computed=True),
        "secure_json_fields": Attr("list(string)", computed=True, doc="The names of its secrets."),
        "version": Attr("number", computed=True),
    },
    _find_data_source,
)
DATA_SOURCES = Lookup(
    "grafana_data_sources",
    "The data sources that are there, or those of a type.",
    {
        "type": Attr(doc="Plugin id.", example="prometheus"),
        "data_sources": Attr(
            "list(any)", computed=True, doc="By name; each as data.grafana_data_source, less secrets and version."
        ),
    },
    _list_data_sources,
)
DATA_SOURCE_ID = Lookup(
    "grafana_data_source_id",
    "The number of a data source, by its name.",
    {"name": Attr(required=True, doc="Find it by this."), "id": Attr("number", computed=True)},
    _find_data_source_id,
)
