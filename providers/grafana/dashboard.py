"""grafana_dashboard: classic models by /api/dashboards/db, resource forms by /apis/dashboard.grafana.app (12+)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hcl_lite.core.equality import same
from hcl_lite.core.schema import Distinct, Listed, Live, Revision, ValueProblem, Version
from hcl_lite.core.values import (
    Value,
    is_given,
    is_secret,
    known_text,
    reveal,
)
from providers.grafana.client import GrafanaClient
from providers.grafana.dashboard_values import DashboardValues
from providers.grafana.editor.defaults import EDITED, SCHEMA_VERSION
from providers.grafana.editor.fill_ins import is_filled_in, was_filled_in
from providers.grafana.generations.app_platform import (
    GROUP,
    preview_resource,
    read_past_resource,
    read_resource,
    read_stored,
    save_resource,
    with_login,
)
from providers.grafana.generations.generation import Save
from providers.grafana.generations.table import generation_of, require
from providers.grafana.generations.uid_dashboards import folder_of
from providers.grafana.limits import MOST_IN_MESSAGE, MOST_IN_TAG, too_long
from providers.grafana.listing import list_found
from providers.grafana.model import (
    CLASSIC,
    Model,
    content_of,
)
from providers.grafana.sensitive import stand_ins
from providers.grafana.titles import titles_on
from providers.grafana.trash import NoTrash, open_trash
from providers.grafana.versions import read_newest, read_past_version
from providers.transport.errors import NotFound

Values = Mapping[str, Value]

_MADE_OF_TITLES = frozenset({"slug", "url", "folderTitle", "folderUrl"})
_RESAVED = "saved in Grafana without a visible change"


@dataclass(frozen=True)
class DashboardType(DashboardValues):
    """The calls that dashboards are read and written by."""

    async def check_supported(self, client: GrafanaClient, given: Values, values: Values, live: Live | None) -> None:
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

    async def named(self, client: GrafanaClient) -> Distinct | None:
        return await titles_on(client, "dash-db")

    async def list(self, client: GrafanaClient) -> Sequence[Listed]:
        return await list_found(client, "dash-db")

    async def survey(self, client: GrafanaClient, known: Mapping[str, Version]) -> Mapping[str, Live | None]:
        return await (await generation_of(client)).dashboards.survey(client, known)

    async def read(
        self, client: GrafanaClient, uid: str, desired: Values | None = None, expected_version: Version | None = None
    ) -> Live | None:
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
        return replace(dashboards.live(wire), document=document)

    async def original(self, client: GrafanaClient, uid: str, expected_version: Version | None = None) -> Live | None:
        """A dashboard that is stored in a resource form takes a second call."""
        if (await generation_of(client)).app_platform:
            return await read_stored(client, uid)
        return await self.read(client, uid, expected_version=expected_version)

    async def read_baseline(self, client: GrafanaClient, uid: str, version: Version, desired: Values) -> Value:
        """By the history of the app platform (12.4), or …/versions/:version; None where the account may not see it."""
        model = desired.get("model")
        if isinstance(model, Model) and model.form != CLASSIC:
            return await read_past_resource(client, model, uid, version)
        past = await read_past_version(client, uid, version["version"])
        return past and {"folder": desired.get("folder") or "", "dashboard": content_of(past, CLASSIC)}

    async def read_revision(self, client: GrafanaClient, live: Live) -> Revision:
        """12.4 and later tell messages with the list, but no logins of resource forms; before, the history does."""
        if not (await generation_of(client)).app_platform:
            return await read_newest(client, live)
        return await with_login(client, live)

    async def resaved(self, client: GrafanaClient, uid: str, past: Value, there: Value) -> str:
        """By what the editors of 7.5 to 9 and of 12 are known to do; beside that, the server migrates what the editor
        reads (12.4)."""
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
        """What 12.4 and later make of a resource form, by a dry run in which other texts stand for the secrets; of a
        classic model its title and its refresh may become others."""
        model = values.get("model")
        if not isinstance(model, Model):
            return None
        if model.form == CLASSIC:
            stored = await self._stored(client, values)
            return self.content(stored) if stored is not values else None
        folder = values.get("folder") or ""
        stood_for = stand_ins(model)
        if stood_for is None or is_secret(folder):
            return None
        reading = await preview_resource(client, stood_for.model.with_uid(uid), folder)
        return stood_for.undone(reading)

    async def is_trashed(self, client: GrafanaClient, uid: str) -> bool:
        try:
            return await (await open_trash(client)).has(uid)
        except NoTrash:
            return False

    async def restore(self, client: GrafanaClient, values: Mapping[str, Value]) -> Live:
        """Into the folder that is wanted: the one that it was in may be gone. Raises NotFound."""
        uid: str = values["uid"]
        await (await open_trash(client)).restore(uid, values.get("folder") or "")
        live = await self.read(client, uid, values)
        if live is None:
            raise NotFound("GET", uid, 404, "it was restored, and is not there")
        return live

    async def create(self, client: GrafanaClient, values: Values) -> Live:
        return await self._save(client, values, None)

    async def update(self, client: GrafanaClient, uid: str, values: Values, expected_version: Version) -> Live:
        return await self._save(client, values, expected_version)

    async def delete(self, client: GrafanaClient, uid: str, attributes: Mapping[str, Any]) -> None:
        await (await generation_of(client)).dashboards.delete(client, uid, attributes)

    async def _save(self, client: GrafanaClient, values: Values, expected_version: Version | None) -> Live:
        model: Model = values["model"]
        folder = reveal(values.get("folder") or "")
        dashboard = {key: value for key, value in model.spec.items() if key not in ("id", "version")}
        save = Save(
            {**dashboard, "uid": model.uid},
            folder,
            reveal(values.get("message") or ""),
            values.get("overwrite") is True,
            expected_version,
        )
        if model.form != CLASSIC:
            return await save_resource(client, model, save)
        saved = await (await generation_of(client)).dashboards.save(client, save)
        number, version = saved.version["id"], saved.version["version"]
        stored = await self._stored(client, values)  # which is known: nothing needs reading back
        attributes = {
            "dashboard_id": number,
            "version": version,
            "url": saved.url,
            "folder": folder,
            "title": reveal(stored["model"].spec["title"]),
        }
        return Live(model.uid, saved.version, attributes, self.content(stored))

    async def _stored(self, client: GrafanaClient, values: Values) -> Values:
        """`values` of a classic model as the server keeps them; the same mapping where it changes nothing."""
        model: Model = values["model"]
        spec = await (await generation_of(client)).dashboards.stored(client, model.spec)
        return values if spec is model.spec else {**values, "model": replace(model, spec=spec)}


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


DASHBOARD = DashboardType()
