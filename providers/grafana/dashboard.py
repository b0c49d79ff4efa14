"""grafana_dashboard: a model as JSON text or as a table, classic or a resource. Its calls are in dashboard_api.py, what
is odd about it without a server in dashboard_values.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hcl_lite.core.schema import Attr, Capabilities, Live, Revision, ValueProblem, Version
from hcl_lite.core.values import Value, is_given
from providers.grafana.client import GrafanaClient
from providers.grafana.dashboard_api import Dashboards
from providers.grafana.dashboard_values import DashboardType
from providers.grafana.generations.app_platform import GROUP
from providers.grafana.generations.table import generation_of, require
from providers.grafana.limits import MOST_IN_MESSAGE, MOST_IN_TAG, too_long
from providers.grafana.model import CLASSIC, Model
from providers.grafana.pages import DASHBOARD_IDS
from providers.grafana.revisions import revision_of_meta, revision_of_metadata
from providers.grafana.titles import SHOWN_AS, Titles
from providers.kit.access import Access

Values = Mapping[str, Value]


async def _changeable(client: GrafanaClient, given: Values, values: Values, live: Live | None) -> None:
    model = values.get("model")
    if isinstance(model, Model):
        body = next(key for key in ("config_json", "config") if given.get(key) is not None)
        if (await generation_of(client)).app_platform:
            _check_lengths(body, model, values.get("message"))
        if model.form != CLASSIC:
            what = f"A dashboard in the form {model.form}"
            await require(client, lambda generation: generation.app_platform, what, body)
            await _check_form(client, body, model.form)
        elif not any(letter.isalnum() for letter in str(model.spec.get("title"))):
            what = "A title without any letter or digit"  # its slug would be empty
            await require(client, lambda generation: generation.dashboard_uids, what, body)
    if is_given(values.get("folder")):
        await require(client, lambda generation: generation.folders, "A folder", "folder")


async def _check_form(client: GrafanaClient, body: str, form: str) -> None:
    """Raises ValueProblem for a form that the server does not have."""
    forms = await client.dashboard_forms()
    if form not in forms:
        there = ", ".join(sorted(forms))
        summary = f"Grafana {await client.server()} has no {GROUP}/{form}"
        hint = "Give the dashboard in one of them, or as a classic model; or use a newer Grafana."
        raise ValueProblem(body, summary, f"It has {there}.", hint)


def _check_lengths(body: str, model: Model, message: Value) -> None:
    """Raises ValueProblem for what 12.4 refuses; whether those before take it is not recorded."""
    if isinstance(message, str) and (length := too_long(message, MOST_IN_MESSAGE)):
        detail = f"This Grafana takes up to {MOST_IN_MESSAGE} bytes; it has {length}."
        raise ValueProblem("message", "The message is too long", detail)
    tags = model.spec.get("tags")
    for tag in tags if isinstance(tags, list) else ():
        if isinstance(tag, str) and (length := too_long(tag, MOST_IN_TAG)):
            detail = f"This Grafana takes up to {MOST_IN_TAG} bytes; it has {length}."
            raise ValueProblem(body, f'The tag "{tag[:MOST_IN_TAG]}…" is too long', detail)


def _version(wire: Mapping[str, Any]) -> Version:
    """The number of the dashboard, what else a server without uids goes by, and the version."""
    return {key: wire[key] for key in ("id", "slug", "version") if key in wire}


def _revision(wire: Mapping[str, Any]) -> Revision:
    """Returns the revision in the metadata of a resource, or in the meta of a classic model."""
    document = wire.get("document") or {}
    if "metadata" in document:
        return revision_of_metadata(document["metadata"])
    return revision_of_meta(document.get("meta", {}))


DASHBOARD = DashboardType(
    name="grafana_dashboard",
    doc="A dashboard.",
    api=Dashboards(),
    versioned=_version,
    revision=_revision,
    changeable=_changeable,
    told_apart=Titles("dash-db", ("dashboard", "title"), "folder"),
    ids=DASHBOARD_IDS,
    title="title",
    folder="folder",
    mention_kind="dashboard",
    create_first=True,
    capabilities=Capabilities(overwrite="overwrite", search=True, trash=True, shown_as=SHOWN_AS),
    access=Access("Editor", "dashboards:create", "dashboards:write", "dashboards:delete", owned=True),
    attrs={
        "config_json": Attr(
            body=True, json=True, doc="The dashboard as JSON text, mostly file(): classic, or apiVersion/kind/spec."
        ),
        "config": Attr("any", body=True, doc="The dashboard as a table."),
        "inputs": Attr(
            "map(string)",
            body=True,
            doc="What ${DS_PROMETHEUS} and other inputs of an exported dashboard stand for, by name; binds them all.",
        ),
        "data_sources": Attr(
            "map(string)",
            body=True,
            doc="What data sources that the JSON names are here, by their uid or name in the JSON; others stay.",
        ),
        "uid": Attr(
            computed=True,
            optional=True,
            replaces=True,
            stable=True,
            wire="uid",
            doc="Identity; default: the JSON's, or derived.",
        ),
        "folder": Attr(wire="folder", doc="uid of its folder. Default: the root."),
        "message": Attr(client_only=True, doc="Note for the version history."),
        "overwrite": Attr("bool", client_only=True, doc="Save over whatever is there, without looking at versions."),
        "dashboard_id": Attr("number", computed=True, stable=True, doc="Number of the dashboard on its server."),
        "url": Attr(computed=True, slug_of=("dashboard", "title"), doc="Path of the dashboard's page."),
        "title": Attr(computed=True, slug_of=("dashboard", "title"), doc="Title, as it is in the JSON."),
        "version": Attr("number", computed=True, doc="Goes up by one with every change."),
    },
)
