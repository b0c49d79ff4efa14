"""Dashboards on the app platform: Grafana 12 and later. Classic ones are listed by it, resource forms live in it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from hcl_lite.core.schema import Live, OnFound, Revision, Version
from hcl_lite.core.values import Value
from providers.grafana.client import GrafanaClient, version_of
from providers.grafana.editor.defaults import EDITED, SCHEMA_VERSION
from providers.grafana.fixed import FROM_FILE, fixed_by_annotations, fixed_by_meta, owner_by_annotations
from providers.grafana.generations.classic_answers import FOLDER, Authors, ClassicAnswers, authors_of
from providers.grafana.generations.generation import Json, Known, Save
from providers.grafana.generations.uid_dashboards import UidDashboards
from providers.grafana.model import METADATA_PARTS, Model, content_of_flat, declared_of, spelled
from providers.grafana.paths import dashboard_path
from providers.grafana.revisions import revision_of_meta
from providers.grafana.uses import has_library_panels
from providers.kit.app_platform import AppPlatform
from providers.kit.paging import Page, platform_pages
from providers.transport.connection import DRY_RUN
from providers.transport.errors import ApiError, Denied, Invalid, NotFound
from providers.transport.kept_answers import asking_once, has_object, is_keeping, kept_object
from providers.transport.misread import read_all

GROUP = "dashboard.grafana.app"
_VERSION = f"{GROUP}/v1beta1"
_RESOURCE = "dashboards"
# The form in which most are stored: nothing is converted, which makes a page take a third of the time (12.4.0).
STORED_CLASSIC = "v0alpha1"
_USER = "user:"
_MESSAGE = "grafana.app/message"
_DRY_RUNS = (12, 4)
_TRIED = (12, 4)  # for lists with bodies, and deletions with a precondition
_FEW: Final = 20
_READ_AS_ONE: Final = 4
"""So many dashboards of a list cost the server as much as one that is read by itself (12.4.0)."""


@dataclass(frozen=True, slots=True)
class PlatformDashboards(UidDashboards):
    """All are listed at once with their generation, without bodies. `overwrite` passes over versions alone."""

    placed_by: Literal["folderId", "folderUid"] = "folderUid"

    async def survey(self, client: GrafanaClient, known: Known, on_found: OnFound) -> Mapping[str, Live | None] | None:
        def note(live: Live) -> None:
            if live.fixed != FROM_FILE and not is_keeping():  # what has moved is kept before anybody reads it
                on_found(live)

        found = await client.survey_metadata(_VERSION, _RESOURCE, known, note)
        of_files = [live for live in found.values() if live is not None and live.fixed == FROM_FILE]
        told = await read_all(_with_fixed(client, live) for live in of_files)
        if is_keeping():
            await _keep_moved(client, known, found)
        return {**found, **{live.uid: live for live in told}}

    async def find(
        self, client: GrafanaClient, uid: str, title: str = "", expected_version: Version | None = None
    ) -> Json | None:
        """A dashboard as a list has told it within the same piece of work, or else as the classic API tells it."""
        kept: Any = kept_object(client.connection, dashboard_path(uid))
        return kept or await super(PlatformDashboards, self).find(client, uid, title, expected_version)

    async def _with_version(self, client: GrafanaClient, save: Save) -> Json:
        return (
            save.dashboard
            if save.expected_version is None
            else {**save.dashboard, "version": save.expected_version["version"]}
        )

    def _overwrites(self, save: Save) -> bool:
        return save.overwrite


async def survey_authors(client: GrafanaClient, uids: Collection[str]) -> Mapping[str, Authors]:
    """Returns those of dashboards that are there, by the list that surveys them."""
    found = await _dashboards(_VERSION.rpartition("/")[2]).survey_metadata(client, uids, (), authors_of)
    return {uid: authors for uid, authors in found.items() if authors is not None}


async def _with_fixed(client: GrafanaClient, live: Live) -> Live:
    return replace(live, fixed=await _fixed(client, live.uid, live.fixed))


async def read_resource(client: GrafanaClient, desired: Model, uid: str) -> Json | None:
    """A dashboard in the resource form of `desired`, of which the labels and annotations are looked at; None where
    there is none."""
    wire = await _dashboards(desired.form).get(client, uid)
    if wire is None:
        return None
    found = flat_resource(wire, desired)
    return {**found, "fixed": await _fixed(client, uid, found["fixed"])}


async def _fixed(client: GrafanaClient, uid: str, told: str) -> str:
    """Returns the reason why a dashboard cannot be changed. Its metadata tells that it comes from a file, and only the
    classic API whether it can be changed all the same (allowUiUpdates, 12.4)."""
    if told != FROM_FILE:
        return told
    wire = await client.find(dashboard_path(uid))
    return fixed_by_meta(wire["meta"]) if wire is not None else ""


async def read_stored(client: GrafanaClient, uid: str) -> Json | None:
    """A dashboard in the form in which it is stored; None where there is none."""
    wire = await _dashboards(STORED_CLASSIC).get(client, uid)
    form = STORED_CLASSIC if wire is None else stored_form(wire)
    if form != STORED_CLASSIC:
        wire = await _dashboards(form).get(client, uid)
    return None if wire is None else await _stored(client, wire, form)


async def stored_pages(client: GrafanaClient, uids: Collection[str]) -> AsyncIterator[Sequence[Json]]:
    """Yields dashboards in the forms in which they are stored, by one list for each form: 12.4 ends a page at 2 MiB.

    A list is left where the others that have come cost as much as asking for each by name.
    """
    if (await client.server()).version < _TRIED:
        return
    classic = await ClassicAnswers.begin(client) if is_keeping() and len(uids) >= _FEW else None
    wanted = {STORED_CLASSIC: set(uids)}
    while wanted:
        form, names = wanted.popitem()
        if len(names) < _FEW:
            continue
        others, most = 0, len(names) * _READ_AS_ONE
        pages = platform_pages(client, await _dashboards(form).path_of(client), {"limit": "1000"})
        while names and others < most and (page := await _next(pages)) is not None:
            asked = [item for item in page.items if item["metadata"]["name"] in names]
            names.difference_update(item["metadata"]["name"] for item in asked)
            own = [item for item in asked if stored_form(item, form) == form]
            if classic is not None and form == STORED_CLASSIC:
                await classic.keep(own)
            others += len(page.items) - len(asked)
            yield [await _stored(client, item, form) for item in own]
            for item in asked if form == STORED_CLASSIC else ():
                if stored_form(item) != form:
                    wanted.setdefault(stored_form(item), set()).add(item["metadata"]["name"])


async def _keep_moved(client: GrafanaClient, known: Known, found: Mapping[str, Live | None]) -> None:
    """Keeps the dashboards of a survey that are at other versions than `known`, and so are about to be read."""
    moved = [uid for uid, live in found.items() if live is not None and known[uid] and live.version != known[uid]]
    left = [uid for uid in moved if not has_object(client.connection, dashboard_path(uid))]
    with suppress(ApiError):  # each is read by itself then, and that says what is wrong
        async for _ in stored_pages(client, left):
            pass


async def _next(pages: AsyncIterator[Page]) -> Page | None:
    """The next page of a list with bodies; None at its end."""
    with asking_once():
        return await anext(pages, None)


async def _stored(client: GrafanaClient, wire: Mapping[str, Any], form: str) -> Json:
    """A dashboard as it is stored. One that has library panels has no precondition: only the classic API takes its name
    from these when it is deleted (12.4.0)."""
    metadata = wire["metadata"]
    found = flat_resource(wire, Model(form, metadata["name"], {}))
    is_tried = (await client.server()).version >= _TRIED
    if has_library_panels(wire["spec"]) or not is_tried:
        return found
    return {**found, "precondition": metadata["resourceVersion"]}


async def delete_resource(client: GrafanaClient, uid: str, resource_version: str) -> None:
    """Deletes a dashboard at a resourceVersion; 12.4.0 answers 409 where it is at another."""
    path = await _dashboards(STORED_CLASSIC).path_of(client, uid)
    options = {"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": {"resourceVersion": resource_version}}
    await client.call("DELETE", path, body=options)


async def read_past_resource(client: GrafanaClient, desired: Model, uid: str, version: Version) -> Json | None:
    """Returns a dashboard at `version` from its history, in the form of `desired`; None where that version is not
    kept."""
    params = {"labelSelector": "grafana.app/get-history=true", "fieldSelector": f"metadata.name={uid}"}
    history = await client.get(await _dashboards(desired.form).path_of(client), params)
    for item in history["items"] or ():
        if item["metadata"].get("generation") == version.get("version"):
            return flat_resource(item, desired)
    return None


async def with_login(client: GrafanaClient, live: Live) -> Revision:
    """Returns the revision of a dashboard with the login of its author, since the metadata of the app platform has the
    account's uid alone."""
    if not live.revision.by.startswith(_USER):
        return live.revision
    wire = await client.find(dashboard_path(live.uid))
    told = revision_of_meta(wire["meta"]) if wire and wire["meta"]["version"] == live.version["version"] else Revision()
    return told.or_else(live.revision)


