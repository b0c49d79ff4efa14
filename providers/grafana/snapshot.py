"""grafana_snapshot: POST /api/snapshots, GET and DELETE /api/snapshots/:key, GET /api/dashboard/snapshots.

A snapshot cannot be changed: every change makes another one. 12.4 takes one only of a dashboard that exists.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from hcl_lite.core.paths import ObjectPath
from hcl_lite.core.schema import Attr, Live, Mention, ValueProblem, Version
from hcl_lite.core.values import UNKNOWN, Value, is_unknown, reveal
from providers.errors import NotFound
from providers.grafana.client import GrafanaClient
from providers.grafana.model import CLASSIC, mentions_in, read_model

_LISTED = 1000  # what GET /api/dashboard/snapshots gives at the most when asked for more

ATTRS: Mapping[str, Attr] = {
    "dashboard": Attr("any", required=True, body=True, replaces=True, doc="The dashboard: JSON text, or a table."),
    "name": Attr(replaces=True, doc="What people see. Default: the dashboard's title."),
    "expires": Attr("number", replaces=True, doc="Seconds to live. Default: for ever."),
    "external": Attr("bool", replaces=True, doc="Keep it on the external snapshot server that Grafana is set up with."),
    "key": Attr(computed=True, optional=True, replaces=True, steady=True, doc="Identity; in its URL."),
    "delete_key": Attr(
        secret=True, replaces=True, doc="Who knows it can delete the snapshot. Default: the server's choice."
    ),
    "recreate_when_expired": Attr(
        "bool", settles=True, doc="Make it again once it has expired. Default: leave it gone."
    ),
    "url": Attr(computed=True, steady=True, doc="Where the snapshot is seen."),
    "expires_at": Attr(computed=True, steady=True, doc="When the server forgets it, in UTC."),
    "created_at": Attr(computed=True, steady=True, doc="When it was made, in UTC."),
}


@dataclass(frozen=True)
class SnapshotType:
    """Identity is the key."""

    name: str = "grafana_snapshot"
    doc: str = "A snapshot: a dashboard as it was, for people without access to its data."
    create_first: bool = False
    immutable: bool = True
    stays: str = ""
    writes_at_once: int = 0

    @property
    def attrs(self) -> Mapping[str, Attr]:
        return ATTRS

    def complete(self, address: str, name: str, values: Mapping[str, Value], uid: str) -> Mapping[str, Value]:
        expires = values.get("expires")
        if isinstance(expires, int | float) and expires < 0:
            raise ValueProblem("expires", "expires cannot be negative", f"Found {expires}.", "Leave it out for ever.")
        if is_unknown(values["dashboard"]):
            return {**values, "key": values.get("key") or uid or UNKNOWN, "dashboard": UNKNOWN}
        given = reveal(values["dashboard"])
        model = read_model("dashboard", given)
        if model.form != CLASSIC:
            raise ValueProblem("dashboard", "Snapshots are of classic dashboards", f"Found the form {model.form}.")
        title = values.get("name") or model.spec["title"]
        return {**values, "dashboard": model.spec, "name": title, "key": values.get("key") or uid or UNKNOWN}

    def new_uid(self, address: str, name: str) -> str:
        """By chance, not from the address: whoever knows the key sees the snapshot without logging in."""
        return secrets.token_urlsafe(24)

    def uid(self, values: Mapping[str, Value]) -> Value:
        return values["key"]

    def content(self, values: Mapping[str, Value]) -> Value:
        wanted = ("name", "expires", "external", "dashboard")
        return {key: values[key] for key in wanted if values.get(key) is not None}

    def summary(self, values: Mapping[str, Value]) -> Mapping[str, Value]:
        dashboard = values["dashboard"]
        title = dashboard.get("title") if isinstance(dashboard, Mapping) else UNKNOWN
        return {"name": values.get("name"), "dashboard": title, "expires": values.get("expires"), "key": values["key"]}

    def has_path(self, path: ObjectPath) -> bool:
        return str(path.steps[0]) in self.attrs

    def kept(self, values: Mapping[str, Value], live: Value, path: ObjectPath) -> Mapping[str, Value]:
        return values  # nobody can change a snapshot

    def secrets(self, values: Mapping[str, Value]) -> Mapping[str, str]:
        key = values.get("delete_key")
        return {} if key is None or is_unknown(key) else {"delete_key": str(reveal(key))}

    def names(self, values: Mapping[str, Value]) -> Iterable[Mention]:
        return ()

    def mentions(self, values: Mapping[str, Value]) -> Iterable[Mention]:
        dashboard = values.get("dashboard")
        return mentions_in(dashboard) if isinstance(dashboard, str) else ()

    async def survey(self, client: GrafanaClient, uids: Sequence[str]) -> Mapping[str, Live | None]:
        listed = await client.get("/api/dashboard/snapshots", {"limit": str(_LISTED)})
        found = {item["key"]: item for item in listed}
        result: dict[str, Live | None] = {}
        for uid in uids:
            item = found.get(uid)
            # The list is of one page, and of what the account may see: a key that is not in it is asked for.
            result[uid] = await self.read(client, uid) if item is None else Live(uid, {"created": item["created"]})
        return result

    async def read(self, client: GrafanaClient, uid: str, like: Mapping[str, Value] | None = None) -> Live | None:
        wire = await client.find(f"/api/snapshots/{quote(uid, safe='')}")
        if wire is None:
            return None
        meta = wire["meta"]
        attributes = {
            "key": uid,
            "url": f"/dashboard/snapshot/{uid}",
            "expires_at": meta["expires"],
            "created_at": meta["created"],
        }
        return Live(uid, {"created": meta["created"]}, attributes)

    async def read_baseline(
        self, client: GrafanaClient, uid: str, version: Version, like: Mapping[str, Value]
    ) -> Value:
        return None

    async def create(self, client: GrafanaClient, values: Mapping[str, Value]) -> Live:
        body: dict[str, Any] = {
            "dashboard": reveal(values["dashboard"]),
            "name": values["name"],
            "key": values["key"],
            "external": values.get("external") is True,
        }
        if values.get("expires"):
            body["expires"] = values["expires"]
        if values.get("delete_key") is not None:
            body["deleteKey"] = reveal(values["delete_key"])
        answer = await client.call("POST", "/api/snapshots", body=body)
        live = await self.read(client, answer["key"])
        url = answer["url"]
        attributes = {**(live.attributes if live else {"key": answer["key"]}), "url": url}
        return Live(answer["key"], live.version if live else {}, attributes, self.content(values))

    async def update(self, client: GrafanaClient, uid: str, values: Mapping[str, Value], seen: Version) -> Live:
        raise AssertionError("a snapshot is replaced, never updated")

    async def delete(self, client: GrafanaClient, uid: str, attributes: Mapping[str, Any]) -> None:
        try:
            await client.call("DELETE", f"/api/snapshots/{quote(uid, safe='')}")
        except NotFound:
            return


SNAPSHOT = SnapshotType()
