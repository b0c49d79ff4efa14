"""grafana_snapshot: POST /api/snapshots, GET and DELETE /api/snapshots/:key, GET /api/dashboard/snapshots.

A snapshot cannot be changed: every change makes another one. 12.4 takes one only of a dashboard that exists.
With `fill`, the panels' queries are run when it is made; what they gave is in the snapshot, and nowhere else.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hcl_lite.core.paths import ObjectPath, Step
from hcl_lite.core.places import Place
from hcl_lite.core.schema import Attr, Capabilities, Expiry, Listed, Live, Mention, Revision, ValueProblem, Version
from hcl_lite.core.values import (
    UNKNOWN,
    JsonValue,
    Secret,
    Value,
    first_given,
    is_given,
    is_unknown,
    known_text,
    reveal,
)
from providers.grafana.client import GrafanaClient
from providers.grafana.filling.fill import Filled, NotFilled, fill_dashboard, utc_now
from providers.grafana.filling.times import read_moment, read_range
from providers.grafana.generations.table import require
from providers.grafana.model import CLASSIC, has_unknown_form, mentions_in, read_model
from providers.grafana.outline import outline_of
from providers.grafana.scanning import scan_uid
from providers.grafana.sensitive import secrets_in
from providers.grafana.snapshot_api import (
    create_snapshot,
    delete_snapshot,
    find_intended,
    find_snapshot,
    list_snapshots,
    snapshot_url,
)
from providers.transport.errors import ApiError

Values = Mapping[str, Value]

_FOR_EVER = timedelta(days=40 * 365)  # 12.4 says 50 years of a snapshot that does not expire

ATTRS: Mapping[str, Attr] = {
    "dashboard": Attr(
        "any", required=True, body=True, json=True, replaces=True, doc="The dashboard: JSON text, or a table."
    ),
    "name": Attr(replaces=True, doc="What people see. Default: the dashboard's title."),
    "expires": Attr("number", replaces=True, doc="Seconds to live. Default: for ever."),
    "external": Attr("bool", replaces=True, doc="Keep it on the external snapshot server that Grafana is set up with."),
    "key": Attr(
        computed=True,
        optional=True,
        replaces=True,
        stable=True,
        doc="Identity; in its URL. Before Grafana 7 the server's choice.",
    ),
    "delete_key": Attr(
        secret=True, replaces=True, doc="Who knows it can delete the snapshot. Default: the server's choice."
    ),
    "fill": Attr(
        "bool",
        replaces=True,
        doc="Run the panels' queries at apply (Grafana 8 or later), and put what they give into it: it needs no data "
        "source then.",
    ),
    "fill_range": Attr(
        "map(string)",
        replaces=True,
        doc='Over which time: from and to, such as "now-1d/d" or a date. Default: as the dashboard says.',
    ),
    "on_fill_error": Attr(
        client_only=True,
        choices=("fail", "warn"),
        doc='Where a query fails: make no snapshot ("fail", the default), or one with that panel empty ("warn").',
    ),
    "recreate_when_expired": Attr(
        "bool", client_only=True, doc="Make it again once it has expired. Default: leave it gone."
    ),
    "url": Attr(computed=True, stable=True, doc="Where the snapshot is seen."),
    "expires_at": Attr(computed=True, stable=True, doc="When the server forgets it, in UTC."),
    "created_at": Attr(computed=True, stable=True, doc="When it was made, in UTC."),
}


_ABLE = Capabilities(expiry=Expiry("expires_at", "recreate_when_expired"))


@dataclass(frozen=True)
class SnapshotType:
    """Identity is the key."""

    name: str = "grafana_snapshot"
    doc: str = "A snapshot: a dashboard as it was, for people without access to its data."
    capabilities: Capabilities = _ABLE
    create_first: bool = False
    immutable: bool = True
    undeletable_reason: str = ""
    part_of: str = ""
    delete_note: str = ""
    server_given: bool = False
    writes_at_once: int = 0

    @property
    def attrs(self) -> Mapping[str, Attr]:
        return ATTRS

    def complete(self, address: str, name: str, values: Mapping[str, Value], uid: str) -> Mapping[str, Value]:
        expires = values.get("expires")
        if isinstance(expires, int | float) and expires < 0:
            raise ValueProblem("expires", "expires cannot be negative", f"Found {expires}.", "Leave it out for ever.")
        if values.get("fill_range") is not None and values.get("fill") in (None, False):
            raise ValueProblem("fill_range", "fill_range says nothing without fill", "", "Set fill = true, too.")
        _check_range(values.get("fill_range"))
        if has_unknown_form(reveal(values["dashboard"])):
            return {**values, "key": first_given(values.get("key"), uid, UNKNOWN), "dashboard": UNKNOWN}
        given = reveal(values["dashboard"])
        model = read_model("dashboard", given)
        if model.form != CLASSIC:
            raise ValueProblem("dashboard", "Snapshots are of classic dashboards", f"Found the form {model.form}.")
        model = replace(model, secrets=secrets_in(model, values["dashboard"]))
        whole = () in model.secrets
        dashboard = Secret(model.spec) if whole else model.marked
        title = Secret(model.spec["title"]) if whole else model.marked["title"]
        named = {"name": first_given(values.get("name"), title)}
        return {**values, "dashboard": dashboard, **named, "key": first_given(values.get("key"), uid, UNKNOWN)}

    def new_uid(self, address: str, name: str) -> str:
        """By chance, not from the address: whoever knows the key sees the snapshot without logging in. No sign is in
        it, and it begins with none: it is a word of command lines (`hcl-lite snapshot delete KEY`)."""
        return secrets.token_hex(16)

    def uid(self, values: Mapping[str, Value]) -> Value:
        return values["key"]

    def given_uid(self, values: Mapping[str, Value]) -> Value:
        key = values.get("key")
        return "" if key is None else key if isinstance(key, str) else UNKNOWN

    def aside(self, values: Mapping[str, Value]) -> Mapping[str, Value]:
        return values

    def known_as(self, content: Value) -> Iterable[str]:
        return ()

    def content(self, values: Mapping[str, Value]) -> Value:
        wanted = ("name", "expires", "external", "dashboard", "fill", "fill_range")
        return {key: values[key] for key in wanted if values.get(key) is not None}

    def declared(self, values: Values) -> Sequence[Place]:
        return ()

    def without(self, values: Values, places: Collection[Place]) -> Values:
        return values

    def values_of(self, uid: str, document: JsonValue) -> Mapping[str, Value]:
        """With the data that is in it, for the rest of its time, and by the name of its dashboard: that of the snapshot
        is only in the list."""
        found: Any = document
        dashboard, left = found["dashboard"], datetime.fromisoformat(found["meta"]["expires"]) - utc_now()
        if left <= timedelta():
            raise ValueProblem("expires", "The snapshot would have expired by now")
        time = {} if left > _FOR_EVER else {"expires": int(left.total_seconds())}
        return {"key": uid, "name": dashboard.get("title") or uid, "dashboard": dashboard, **time}

    def in_document(self, place: Place) -> Iterable[Place]:
        yield place

    def summary(self, values: Mapping[str, Value]) -> Mapping[str, Value]:
        dashboard = values["dashboard"]
        title = dashboard.get("title") if isinstance(dashboard, Mapping) else UNKNOWN
        shown = {"name": values.get("name"), "dashboard": title, "expires": values.get("expires"), "key": values["key"]}
        return {
            **shown,
            **{key: values[key] for key in ("external", "fill", "fill_range") if is_given(values.get(key))},
        }

    def outline(self, values: Mapping[str, Value]) -> Mapping[str, Value]:
        return dict(outline_of(values["dashboard"]))

    def has_path(self, path: ObjectPath) -> bool:
        return str(path.steps[0]) in self.attrs

    def kept(self, values: Mapping[str, Value], live: Value, path: ObjectPath) -> Mapping[str, Value]:
        return values  # nobody can change a snapshot

    def steps(self, values: Mapping[str, Value], path: ObjectPath) -> Sequence[Step]:
        return path.steps

    def secrets(self, values: Mapping[str, Value]) -> Value:
        key = reveal(values.get("delete_key"))
        return {} if key is None else {"delete_key": key if key is UNKNOWN else str(key)}

    def with_secrets(self, values: Mapping[str, Value], secrets: Mapping[str, Value]) -> Mapping[str, Value]:
        return values  # no call changes a snapshot

    def leaves_secret(self, values: Mapping[str, Value], path: ObjectPath, name: str) -> bool:
        return path.steps[0] == name

    def names(self, values: Mapping[str, Value]) -> Iterable[Mention]:
        return ()

    def mentions(self, values: Mapping[str, Value]) -> Iterable[Mention]:
        """The dashboard that it is of, which 12.4 wants to be there, and whatever its JSON names."""
        given = reveal(values.get("dashboard"))
        text = given if isinstance(given, str) else json.dumps(given, ensure_ascii=False, default=repr)
        uid = scan_uid(text)
        if uid:
            yield Mention("dashboard", uid)
        yield from mentions_in(text)

    def uses(self, values: Mapping[str, Value]) -> Iterable[Mention]:
        return ()  # its data is in it

    def doubts(self, values: Mapping[str, Value]) -> Iterable[ValueProblem]:
        return ()

    async def check_supported(self, client: GrafanaClient, given: Values, values: Values, live: Live | None) -> None:
        for key in ("key", "delete_key"):
            if given.get(key) is not None:
                await require(client, lambda generation: generation.snapshot_keys, f"A {key} of one's own", key)
        if is_given(values.get("external")):
            # Before 6 the server sends nothing: it takes note of what its frontend has put elsewhere (source).
            what = "An external snapshot"
            await require(client, lambda generation: generation.snapshot_keys, what, "external")
        if is_given(values.get("fill")):
            what = "Filling a snapshot"
            await require(client, lambda generation: generation.query_path == "/api/ds/query", what, "fill")

    async def list(self, client: GrafanaClient) -> Sequence[Listed]:
        return [Listed(item["key"], item["name"]) for item in await list_snapshots(client)]

    async def survey(self, client: GrafanaClient, known: Mapping[str, Version]) -> Mapping[str, Live | None]:
        found = {item["key"]: item for item in await list_snapshots(client)}
        result: dict[str, Live | None] = {}
        for uid in known:
            item = found.get(uid)
            # The list is of one page, and of what the account may see: a key that is not in it is asked for.
            result[uid] = await self.read(client, uid) if item is None else Live(uid, {"created": item["created"]})
        return result

    async def read(
        self, client: GrafanaClient, uid: str, desired: Values | None = None, expected_version: Version | None = None
    ) -> Live | None:
        wire = await find_snapshot(client, uid)
        if wire is None:
            chosen = await find_intended(client, uid, known_text((desired or {}).get("name")))
            return await self.read(client, chosen) if chosen else None
        meta = wire["meta"]
        attributes = {
            "key": uid,
            "url": f"/dashboard/snapshot/{uid}",
            "expires_at": meta["expires"],
            "created_at": meta["created"],
        }
        return Live(uid, {"created": meta["created"]}, attributes, document=wire)

    async def read_baseline(
        self, client: GrafanaClient, uid: str, version: Version, desired: Mapping[str, Value]
    ) -> Value:
        return None

    async def read_revision(self, client: GrafanaClient, live: Live) -> Revision:
        return live.revision

    async def read_sent(self, client: GrafanaClient, uid: str, values: Mapping[str, Value]) -> Value:
        return None

    async def create(self, client: GrafanaClient, values: Mapping[str, Value]) -> Live:
        filled = await _fill(client, values)
        body: dict[str, Any] = {
            "dashboard": filled.dashboard,
            "name": reveal(values["name"]),
            "key": values["key"],
            "external": values.get("external") is True,
        }
        if values.get("expires"):
            body["expires"] = values["expires"]
        if values.get("delete_key") is not None:
            body["deleteKey"] = reveal(values["delete_key"])
        answer = await _create(client, body)
        live = await self.read(client, answer["key"])
        url = answer["url"]
        attributes = {**(live.attributes if live else {"key": answer["key"]}), "url": url}
        version = live.version if live else {}
        return Live(answer["key"], version, attributes, self.content(values), warnings=filled.problems)

    async def update(
        self, client: GrafanaClient, uid: str, values: Mapping[str, Value], expected_version: Version
    ) -> Live:
        raise AssertionError("a snapshot is replaced, never updated")

    async def delete(self, client: GrafanaClient, uid: str, attributes: Mapping[str, Any]) -> None:
        await delete_snapshot(client, uid)


def _check_range(span: Value) -> None:
    """fill_range has "from", "to" or both, in Grafana's words. Raises ValueProblem."""
    if span is None or is_unknown(span):
        return
    given = {key: str(value) for key, value in reveal(span).items()}
    expected = 'Expected { from = …, to = … } of times such as "now-6h", "now/d" or "2026-01-31T00:00:00Z".'
    if unknown := sorted(given.keys() - {"from", "to"}):
        raise ValueProblem("fill_range", f'fill_range has no "{unknown[0]}"', expected)
    try:
        for key, text in given.items():
            read_moment(text, utc_now(), UTC, end=key == "to")
        if len(given) == 2:
            read_range(given["from"], given["to"], utc_now())
    except ValueError as error:
        raise ValueProblem("fill_range", "fill_range is not a time range", f"{error}. {expected}") from error