async def preview_resource(client: GrafanaClient, model: Model, folder: str) -> Value:
    """The content that a dashboard would have after a save, by a dry run of it; None where the server does not tell, as
    to an account that may only read.

    12.4.0 answers with what it would store, and stores nothing; 12.0 to 12.3 are not tried.
    """
    server = await client.server()
    if server.version < _DRY_RUNS:
        return None
    body = _resource(model, folder)
    try:
        answer = await _dashboards(model.form).put(client, model.uid, body, DRY_RUN)
    except (Denied, Invalid, NotFound):
        return None
    return content_of_flat({**flat_resource(answer, model), "folder": folder})


async def save_resource(client: GrafanaClient, model: Model, save: Save) -> Json:
    """POST or PUT of the app platform; the answer is the object as the server has it, with what it filled in.

    A PUT is the whole object: labels and annotations that others have put on it go with it (12.4.0).
    """
    resources = _dashboards(model.form)
    if save.expected_version is None:
        body = _resource(model, save.folder, save.message)
        answer = await resources.post(client, spelled(body))
        return flat_resource(answer, model) | {"warnings": await _unmigrated(client, model)}
    current = (await client.get(await resources.path_of(client, model.uid)))["metadata"]
    body = _resource(model, save.folder, save.message, current)
    if not save.overwrite:
        is_as_seen = version_of(current) == save.expected_version
        # "1" makes the server refuse with its own message.
        body["metadata"]["resourceVersion"] = current["resourceVersion"] if is_as_seen else "1"
    answer = await resources.put(client, model.uid, spelled(body))
    return flat_resource(answer, model) | {"warnings": await _unmigrated(client, model)}


