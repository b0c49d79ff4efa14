"""grafana_library_panel: a panel as JSON, that dashboards name. Its calls are in library_panel_api.py."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from hcl_lite.core.schema import Attr, Capabilities, Live, Mention, ValueProblem
from hcl_lite.core.schema.attributes import Type
from hcl_lite.core.values import JsonValue, Value, read_json, reveal
from providers.grafana.client import GrafanaClient
from providers.grafana.library_panel_api import LibraryPanels
from providers.grafana.limits import check_parent, check_uid
from providers.grafana.model import mentions_in
from providers.grafana.since import since
from providers.grafana.uses import uses_of
from providers.kit.access import Access
from providers.kit.declaration import Values
from providers.kit.hooks import Needed
from providers.kit.resource import Resource, odd_resource
from providers.kit.version import Fields


class LibraryPanelType(Resource):
    """A panel names data sources in its JSON, as a dashboard does, and dashboards name it."""

    def mentions(self, values: Values) -> Iterable[Mention]:
        yield from super().mentions(values)
        text = reveal(values.get("model_json"))
        if isinstance(text, str):
            yield from mentions_in(text)

    def uses(self, values: Values) -> Iterable[Mention]:
        yield from super().uses(values)
        text = reveal(values.get("model_json"))
        if isinstance(text, str):
            yield from uses_of(_read(text))

    def told_values(self, uid: str, document: JsonValue) -> Values:
        values = super().told_values(uid, document)
        return {**values, "model_json": json.dumps(values["model_json"], ensure_ascii=False)}


def _read(value: Value) -> Value:
    """Returns a panel as its server keeps it: with its type and its description, which stays where none is sent (10.1
    to 12.4). Raises ValueError."""
    try:
        model = read_json(value) if isinstance(value, str) else value
    except json.JSONDecodeError as error:
        raise ValueError(f"It is no JSON: {error.msg} at line {error.lineno}, column {error.colno}.") from error
    except RecursionError as error:
        raise ValueError("It is nested too deeply.") from error
    if not isinstance(model, Mapping):
        raise ValueError("Expected the JSON of a panel, which is an object.")
    whole = {"type": "", "description": "", **{key: item for key, item in model.items() if item is not None}}
    for key in ("type", "description"):
        if not isinstance(whole[key], str):
            raise ValueError(f'Expected text as its "{key}".')
    return whole


def _check(values: Values) -> None:
    check_uid("uid", reveal(values.get("uid")))
    check_parent("folder_uid", values.get("folder_uid"))


async def _changeable(client: GrafanaClient, given: Values, values: Values, live: Live | None) -> None:
    """PATCH answers that the panel is in the root then, and leaves it where it is (12.4.0; the answers of 10.1 and 11.0
    are the same)."""
    if live is not None and live.attributes.get("folder_uid") and values.get("folder_uid") in (None, ""):
        detail = "Its server moves a library panel into folders only."
        raise ValueProblem("folder_uid", "It cannot be moved to the root", detail, "Make it anew, with --replace.")


LIBRARY_PANEL = odd_resource(
    LibraryPanelType,
    "grafana_library_panel",
    "A panel that several dashboards show.",
    api=LibraryPanels(),
    versioned=Fields(("id", "version")),
    changeable=_changeable,
    supported=since("A library panel", 9),
    access=Access("Editor", "library.panels:create", "library.panels:write", "library.panels:delete"),
    folder="folderUid",
    capabilities=Capabilities(kept_if_named=True),
    mention_kind="library panel",
    check=_check,
    mentioned={"folder_uid": Needed("folder")},
    attrs={
        "name": Attr(required=True, doc="What people see in the list of library panels."),
        "model_json": Attr(
            Type("string", normal=_read, sent=_read),
            required=True,
            body=True,
            json=True,
            wire="model",
            doc="The panel as JSON text, mostly file().",
        ),
        "folder_uid": Attr(wire="folderUid", doc="uid of its folder. Default: the root."),
        "uid": Attr(computed=True, optional=True, replaces=True, stable=True, doc="Identity; dashboards name it."),
        "panel_id": Attr("number", computed=True, stable=True, wire="id", doc="Its number on its server."),
        "org_id": Attr("number", computed=True, stable=True, wire="orgId", doc="Number of the organisation."),
        "type": Attr(computed=True, doc="Of which kind the panel is, as in its JSON."),
        "description": Attr(computed=True, doc="What its JSON says of it."),
        "version": Attr("number", computed=True, doc="Goes up by one with every change."),
        "created": Attr(computed=True, stable=True, doc="When it was made."),
        "updated": Attr(computed=True, doc="When it was last changed."),
        "folder_id": Attr("number", computed=True, wire="folderId", doc="Number of its folder."),
        "folder_name": Attr(computed=True, wire="folderName", doc="Title of its folder."),
    },
)
