"""grafana_folder: a title, and from Grafana 11 on the folder that it is in. Its calls are in folder_api.py."""

from __future__ import annotations

from collections.abc import Mapping

from hcl_lite.core.schema import Attr, Capabilities, Live, ValueProblem
from hcl_lite.core.values import Value, is_given, is_unknown, reveal
from providers.grafana.client import GrafanaClient
from providers.grafana.fixed import fixed_by
from providers.grafana.folder_api import FORCE_DESTROY, Folders, fixed_folder
from providers.grafana.generations.table import generation_of, require
from providers.grafana.limits import ROOT, check_folder_uid, check_parent, check_title
from providers.grafana.pages import FOLDER_IDS
from providers.grafana.revisions import revision_of_meta
from providers.grafana.stored import stripped
from providers.grafana.titles import SHOWN_AS, Titles
from providers.kit.access import Access
from providers.kit.hooks import Needed
from providers.kit.resource import resource
from providers.kit.version import Fields

Values = Mapping[str, Value]


def _check(values: Values) -> None:
    uid, parent = values["uid"], values.get("parent_folder_uid")
    if not is_unknown(uid):
        check_folder_uid(uid)
    check_title("title", values["title"], "folder")
    check_parent("parent_folder_uid", parent)
    if not is_unknown(parent) and not is_unknown(uid) and parent == uid:
        raise ValueProblem("parent_folder_uid", "A folder cannot be in itself", "It names its own uid.")


async def _supported(client: GrafanaClient, values: Values) -> None:
    await require(client, lambda generation: generation.folders, "A folder")
    if is_given(values.get("parent_folder_uid")):
        what = "A folder in a folder"
        await require(client, lambda generation: generation.nested_folders, what, "parent_folder_uid")


async def _changeable(client: GrafanaClient, given: Values, values: Values, live: Live | None) -> None:
    """The title of the root: 12.4 takes it for a new folder alone; 5.4 to 11 for none."""
    title = values["title"]
    text = "" if is_unknown(title) else str(reveal(title))
    if text.strip().lower() != ROOT:
        return
    is_new = live is None and (await generation_of(client)).app_platform
    is_old = live is not None and live.attributes.get("title", text) == text
    if not is_new and not is_old:
        raise ValueProblem("title", f'No folder can be given the title "{text}"', "It is that of the root.")


def _stored(values: Values) -> Values:
    """Every Grafana takes the spaces around a title away."""
    return {**values, "title": stripped(values["title"])}


FOLDER = resource(
    "grafana_folder",
    "A folder that holds dashboards, and other folders.",
    api=Folders(),
    versioned=Fields(("id", "version")),
    distinct="title",
    most_name=189,  # characters of a title in Grafana's tables
    conflict="The folder has been changed by someone else since the plan, as {call} tells.",
    told_apart=Titles("dash-folder", ("title",), "parent_folder_uid"),
    ids=FOLDER_IDS,
    title="title",
    folder="parentUid",
    mention_kind="folder",
    access=Access("Editor", "folders:create", "folders:write", "folders:delete", owned=True),
    mentioned={"parent_folder_uid": Needed("folder", built_in=(ROOT,))},
    create_first=True,
    capabilities=Capabilities(force_destroy=FORCE_DESTROY, content=True, shown_as=SHOWN_AS),
    check=_check,
    supported=_supported,
    changeable=_changeable,
    normal=_stored,
    fixed=lambda wire: fixed_folder(fixed_by(wire.get("managedBy"))),
    revision=revision_of_meta,
    derived=("url", "parents"),
    attrs={
        "uid": Attr(computed=True, optional=True, replaces=True, stable=True, doc="Identity; in URLs."),
        "title": Attr(required=True, doc="What people see."),
        "parent_folder_uid": Attr(
            wire="parentUid", doc="The folder that this one is in (Grafana 11 or later). Default: none, the root."
        ),
        FORCE_DESTROY: Attr("bool", client_only=True, doc="Delete it with whatever it holds that is not managed here."),
        "id": Attr("number", computed=True, stable=True, doc="Number of the folder on its server."),
        "url": Attr(computed=True, slug_of=("title",), doc="Path of the folder's page."),
        "version": Attr("number", computed=True, doc="Goes up by one with every change."),
    },
)