async def _unmigrated(client: GrafanaClient, model: Model) -> tuple[str, ...]:
    """Returns notes on migrations that a Grafana makes of what it is sent, and the embedded server does not."""
    was = model.spec.get("schemaVersion")
    is_old = model.form == EDITED and type(was) is int and was < SCHEMA_VERSION
    if not is_old or not (await client.server()).is_embedded:
        return ()
    what = f"the embedded server does not migrate its panels and variables from schemaVersion {was}"
    return (f"A Grafana would make it schemaVersion {SCHEMA_VERSION}; {what}.",)


def _resource(model: Model, folder: str, message: str = "", current: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Returns the resource to send: the declared one, put over the labels and annotations of `current`, the metadata as
    read, without those that were declared before."""
    there = current or {}
    labels, annotations = (
        {key: item for key, item in (there.get(part) or {}).items() if (part, key) not in model.dropped}
        | model.metadata.get(part, {})
        for part in METADATA_PARTS
    )
    for key, value in ((FOLDER, folder), (_MESSAGE, message)):
        annotations.pop(key, None)
        if value:
            annotations[key] = value
    metadata = {"name": model.uid, "annotations": annotations} | ({"labels": labels} if labels else {})
    return {"apiVersion": f"{GROUP}/{model.form}", "kind": "Dashboard", "metadata": metadata, "spec": model.spec}


def stored_form(wire: Mapping[str, Any], read_as: str = STORED_CLASSIC) -> str:
    """The version of the API in which a dashboard is stored, which tells it where it was read as another (12.4)."""
    return str(conversion_of(wire).get("storedVersion") or read_as)


def conversion_of(wire: Mapping[str, Any]) -> Mapping[str, Any]:
    """Returns the server's status of the conversion of a dashboard (12.4)."""
    return (wire.get("status") or {}).get("conversion") or {}


def _dashboards(form: str) -> AppPlatform:
    """The resource in one of its forms."""
    return AppPlatform(GROUP, form, "dashboards", "Dashboard")


def flat_resource(wire: Mapping[str, Any], desired: Model) -> Json:
    """A resource with all keys at one level; of its labels and annotations those that `desired` tells of."""
    metadata = wire["metadata"]
    found = {
        **{"uid": metadata["name"], **version_of(metadata), "url": f"/d/{metadata['name']}"},
        **{"folder": (metadata.get("annotations") or {}).get(FOLDER, ""), "title": wire["spec"].get("title")},
        **{"form": desired.form, "spec": wire["spec"], "fixed": fixed_by_annotations(metadata)},
        "owner": owner_by_annotations(metadata),
        "document": dict(wire),
    }
    declared = declared_of(metadata, desired)
    return {**found, "metadata": declared} if declared else found
