"""grafana_dashboard: classic models by /api/dashboards/db, resource forms by /apis/dashboard.grafana.app (12+)."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from hcl_lite.core.paths import ObjectPath, Step, keep
from hcl_lite.core.schema import Attr, Live, Mention, ValueProblem, Version
from hcl_lite.core.values import UNKNOWN, JsonValue, Value, derive_uid, is_unknown, reveal
from providers.errors import Invalid, NotFound
from providers.grafana.client import GrafanaClient, version_of
from providers.grafana.model import CLASSIC, Model, check_uid, content_of, mentions_in, read_model
from providers.grafana.trash import FOLDER as _FOLDER
from providers.grafana.trash import GROUP as _GROUP
from providers.grafana.trash import NoTrash, open_trash

_FOLDER_URL = re.compile(r"/dashboards/f/([^/?]+)")
_MESSAGE = "grafana.app/message"
_FOLDER_BY_UID = (8,)

ATTRS: Mapping[str, Attr] = {
    "config_json": Attr(body=True, doc="The dashboard as JSON text, mostly file(): classic, or apiVersion/kind/spec."),
    "config": Attr("any", body=True, doc="The dashboard as a table."),
    "uid": Attr(
        computed=True, optional=True, replaces=True, steady=True, doc="Identity; default: the JSON's, or derived."
    ),
    "folder": Attr(doc="uid of its folder. Default: the root."),
    "message": Attr(settles=True, doc="Note for the version history."),
    "overwrite": Attr("bool", settles=True, doc="Save over whatever is there, without looking at versions."),
    "dashboard_id": Attr("number", computed=True, steady=True, doc="Number of the dashboard on its server."),
    "url": Attr(computed=True, doc="Path of the dashboard's page."),
    "version": Attr("number", computed=True, doc="Goes up by one with every change."),
}


@dataclass(frozen=True)
class DashboardType:
    """Compared in canonical form; sent as the user wrote it, but for id, uid and version, which are the server's."""

    name: str = "grafana_dashboard"
    doc: str = "A dashboard."
    create_first: bool = True
    immutable: bool = False
    stays: str = ""
    writes_at_once: int = 0

    @property
    def attrs(self) -> Mapping[str, Attr]:
        return ATTRS

    def complete(self, address: str, name: str, values: Mapping[str, Value], uid: str) -> Mapping[str, Value]:
        given = [key for key in ("config_json", "config") if values.get(key) is not None]
        if len(given) != 1:
            summary = (
                "config_json and config cannot both be set" if given else "A dashboard needs config_json or config"
            )
            hint = "Leave one of them out." if given else "config_json = '${file(\"dashboard.json\")}'"
            raise ValueProblem(given[-1] if given else "", summary, "", hint)
        if not is_unknown(values.get("uid")):
            check_uid("uid", reveal(values.get("uid")))
        if is_unknown(values[given[0]]):
            return {**values, "uid": values.get("uid") or uid or UNKNOWN, "config_json": UNKNOWN}
        config = reveal(values[given[0]])
        written = read_model(given[0], config)
        if is_unknown(values.get("uid")):
            return {**values, "uid": UNKNOWN, "config_json": UNKNOWN}
        model = written.with_uid(values.get("uid") or written.uid or uid or self.new_uid(address, name))
        text = config if isinstance(config, str) and model.uid == written.uid else _as_text(model)
        folder = values.get("folder") if values.get("folder") is not None else model.folder
        rest = {key: value for key, value in values.items() if key != "config"}
        return {**rest, "uid": model.uid, "folder": folder, "config_json": text, "model": model}

    def new_uid(self, address: str, name: str) -> str:
        return derive_uid(name, address)

    def uid(self, values: Mapping[str, Value]) -> Value:
        return values["uid"]

    def content(self, values: Mapping[str, Value]) -> Value:
        if "model" not in values:
            return {"folder": values.get("folder") or "", "dashboard": UNKNOWN}
        model: Model = values["model"]
        return {"folder": values.get("folder") or "", "dashboard": content_of(model.spec, model.form)}

    def summary(self, values: Mapping[str, Value]) -> Mapping[str, Value]:
        model = values.get("model")
        shown = {"uid": values["uid"], "folder": values.get("folder") or None}
        if not isinstance(model, Model):
            return {**shown, "config_json": UNKNOWN}
        return {"title": model.spec.get("title"), **shown, "panels": model.panel_count, "form": model.form or None}

    def has_path(self, path: ObjectPath) -> bool:
        return True  # a dashboard's JSON may hold anything

    def kept(self, values: Mapping[str, Value], live: Value, path: ObjectPath) -> Mapping[str, Value]:
        model: Model = values["model"]
        where, *below = self.steps(values, path)
        if where == "folder":
            return {**values, "folder": live.get("folder")}
        return {**values, "model": replace(model, spec=keep(model.spec, live["dashboard"], below))}

    def steps(self, values: Mapping[str, Value], path: ObjectPath) -> Sequence[Step]:
        """A path begins at the dashboard's JSON, or is "folder"; config., config_json. or dashboard. may lead it, and
        spec. where the JSON has one."""
        steps = path.steps
        if steps == ("folder",):
            return steps
        steps = steps[1:] if steps[0] in ("config", "config_json", "dashboard") else steps
        has_spec = values["model"].form != CLASSIC
        return ("dashboard", *(steps[1:] if has_spec and steps[:1] == ("spec",) else steps))

    def secrets(self, values: Mapping[str, Value]) -> Mapping[str, str]:
        return {}

    def names(self, values: Mapping[str, Value]) -> Iterable[Mention]:
        return ()

    def mentions(self, values: Mapping[str, Value]) -> Iterable[Mention]:
        config = values.get("config_json")
        if config is None and values.get("config") is not None and not is_unknown(values["config"]):
            config = json.dumps(reveal(values["config"]), ensure_ascii=False)
        if isinstance(values.get("folder"), str):
            yield Mention("folder", values["folder"])
        if isinstance(config, str):
            yield from mentions_in(config)

    async def survey(self, client: GrafanaClient, uids: Sequence[str]) -> Mapping[str, Live | None]:
        server = await client.server()
        if server.has_app_platform:
            found = await client.list_metadata(f"{_GROUP}/v1beta1", "dashboards")
            return {uid: found.get(uid) for uid in uids}
        read = await asyncio.gather(*(self.read(client, uid) for uid in uids))
        return dict(zip(uids, read, strict=True))

    async def read(self, client: GrafanaClient, uid: str, like: Mapping[str, Value] | None = None) -> Live | None:
        model = (like or {}).get("model")
        if isinstance(model, Model) and model.form != CLASSIC:
            wire = await client.find(await _resource_path(client, model.form, uid))
            return None if wire is None else _live_resource(wire, model.form)
        wire = await client.find(f"/api/dashboards/uid/{quote(uid, safe='')}")
        return None if wire is None else _live_classic(wire)

    async def read_baseline(
        self, client: GrafanaClient, uid: str, version: Version, like: Mapping[str, Value]
    ) -> Value:
        """The history of a resource form (12.4); the classic API stores what it is sent, so it needs none."""
        model = like.get("model")
        if not isinstance(model, Model) or model.form == CLASSIC:
            return None
        params = {"labelSelector": "grafana.app/get-history=true", "fieldSelector": f"metadata.name={uid}"}
        history = await client.get(await _resource_path(client, model.form), params)
        for item in history["items"] or ():
            if item["metadata"].get("generation") == version.get("version"):
                return _live_resource(item, model.form).content
        return None

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

    async def create(self, client: GrafanaClient, values: Mapping[str, Value]) -> Live:
        return await self._save(client, values, None)

    async def update(self, client: GrafanaClient, uid: str, values: Mapping[str, Value], seen: Version) -> Live:
        return await self._save(client, values, seen)

    async def delete(self, client: GrafanaClient, uid: str, attributes: Mapping[str, Any]) -> None:
        try:
            await client.call("DELETE", f"/api/dashboards/uid/{quote(uid, safe='')}")
        except NotFound:
            return

    async def _save(self, client: GrafanaClient, values: Mapping[str, Value], seen: Version | None) -> Live:
        model: Model = values["model"]
        if model.form != CLASSIC:
            return await _save_resource(client, model, values, seen)
        dashboard = {key: value for key, value in model.spec.items() if key not in ("id", "version")}
        dashboard["uid"] = model.uid
        if seen is not None:
            dashboard["version"] = seen["version"]
        answer = await client.call(
            "POST",
            "/api/dashboards/db",
            body={
                "dashboard": dashboard,
                **await _folder_fields(client, values.get("folder") or ""),
                "message": values.get("message") or "",
                "overwrite": values.get("overwrite") is True,
            },
        )
        attributes = _attributes(answer["id"], answer["version"], answer["url"], values.get("folder") or "")
        # POST /api/dashboards/db stores the model as it is (3.2 to 12.4), but for a refresh below the server's minimum,
        # which it raises without a word: nothing needs reading back.
        version = {"id": answer["id"], "version": answer["version"]}
        return Live(model.uid, version, attributes, self.content(values))


