"""grafana_snapshot: a dashboard as it was. Its calls are in snapshot_api.py.

A snapshot cannot be changed: every change makes another one. 12.4 takes one only of a dashboard that exists.
With `fill`, the panels' queries are run when it is made; what they gave is in the snapshot, and nowhere else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from hcl_lite.core.paths import ObjectPath
from hcl_lite.core.schema import Attr, Capabilities, Expiry, Live, Mention, ValueProblem
from hcl_lite.core.values import UNKNOWN, JsonValue, Secret, Value, first_given, is_given, is_unknown, reveal
from providers.grafana.client import GrafanaClient
from providers.grafana.filling.fill import utc_now
from providers.grafana.filling.times import read_moment, read_range
from providers.grafana.generations.table import require
from providers.grafana.model import CLASSIC, has_unknown_form, mentions_in, read_model
from providers.grafana.outline import outline_of
from providers.grafana.scanning import scan_uid
from providers.grafana.sensitive import secrets_in
from providers.grafana.snapshot_api import ON_FILL_ERROR, Snapshots
from providers.kit.identity import ByChance
from providers.kit.ids import Ids
from providers.kit.resource import Resource, odd_resource
from providers.kit.wire import Json

Values = Mapping[str, Value]

_FOR_EVER: Final = timedelta(days=40 * 365)  # 12.4 says 50 years of a snapshot that does not expire
_ASKED: Final = ("name", "expires", "external", "dashboard", "fill", "fill_range")


class SnapshotType(Resource):
    """Snapshots. Nobody changes one, so only the arguments are compared, with the earlier arguments."""

    def content(self, values: Values) -> Json:
        return {key: values[key] for key in _ASKED if values.get(key) is not None}

    def to_wire(self, values: Values) -> Json:
        return {**super().to_wire(values), ON_FILL_ERROR: values.get(ON_FILL_ERROR)}

    def live(self, wire: Json) -> Live:
        meta: Json = wire.get("meta", {})
        given: Json = {key: wire[key] for key in ("meta", "dashboard") if key in wire}
        times = {"expires_at": meta["expires"], "created_at": meta["created"]} if meta else {}
        attributes = {"key": wire["key"], "url": wire.get("url") or f"/dashboard/snapshot/{wire['key']}", **times}
        version = {"created": meta["created"]} if meta else {}
        return Live(wire["key"], version, attributes, warnings=wire.get("problems", ()), document=given)

    def told_values(self, uid: str, document: JsonValue) -> Values:
        """With the data that is in it, for the rest of its time, and by the name of its dashboard: that of the snapshot
        is only in the list."""
        found: Any = document
        dashboard, left = found["dashboard"], datetime.fromisoformat(found["meta"]["expires"]) - utc_now()
        if left <= timedelta():
            raise ValueProblem("expires", "The snapshot would have expired by now")
        time = {} if left > _FOR_EVER else {"expires": int(left.total_seconds())}
        return {"key": uid, "name": dashboard.get("title") or uid, "dashboard": dashboard, **time}

    def summary(self, values: Values) -> Values:
        dashboard = values["dashboard"]
        title = dashboard.get("title") if isinstance(dashboard, Mapping) else UNKNOWN
        shown = {"name": values.get("name"), "dashboard": title, "expires": values.get("expires"), "key": values["key"]}
        return {
            **shown,
            **{key: values[key] for key in ("external", "fill", "fill_range") if is_given(values.get(key))},
        }

    def outline(self, values: Values) -> Values:
        return dict(outline_of(values["dashboard"]))

    def kept(self, values: Values, live: Value, path: ObjectPath) -> Values:
        return values

    def mentions(self, values: Values) -> Iterable[Mention]:
        """The dashboard that it is of, which 12.4 wants to be there, and whatever its JSON names."""
        given = reveal(values.get("dashboard"))
        text = given if isinstance(given, str) else json.dumps(given, ensure_ascii=False, default=repr)
        uid = scan_uid(text)
        if uid:
            yield Mention("dashboard", uid)
        yield from mentions_in(text)


def _made_of(values: Values) -> Values:
    """With the dashboard read, and its title for a name."""
    expires = values.get("expires")
    if isinstance(expires, int | float) and expires < 0:
        raise ValueProblem("expires", "expires cannot be negative", f"Found {expires}.", "Leave it out for ever.")
    if values.get("fill_range") is not None and values.get("fill") in (None, False):
        raise ValueProblem("fill_range", "fill_range says nothing without fill", "", "Set fill = true, too.")
    _check_range(values.get("fill_range"))
    given = reveal(values["dashboard"])
    if has_unknown_form(given):
        return {**values, "dashboard": UNKNOWN}
    model = read_model("dashboard", given)
    if model.form != CLASSIC:
        raise ValueProblem("dashboard", "Snapshots are of classic dashboards", f"Found the form {model.form}.")
    model = replace(model, secrets=secrets_in(model, values["dashboard"]))
    whole = () in model.secrets
    title = Secret(model.spec["title"]) if whole else model.marked["title"]
    return {
        **values,
        "name": first_given(values.get("name"), title),
        "dashboard": Secret(model.spec) if whole else model.marked,
    }


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


async def _supported(client: GrafanaClient, given: Values, values: Values, live: Live | None) -> None:
    for key in ("key", "delete_key"):
        if given.get(key) is not None:
            await require(client, lambda generation: generation.snapshot_keys, f"A {key} of one's own", key)
    if is_given(values.get("external")):
        # Before 6 the server sends nothing: it takes note of what its frontend has put elsewhere (source).
        await require(client, lambda generation: generation.snapshot_keys, "An external snapshot", "external")
    if is_given(values.get("fill")):
        what = "Filling a snapshot"
        await require(client, lambda generation: generation.query_path == "/api/ds/query", what, "fill")


SNAPSHOT = odd_resource(
    SnapshotType,
    "grafana_snapshot",
    "A snapshot: a dashboard as it was, for people without access to its data.",
    api=Snapshots(),
    identity=ByChance("key"),
    ids=Ids(pages=("/dashboard/snapshot/{id}",)),
    immutable=True,
    capabilities=Capabilities(expiry=Expiry("expires_at", "recreate_when_expired")),
    made_of=_made_of,
    changeable=_supported,
    attrs={
        "dashboard": Attr(
            "any", required=True, body=True, json=True, replaces=True, doc="The dashboard: JSON text, or a table."
        ),
        "name": Attr(replaces=True, doc="What people see. Default: the dashboard's title."),
        "expires": Attr("number", replaces=True, doc="Seconds to live. Default: for ever."),
        "external": Attr(
            "bool", replaces=True, doc="Keep it on the external snapshot server that Grafana is set up with."
        ),
        "key": Attr(
            computed=True,
            optional=True,
            replaces=True,
            stable=True,
            doc="Identity; in its URL. Before Grafana 7 the server's choice.",
        ),
        "delete_key": Attr(
            secret=True,
            replaces=True,
            wire="deleteKey",
            doc="Who knows it can delete the snapshot. Default: the server's choice.",
        ),
        "fill": Attr(
            "bool",
            replaces=True,
            doc="Run the panels' queries at apply (Grafana 8 or later), and put what they give into it: it needs no "
            "data source then.",
        ),
        "fill_range": Attr(
            "map(string)",
            replaces=True,
            doc='Over which time: from and to, such as "now-1d/d" or a date. Default: as the dashboard says.',
        ),
        ON_FILL_ERROR: Attr(
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
    },
)
