"""The data source routes under /api/datasources, as 12.4.0 answers them; querying is in queries.py and upstream.py."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import orjson
from starlette.responses import Response

from providers.embedded import ids, plugins, wire
from providers.embedded.datasource_table import DataSource, all_sources, delete, find, insert, write
from providers.embedded.routing import Call, Route

_UID = re.compile(r"[a-zA-Z0-9\-_]{1,40}")
_NAME_MAX = 190


def list_all(call: Call) -> Response:
    """GET /api/datasources (12.4.0): by name without regard to case, without version and secureJsonFields."""
    return wire.answer([_short(source) for source in all_sources(call)])


def frontend_sources(call: Call) -> dict[str, Any]:
    """The data sources by name, as GET /api/frontend/settings lists them (12.4.0), also for who may not list them."""
    sources = sorted(all_sources(call), key=lambda source: source.id)
    default = next((source.name for source in sources if source.is_default), "")
    return {"defaultDatasource": default, "datasources": {source.name: _for_frontend(source) for source in sources}}


def create(call: Call, takes_uid: Callable[[str], object] = _UID.fullmatch, first_is_default: bool = True) -> Response:
    """POST /api/datasources (12.4.0): the first one of an organisation becomes its default; a name is not needed."""
    command = _command(call)
    kind = plugins.current_type(command["type"])
    url = _text(command, "url")
    if url:
        _check_url(kind, url)
    name = _text(command, "name") or _free_name(call, kind)
    uid = _text(command, "uid")
    if len(name) > _NAME_MAX:
        raise wire.refuse_id(400, "datasource.nameInvalid", "Invalid datasource name.")
    if uid and not takes_uid(uid):
        raise wire.refuse_id(400, "datasource.uidInvalid", "Invalid datasource UID.")
    for column, value in (("name", name), ("uid", uid)):
        if value and find(call, column, value) is not None:
            raise wire.refuse(409, f"data source with the same {column} already exists")
    first = call.store.row("select 1 from datasource where org = ?", call.identity.org) is None
    now = call.store.now()
    values = _columns(command, kind, url) | {
        "org": call.identity.org,
        "uid": uid or ids.new_short_uid(now),
        "name": name,
        "basic_auth_user": _text(command, "basicAuthUser"),
        "is_default": (first and first_is_default) or bool(command.get("isDefault")),
        "secure": orjson.dumps(read_secrets(command)).decode(),
        "version": 1,
        "created": now,
        "updated": now,
    }
    source = insert(call, values)
    return wire.answer(_outcome(source, "Datasource added"))


def get_by_id(call: Call) -> Response:
    """GET /api/datasources/:id (12.4.0)."""
    number = _number(call, "id is invalid")
    if number == 0:
        raise wire.refuse(400, "Datasource id is missing")
    return wire.answer(_full(_require(find(call, "id", number))))


def get_by_uid(call: Call) -> Response:
    """GET /api/datasources/uid/:uid (12.4.0)."""
    return wire.answer(_full(_require(find(call, "uid", call.params["uid"]))))


def get_by_name(call: Call) -> Response:
    """GET /api/datasources/name/:name (12.4.0)."""
    return wire.answer(_full(_require(find(call, "name", call.params["name"]))))


def get_id_by_name(call: Call) -> Response:
    """GET /api/datasources/id/:name (12.4.0)."""
    return wire.answer({"id": _require(find(call, "name", call.params["name"])).id})


def update_by_id(call: Call) -> Response:
    """PUT /api/datasources/:id (12.4.0)."""
    number = _number(call, "id is invalid")
    command = _checked_update(call)
    return _update(call, _require(find(call, "id", number)), command)


def update_by_uid(call: Call) -> Response:
    """PUT /api/datasources/uid/:uid (12.4.0)."""
    command = _checked_update(call)
    return _update(call, _require(find(call, "uid", call.params["uid"])), command)


def delete_by_id(call: Call) -> Response:
    """DELETE /api/datasources/:id (12.4.0): the answer has no id."""
    number = _number(call, "id is invalid")
    if number == 0:
        raise wire.refuse(400, "Missing valid datasource id")
    delete(call, _require_own(find(call, "id", number)))
    return wire.answer({"message": "Data source deleted"})


def delete_by_uid(call: Call) -> Response:
    """DELETE /api/datasources/uid/:uid (12.4.0)."""
    return _deleted(call, _require_own(find(call, "uid", call.params["uid"])))


def delete_by_name(call: Call) -> Response:
    """DELETE /api/datasources/name/:name (12.4.0)."""
    return _deleted(call, _require_own(find(call, "name", call.params["name"])))


def _update(call: Call, old: DataSource, command: dict[str, Any]) -> Response:
    """Secrets, `url` and `basicAuthUser` that are not sent stay; the version becomes one more than the sent one."""
    if old.read_only:
        raise wire.refuse(403, "Cannot update read-only data source")
    name = _text(command, "name") or old.name
    uid = _text(command, "uid") or old.uid
    if uid != old.uid:
        raise wire.refuse(500, "Failed to update datasource")
    if name != old.name and find(call, "name", name) is not None:
        message = "Failed to update datasource: data source with the same name already exists"
        raise wire.refuse(409, message)
    kind = plugins.current_type(command["type"])
    version = command.get("version")
    values = _columns(command, kind, _text(command, "url") or old.url) | {
        "name": name,
        "basic_auth_user": _text(command, "basicAuthUser") or old.basic_auth_user,
        "is_default": bool(command.get("isDefault")),
        "secure": orjson.dumps(kept_secrets(old.secure, command)).decode(),
        "version": (version if isinstance(version, int) else 0) + 1,
        "updated": call.store.now(),
    }
    return wire.answer(_outcome(write(call, old.id, values), "Datasource updated"))


def _command(call: Call) -> dict[str, Any]:
    command = call.json()
    if not _text(command, "type") or not _text(command, "access"):
        raise wire.refuse(400, "bad request data")
    return command


def _checked_update(call: Call) -> dict[str, Any]:
    """The URL is judged before anything else, even before whether the data source is there."""
    command = _command(call)
    _check_url(command["type"], _text(command, "url"))
    return command


def _check_url(kind: str, url: str) -> None:
    refused = wire.refuse(400, "Validation error, invalid URL")
    if not url.strip():
        if plugins.needs_url(kind):
            raise refused
        return
    if not is_url(url):
        raise refused


def is_url(url: str) -> bool:
    """Whether Grafana takes it for one, with or without scheme."""
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        _ = parts.port
    except ValueError:
        return False
    return bool(parts.scheme) and " " not in parts.netloc and not re.search(r"[\x00-\x1f]", url)


def _columns(command: dict[str, Any], kind: str, url: str) -> dict[str, Any]:
    json_data = command.get("jsonData")
    if json_data is not None and not isinstance(json_data, dict):
        raise wire.refuse(400, "bad request data")
    return {
        "type": kind,
        "access": command["access"],
        "url": url,
        "user": _text(command, "user"),
        "database": _text(command, "database"),
        "basic_auth": bool(command.get("basicAuth")),
        "with_credentials": bool(command.get("withCredentials")),
        "json_data": orjson.dumps(json_data or {}).decode(),
    }


def kept_secrets(old: dict[str, str], command: dict[str, Any]) -> dict[str, str]:
    """Returns the secrets after a PUT: one that is not sent stays, one that is sent empty is removed (12.4)."""
    given = command.get("secureJsonData") or {}
    return {key: value for key, value in old.items() if key not in given} | read_secrets(command)


def read_secrets(command: dict[str, Any]) -> dict[str, str]:
    """The secrets sent; an empty one is none."""
    given = command.get("secureJsonData") or {}
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise wire.refuse(400, "bad request data")
    return {key: value for key, value in given.items() if value}


def _text(command: dict[str, Any], key: str) -> str:
    value = command.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise wire.refuse(400, "bad request data")
    return value


def _number(call: Call, message: str) -> int:
    text = call.params["id"]
    if not re.fullmatch(r"[0-9]{1,19}", text) or int(text) >= 2**63:
        raise wire.refuse(400, message)
    return int(text)


def _free_name(call: Call, kind: str) -> str:
    """A name for a data source sent without one: its type, then type-1, type-2."""
    name, count = kind, 0
    while find(call, "name", name) is not None:
        count += 1
        name = f"{kind}-{count}"
    return name


def _require(source: DataSource | None) -> DataSource:
    if source is None:
        raise wire.refuse(404, "Data source not found")
    return source


def _require_own(source: DataSource | None) -> DataSource:
    """One that does not come from a file of the server's."""
    found = _require(source)
    if found.read_only:
        raise wire.refuse(403, "Cannot delete read-only data source")
    return found


