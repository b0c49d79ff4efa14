"""The calls of dashboards: classic models by /api/dashboards/db, as the adapter to the generation has them, resource
forms by /apis/dashboard.grafana.app (12+); history, trash, and what a server makes of what it is sent."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from hcl_lite.core.equality import same
from hcl_lite.core.schema import Listed, Live, OnFound, Revision, Search, Version
from hcl_lite.core.values import Value, is_secret, known_text
from providers.grafana.client import GrafanaClient
from providers.grafana.dashboard_values import content_of_values
from providers.grafana.editor.defaults import EDITED, SCHEMA_VERSION
from providers.grafana.generations.app_platform import (
    delete_resource,
    preview_resource,
    read_past_resource,
    read_resource,
    read_stored,
    save_resource,
    stored_pages,
    with_login,
)
from providers.grafana.generations.generation import Save
from providers.grafana.generations.table import generation_of
from providers.grafana.generations.uid_dashboards import folder_of
from providers.grafana.listing import list_found, search_dashboards
from providers.grafana.model import CLASSIC, Model
from providers.grafana.sensitive import stand_ins
from providers.grafana.trash import NoTrash, open_trash
from providers.grafana.versions import read_newest, read_past_version
from providers.kit.api import Api, Json, Values

_MADE_OF_TITLES: Final = frozenset({"slug", "url", "folderTitle", "folderUrl"})
_RESAVED: Final = "saved in Grafana without a visible change"


@dataclass(frozen=True, slots=True)
class Dashboards(Api[GrafanaClient]):
    """A dashboard has all keys at one level, with its model at `spec` and the server's own answer at `document`."""

    @property
    def locks(self) -> bool:
        return True

    @property
    def tells_made(self) -> bool:
        return True

    @property
    def is_converted(self) -> bool:
        return True

    async def find(
        self, client: GrafanaClient, uid: str, desired: Values | None = None, expected_version: Version | None = None
    ) -> Json | None:
        """In the form of what is desired."""
        model = (desired or {}).get("model")
        if isinstance(model, Model) and model.form != CLASSIC:
            return await read_resource(client, model, uid)
        dashboards = (await generation_of(client)).dashboards
        title = known_text(model.spec.get("title")) if isinstance(model, Model) else ""
        wire = await dashboards.find(client, uid, title, expected_version)
        if wire is None:
            return None
        meta = {key: value for key, value in wire["meta"].items() if key not in _MADE_OF_TITLES}
        document = {**wire, "meta": {**meta, "folderUid": folder_of(wire["meta"])}}
        return {**dashboards.flat(wire), "document": document}

    async def find_stored(self, client: GrafanaClient, uid: str, expected_version: Version | None) -> Json | None:
        """A dashboard that is stored in a resource form takes a second call."""
        if (await generation_of(client)).app_platform:
            return await read_stored(client, uid)
        return await self.find(client, uid, expected_version=expected_version)

    async def stored_pages(self, client: GrafanaClient, uids: Collection[str]) -> AsyncIterator[Sequence[Json]]:
        """Since 12.4; no list before has bodies."""
        if (await generation_of(client)).app_platform:
            async for page in stored_pages(client, uids):
                yield page

    async def list(self, client: GrafanaClient) -> Sequence[Json]:
        return _as_wire(await list_found(client, "dash-db"))

    async def search(self, client: GrafanaClient, search: Search) -> Sequence[Json]:
        return _as_wire(await search_dashboards(client, search))

    async def survey(
        self, client: GrafanaClient, known: Mapping[str, Version], on_found: OnFound
    ) -> Mapping[str, Live | None] | None:
        return await (await generation_of(client)).dashboards.survey(client, known, on_found)

    async def create(self, client: GrafanaClient, body: Json) -> Json:
        return await _save(client, body, None)

    async def update(self, client: GrafanaClient, uid: str, body: Json, there: Json | None) -> Json:
        raise AssertionError("what locks is updated at a version")

    async def update_locked(self, client: GrafanaClient, uid: str, body: Json, expected_version: Version) -> Json:
        return await _save(client, body, expected_version)

    async def delete(self, client: GrafanaClient, uid: str, attributes: Mapping[str, Any]) -> None:
        await (await generation_of(client)).dashboards.delete(client, uid, attributes)

    async def delete_unchanged(
        self, client: GrafanaClient, uid: str, attributes: Mapping[str, Any], precondition: str
    ) -> None:
        await delete_resource(client, uid, precondition)

    # --- history ------------------------------------------------------------------------------------------------------

    async def find_past(self, client: GrafanaClient, uid: str, version: Version, desired: Values) -> Json | None:
        """Returns a past version by the history of the app platform (12.4), or by …/versions/:version; None where the
        account may not see it."""
        model = desired.get("model")
        if isinstance(model, Model) and model.form != CLASSIC:
            return await read_past_resource(client, model, uid, version)
        past = await read_past_version(client, uid, version["version"])
        return None if not past else {"folder": desired.get("folder") or "", "spec": past, "form": CLASSIC}

    async def read_revision(self, client: GrafanaClient, live: Live) -> Revision:
        """12.4 and later tell messages with the list, but no logins of resource forms; before, the history does."""
        if not (await generation_of(client)).app_platform:
            return await read_newest(client, live)
        return await with_login(client, live)

    async def resaved(self, client: GrafanaClient, uid: str, past: Value, there: Value) -> str:
        """Returns how an editor has changed a dashboard by saving it, as the editors of 7.5 to 9 and of 12 are known
        to; beside that, the server migrates what the editor reads (12.4)."""
        from providers.grafana.editor.fill_ins import is_filled_in, was_filled_in  # noqa: PLC0415 - for what was edited

        server = await client.server()
        before, now, version = past["dashboard"], there["dashboard"], str(server)
        if not same({**past, "dashboard": None}, {**there, "dashboard": None}):
            return ""
        if not (await generation_of(client)).app_platform:
            return _RESAVED if was_filled_in(before, now, server.version) else ""
        if is_filled_in(before, now, version):
            return _RESAVED
        if now.get("schemaVersion") != SCHEMA_VERSION:  # which is what that editor always writes
            return ""
        migrated = await preview_resource(client, Model(EDITED, uid, before), past["folder"])
        return _RESAVED if migrated is not None and is_filled_in(migrated["dashboard"], now, version) else ""

    async def read_sent(self, client: GrafanaClient, uid: str, values: Values) -> Value:
        """Returns what 12.4 and later make of a resource form, by a dry run in which other texts stand for the secrets;
        of a classic model, with the title and the refresh that the server stores."""
        model = values.get("model")
        if not isinstance(model, Model):
            return None
        if model.form == CLASSIC:
            spec = await _stored(client, model)
            return None if spec is model.spec else content_of_values({**values, "model": replace(model, spec=spec)})
        folder = values.get("folder") or ""
        stood_for = stand_ins(model)
        if stood_for is None or is_secret(folder):
            return None
        reading = await preview_resource(client, stood_for.model.with_uid(uid), folder)
        return stood_for.undone(reading)

    # --- trash --------------------------------------------------------------------------------------------------------

    async def is_trashed(self, client: GrafanaClient, uid: str) -> bool:
        try:
            return await (await open_trash(client)).has(uid)
        except NoTrash:
            return False

    async def restore(self, client: GrafanaClient, uid: str, body: Json) -> None:
        """Into the folder that is wanted: the one that it was in may be gone."""
        await (await open_trash(client)).restore(uid, body["folder"])


def _as_wire(listed: Sequence[Listed]) -> Sequence[Json]:
    return [
        {"uid": one.uid, "title": one.title, "folder": one.folder, "id": next(iter(one.keys), "")} for one in listed
    ]


async def _save(client: GrafanaClient, body: Json, expected_version: Version | None) -> Json:
    """The dashboard as it is then: what becomes of a model is known, so that nothing is read back."""
    model: Model = body["model"]
    dashboard = {key: value for key, value in model.spec.items() if key not in ("id", "version")}
    save = Save({**dashboard, "uid": model.uid}, body["folder"], body["message"], body["overwrite"], expected_version)
    if model.form != CLASSIC:
        return await save_resource(client, model, save)
    saved = await (await generation_of(client)).dashboards.save(client, save)
    spec = await _stored(client, model)
    return {
        **{"uid": model.uid, **saved.version, "url": saved.url, "folder": save.folder},
        **{"title": spec["title"], "form": CLASSIC, "spec": spec, "fixed": ""},
    }


async def _stored(client: GrafanaClient, model: Model) -> Mapping[str, Any]:
    """A classic model as the server keeps it; that of `model` itself where it changes nothing."""
    return await (await generation_of(client)).dashboards.stored(client, model.spec)