async def _create(client: GrafanaClient, body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The answer to the call; where it is lost, and another server has chosen the key, the one that is new by its name.

    Others are read back by the key that was sent, or that they hold.
    """
    before = await _keys_by_name(client, body["name"]) if body["external"] else set()
    try:
        return await create_snapshot(client, body)
    except ApiError as error:
        if not error.unclear or not body["external"]:
            raise
        made = await _keys_by_name(client, body["name"]) - before
        if len(made) != 1:
            raise
    key = made.pop()
    return {"key": key, "url": snapshot_url(client, key)}


async def _keys_by_name(client: GrafanaClient, name: str) -> set[str]:
    return {item["key"] for item in await list_snapshots(client, name) if item["name"] == name}


async def _fill(client: GrafanaClient, values: Mapping[str, Value]) -> Filled:
    """The dashboard that is sent: as it was written, or with its panels' data. Raises NotFilled."""
    dashboard = reveal(values["dashboard"])
    if not values.get("fill"):
        return Filled(dashboard)
    span = {key: str(value) for key, value in (reveal(values.get("fill_range")) or {}).items()}
    filled = await fill_dashboard(client, dashboard, span, utc_now())
    if filled.problems and values.get("on_fill_error") != "warn":
        raise NotFilled("These panels cannot be filled:\n" + "\n".join(f"  {line}" for line in filled.problems))
    return filled


SNAPSHOT = SnapshotType()