def _deleted(call: Call, source: DataSource) -> Response:
    delete(call, source)
    return wire.answer({"id": source.id, "message": "Data source deleted"})


def _outcome(source: DataSource, message: str) -> dict[str, Any]:
    return {"datasource": _full(source), "id": source.id, "message": message, "name": source.name}


def _base(source: DataSource) -> dict[str, Any]:
    return {"id": source.id, "uid": source.uid, "orgId": source.org, "name": source.name, "type": source.type}


def _address(source: DataSource) -> Mapping[str, Any]:
    return {
        "typeLogoUrl": plugins.logo(source.type),
        "access": source.access,
        "url": source.url,
        "user": source.user,
        "database": source.database,
        "basicAuth": source.basic_auth,
    }


def _for_frontend(source: DataSource) -> dict[str, Any]:
    return {
        "id": source.id,
        "uid": source.uid,
        "type": source.type,
        "name": source.name,
        "url": f"/api/datasources/proxy/uid/{source.uid}",
        "isDefault": source.is_default,
        "access": source.access,
        "jsonData": source.json_data,
        "readOnly": source.read_only,
    }


def _short(source: DataSource) -> dict[str, Any]:
    return {
        **_base(source),
        "typeName": plugins.type_name(source.type),
        **_address(source),
        "isDefault": source.is_default,
        "jsonData": source.json_data,
        "readOnly": source.read_only,
    }