async def _folder_fields(client: GrafanaClient, uid: str) -> Mapping[str, JsonValue]:
    """A folder as POST /api/dashboards/db takes it: by its number too where folderUid is not understood.

    5.4.3 and 7.5.5 take no notice of folderUid, so that the dashboard would be saved in the root.
    """
    if not uid or (await client.server()).version >= _FOLDER_BY_UID:
        return {"folderUid": uid}
    path = f"/api/folders/{quote(uid, safe='')}"
    folder = await client.find(path)
    if folder is None:
        raise Invalid("GET", client.connection.url + path, 404, "folder not found")
    return {"folderUid": uid, "folderId": folder["id"]}


async def _save_resource(
    client: GrafanaClient, model: Model, values: Mapping[str, Value], seen: Version | None
) -> Live:
    """POST or PUT of the app platform; the answer is the object as the server has it, with what it filled in."""
    annotations = {_MESSAGE: values["message"]} if values.get("message") else {}
    if values.get("folder"):
        annotations[_FOLDER] = values["folder"]
    metadata: dict[str, Any] = {"name": model.uid, "annotations": annotations}
    body = {"apiVersion": f"{_GROUP}/{model.form}", "kind": "Dashboard", "metadata": metadata, "spec": model.spec}
    if seen is None:
        wire = await client.call("POST", await _resource_path(client, model.form), body=body)
        return _live_resource(wire, model.form)
    path = await _resource_path(client, model.form, model.uid)
    if values.get("overwrite") is not True:
        current = await client.get(path)
        if version_of(current["metadata"]) == seen:
            metadata["resourceVersion"] = current["metadata"]["resourceVersion"]
        else:
            metadata["resourceVersion"] = "1"  # makes the server refuse with its own message
    return _live_resource(await client.call("PUT", path, body=body), model.form)


