"""Snapshots of any dashboard, be it stored or not (3.2.1, 5.4.3, 7.5.5)."""

import sqlite3
from typing import Any

import orjson
from starlette.responses import Response

from providers.embedded import ids, wire
from providers.embedded.generations import binding
from providers.embedded.generations.traits import Traits
from providers.embedded.routing import Call
from providers.embedded.snapshots import DELETED, find, links, meta_of, remove, store, visible

_DEFAULT_LIMIT = 1000
_FOR_AN_HOUR = {"Cache-Control": "public, max-age=3600"}


def create(traits: Traits, call: Call) -> Response:
    """POST /api/snapshots (3.2.1, 5.4.3, 7.5.5): keys of the client's choice are taken by 7.5.5 only.

    `external` is refused by 7.5.5 as with external_enabled = false; before 6 it is a note of a snapshot that the client
    has put elsewhere, and needs its keys (source).
    """
    command = binding.read(call, "Dashboard")
    chosen, external = _chosen_keys(command), binding.field(command, "external", bool)
    if external and (traits.snapshot_keys_taken or not all(chosen)):
        raise traits.refused("snapshot-external")
    key, delete_key = chosen if traits.snapshot_keys_taken or external else ("", "")
    key, delete_key = key or ids.new_key(), delete_key or ids.new_key()
    if find(call, "key", key) is not None or find(call, "delete_key", delete_key) is not None:
        raise traits.refused("snapshot-key-taken")
    wanted = {
        "name": binding.field(command, "name", str),
        "expires": binding.field(command, "expires", int),
    }
    number = store(call, wanted, key, delete_key, binding.field(command, "dashboard", dict))
    body = traits.shape("snapshot-links", links(call, key, delete_key) | {"id": number})
    return wire.answer(body, content_type=wire.CHARSET)


def get(traits: Traits, call: Call) -> Response:
    """GET /api/snapshots/:key (3.2.1, 5.4.3, 7.5.5), signed in or not: an unknown key is a 500."""
    row = _require(traits, find(call, "key", call.params["key"]))
    if row["expires"] < call.store.now():
        raise traits.refused("snapshot-expired")
    meta = traits.shape("meta", meta_of(row))
    answer = traits.answer("snapshot", {"meta": meta, "dashboard": orjson.Fragment(row["body"])})
    answer.headers.update(_FOR_AN_HOUR)
    return answer


def delete(traits: Traits, call: Call) -> Response:
    """DELETE /api/snapshots/:key (5.4.3, 7.5.5): an unknown key is a 500."""
    row = find(call, "key", call.params["key"])
    if row is None or row["org"] != call.identity.org:
        raise traits.refused("snapshot-not-deletable")
    return _delete(traits, call, row)


def delete_by_delete_key(traits: Traits, call: Call) -> Response:
    """GET /api/snapshots-delete/:deleteKey: for editors in 3.2.1, anybody in 5.4.3, those signed in to 7.5.5.

    What 3.2.1 answers an editor is not recorded: deleting what is not there is no mistake, as it is for data sources.
    """
    row = find(call, "delete_key", call.params["key"])
    if row is None:
        traits.object_to("snapshot-not-deletable")
    return _delete(traits, call, row)


def list_all(traits: Traits, call: Call) -> Response:
    """GET /api/dashboard/snapshots?query=&limit= (3.2.1, 5.4.3, 7.5.5): in order of creation.

    `query` is the whole name, in any case and with SQL's wildcards (snap-list-query finds nothing); 3.2.1 does not look
    at it, and tells the delete keys.
    """
    wanted = call.query("query")
    rows = visible(call)
    if wanted and traits.snapshots_searched:
        matching = {row["id"] for row in call.store.rows("select id from snapshot where name like ?", wanted)}
        rows = [row for row in rows if row["id"] in matching]
    shown = rows[: call.query_int("limit", _DEFAULT_LIMIT)]
    return wire.answer([traits.shape("listed-snapshot", _listed(row)) for row in shown])


def _chosen_keys(command: dict[str, Any]) -> tuple[str, str]:
    return binding.field(command, "key", str), binding.field(command, "deleteKey", str)


def _delete(traits: Traits, call: Call, row: sqlite3.Row | None) -> Response:
    if row is not None:
        remove(call, row)
    body = {"id": 0 if row is None else row["id"], "message": DELETED}
    return traits.answer("snapshot-deletion", traits.shape("deleted", body) | {"message": DELETED})


def _require(traits: Traits, row: sqlite3.Row | None) -> sqlite3.Row:
    if row is None:
        raise traits.refused("snapshot-missing")
    return row


def _listed(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "name": row["name"],
        "key": row["key"],
        "deleteKey": row["delete_key"],
        "orgId": row["org"],
        "userId": row["account"],
        "external": bool(row["external"]),
        "externalUrl": "",
        "expires": wire.timestamp(row["expires"]),
        "created": wire.timestamp(row["created"]),
        "updated": wire.timestamp(row["created"]),
    }