def _full(source: DataSource) -> dict[str, Any]:
    return {
        **_base(source),
        **_address(source),
        "basicAuthUser": source.basic_auth_user,
        "withCredentials": source.with_credentials,
        "isDefault": source.is_default,
        "jsonData": source.json_data,
        "secureJsonFields": dict.fromkeys(sorted(source.secure), True),
        "version": source.version,
        "readOnly": source.read_only,
        "apiVersion": "",
    }


_READ, _WRITE, _DELETE = "datasources:read", "datasources:write", "datasources:delete"

ROUTES = (
    Route("GET", "/api/datasources", list_all, "Viewer", _READ),
    Route("POST", "/api/datasources", create, "Admin", "datasources:create", writes=True),
    Route("GET", "/api/datasources/uid/{uid}", get_by_uid, "Viewer", _READ),
    Route("PUT", "/api/datasources/uid/{uid}", update_by_uid, "Admin", _WRITE, writes=True),
    Route("DELETE", "/api/datasources/uid/{uid}", delete_by_uid, "Admin", _DELETE, writes=True),
    Route("GET", "/api/datasources/name/{name:path}", get_by_name, "Viewer", _READ),
    Route("DELETE", "/api/datasources/name/{name:path}", delete_by_name, "Admin", _DELETE, writes=True),
    Route("GET", "/api/datasources/id/{name:path}", get_id_by_name, "Viewer", _READ),
    Route("GET", "/api/datasources/{id}", get_by_id, "Viewer", _READ),
    Route("PUT", "/api/datasources/{id}", update_by_id, "Admin", _WRITE, writes=True),
    Route("DELETE", "/api/datasources/{id}", delete_by_id, "Admin", _DELETE, writes=True),
)
