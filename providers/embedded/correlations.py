"""Correlations of data sources under /api/datasources, as 12.4.0 answers: each is below its source."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from providers.embedded import wire
from providers.embedded.datasource_table import find
from providers.embedded.items import Draft, Item, Items
from providers.embedded.routing import Call, Route

_LIMIT: Final = 100
_TYPES: Final = ("query", "external")
_NOTHING: Final = "At least one of label, description or config is required"


def list_all(call: Call) -> Response:
    """GET /api/datasources/correlations?sourceUID=&page=&limit= (12.4.0): those of data sources that are there."""
    sources = call.query_list("sourceUID")
    found = [one for one in _there(call) if not sources or one.body["sourceUID"] in sources]
    page, limit = call.query_int("page", 1), call.query_int("limit", _LIMIT)
    shown = [_show(one) for one in found[(page - 1) * limit : page * limit]]
    return wire.answer({"correlations": shown, "totalCount": len(found), "page": page, "limit": limit})


def list_of_source(call: Call) -> Response:
    """GET /api/datasources/uid/:uid/correlations (12.4.0)."""
    source = _source(call, "Source data source not found")
    return wire.answer([_show(one) for one in _there(call) if one.body["sourceUID"] == source])


def get(call: Call) -> Response:
    """GET /api/datasources/uid/:uid/correlations/:uid (12.4.0)."""
    _source(call, "Source data source not found")
    return wire.answer(_show(_correlation(call)))


def create(call: Call) -> Response:
    """POST /api/datasources/uid/:uid/correlations (12.4.0): an external one needs no target."""
    command = call.json()
    label, description, kind, target = (
        wire.read_field(command, key, str) for key in ("label", "description", "type", "targetUID")
    )
    if kind not in _TYPES or (kind == "query" and not target):
        raise wire.refuse(400, "bad request data")
    source = _source(call, "Data source not found")
    if target and find(call, "uid", target) is None:
        raise wire.refuse(404, "Data source not found")
    body = {
        "sourceUID": source,
        "targetUID": target or None,
        "label": label,
        "description": description,
        "config": {"field": "", "target": {}, **_config(command)},
        "type": kind,
    }
    made = _items(call).add(Draft(body), call.identity.account.id)
    return wire.answer({"result": _show(made), "message": "Correlation created"})


def update(call: Call) -> Response:
    """PATCH /api/datasources/uid/:uid/correlations/:uid (12.4.0): transformations alone are nothing to change."""
    command = call.json()
    config = _config(command)
    texts = {
        key: wire.read_field(command, key, str) for key in ("label", "description") if command.get(key) is not None
    }
    if not texts and not config.keys() & {"field", "target"}:
        raise wire.refuse(400, _NOTHING)
    _source(call, "Data source not found")
    old = _correlation(call)
    draft = Draft({**old.body, **texts, "config": {**old.body["config"], **config}})
    new = _items(call).replace(old, draft, call.identity.account.id)
    return wire.answer({"result": _show(new), "message": "Correlation updated"})


def delete(call: Call) -> Response:
    """DELETE /api/datasources/uid/:uid/correlations/:uid (12.4.0)."""
    _source(call, "Data source not found")
    _items(call).remove(_correlation(call))
    return wire.answer({"message": "Correlation deleted"})


def _config(command: Mapping[str, Any]) -> Mapping[str, Any]:
    config = command.get("config") or {}
    if not isinstance(config, dict):
        raise wire.refuse(400, "bad request data")
    return {key: config[key] for key in ("field", "target", "transformations") if config.get(key) is not None}


def _items(call: Call) -> Items:
    return Items(call.store, call.identity.org, "correlation")


def _there(call: Call) -> list[Item]:
    """Those whose data sources are there, oldest first."""
    return [one for one in _items(call).all() if all(find(call, "uid", uid) is not None for uid in _ends(one))]


def _ends(item: Item) -> list[str]:
    return [uid for uid in (item.body["sourceUID"], item.body["targetUID"]) if uid]


def _source(call: Call, message: str) -> str:
    uid: str = call.params["uid"]
    if find(call, "uid", uid) is None:
        raise wire.refuse(404, message)
    return uid


def _correlation(call: Call) -> Item:
    item = _items(call).get(call.params["key"])
    if item is None or item.body["sourceUID"] != call.params["uid"]:
        raise wire.refuse(404, "Correlation not found")
    return item


def _show(item: Item) -> dict[str, Any]:
    return {"uid": item.uid, "orgId": item.org, "provisioned": False, **item.body}


_OF: Final = "/api/datasources/uid/{uid}/correlations"
_READ, _WRITE = "datasources:read", "datasources:write"
ROUTES: Final = (
    Route("GET", "/api/datasources/correlations", list_all, "Viewer", _READ),
    Route("GET", _OF, list_of_source, "Viewer", _READ),
    Route("POST", _OF, create, "Admin", _WRITE, writes=True),
    Route("GET", f"{_OF}/{{key}}", get, "Viewer", _READ),
    Route("PATCH", f"{_OF}/{{key}}", update, "Admin", _WRITE, writes=True),
    Route("DELETE", f"{_OF}/{{key}}", delete, "Admin", _WRITE, writes=True),
)