async def _resource_path(client: GrafanaClient, form: str, uid: str = "") -> str:
    path = await client.platform_path(f"{_GROUP}/{form}", "dashboards")
    return f"{path}/{quote(uid, safe='')}" if uid else path


def _live_resource(wire: Mapping[str, Any], form: str) -> Live:
    metadata = wire["metadata"]
    version = version_of(metadata)
    folder = (metadata.get("annotations") or {}).get(_FOLDER, "")
    attributes = _attributes(version["id"], version["version"], f"/d/{metadata['name']}", folder)
    return Live(metadata["name"], version, attributes, {"folder": folder, "dashboard": content_of(wire["spec"], form)})


def _live_classic(wire: Mapping[str, Any]) -> Live:
    meta, spec = wire["meta"], wire["dashboard"]
    folder = folder_of(meta)
    version = {"id": spec["id"], "version": meta["version"]}
    attributes = _attributes(spec["id"], meta["version"], meta["url"], folder)
    return Live(spec["uid"], version, attributes, {"folder": folder, "dashboard": content_of(spec, CLASSIC)})


def folder_of(meta: Mapping[str, Any]) -> str:
    """The uid of the folder of a classic dashboard: 5.4.3 and 7.5.5 give it only as part of folderUrl."""
    found = _FOLDER_URL.search(meta.get("folderUrl") or "")
    return str(meta.get("folderUid") or (found[1] if found else ""))


def _attributes(identity: JsonValue, version: JsonValue, url: str, folder: str) -> Mapping[str, JsonValue]:
    return {"dashboard_id": identity, "version": version, "url": url, "folder": folder}


def _as_text(model: Model) -> str:
    """The model as JSON text, with the uid that it has here."""
    if model.form == CLASSIC:
        return json.dumps({**model.spec, "uid": model.uid}, ensure_ascii=False)
    resource = {
        "apiVersion": f"{_GROUP}/{model.form}",
        "kind": "Dashboard",
        "metadata": {"name": model.uid},
        "spec": model.spec,
    }
    return json.dumps(resource, ensure_ascii=False)


DASHBOARD = DashboardType()
