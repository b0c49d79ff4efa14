"""Data sources by id and by name (3.2.1, 5.4.3, 7.5.5), in 7.5.5 by uid as well."""

import json
import re
from dataclasses import replace
from typing import Any

import orjson
from starlette.responses import Response

from providers.embedded import ids, wire
from providers.embedded.datasource_table import PLAIN, DataSource, all_sources, find, insert, write
from providers.embedded.datasource_table import delete as forget
from providers.embedded.datasources import is_url, kept_secrets, read_secrets
from providers.embedded.generations import binding
from providers.embedded.generations.traits import Traits
from providers.embedded.routing import Call

_REQUIRED = ("Name", "Type", "Access")
# Secrets that could be given as plain arguments, and are answered as they are.
_PLAIN_SECRETS = ("password", "basicAuthPassword")
_NO_LOGO = "public/img/icn-datasource.svg"


def list_all(traits: Traits, call: Call) -> Response:
    """GET /api/datasources (3.2.1, 5.4.3, 7.5.5): by name, without version and secureJsonFields."""
    listed = [traits.shape("listed-source", _listed(traits, source)) for source in all_sources(call)]
    return traits.answer("source", listed)


def create(traits: Traits, call: Call) -> Response:
    """POST /api/datasources (3.2.1, 5.4.3, 7.5.5): nothing is chosen for the user, neither a name nor a default."""
    command = binding.read(call, *_REQUIRED)
    _check_url(traits, command)
    if find(call, "name", command["name"]) is not None:
        traits.object_to("source-name-taken")
    uid = binding.field(command, "uid", str) if traits.sources_have_uids else ""
    if uid and find(call, "uid", uid) is not None:
        traits.object_to("source-uid-taken")
    now = call.store.now()
    values = _columns(command) | {
        "org": call.identity.org,
        "uid": uid or ids.new_old_uid(),
        "secure": orjson.dumps(_given_secrets(traits, command)).decode(),
        "version": 1,
        "created": now,
        "updated": now,
    }
    source = insert(call, values)
    return _outcome(traits, _as_answered(traits, command, source), command, "Datasource added")


def update(traits: Traits, call: Call) -> Response:
    """PUT /api/datasources/:id (3.2.1, 5.4.3, 7.5.5): 5.4.3 answers what was sent, 7.5.5 what is stored.

    A `version` older than the stored one is refused, none at all is not. Secrets that are not sent stay, and so do
    arguments that are sent empty (`Traits.emptied_stay`): they cannot be taken away.
    """
    command = binding.read(call, *_REQUIRED)
    _check_url(traits, command)
    source = find(call, "id", _id(call))
    version = binding.field(command, "version", int)
    if source is None or (version and version < source.version):
        traits.object_to("source-update-stale")
    if source is None:
        return _outcome(traits, None, command, "Datasource updated")
    same = find(call, "name", command["name"])
    if same is not None and same.id != source.id:
        traits.object_to("source-update-name-taken")
    values = _kept(traits, command, _columns(command)) | {
        "secure": orjson.dumps(_changed_secrets(traits, source, command)).decode(),
        "version": version + 1,
        "updated": call.store.now(),
    }
    changed = write(call, source.id, values)
    return _outcome(traits, _as_answered(traits, command, changed), command, "Datasource updated")


def get_by_id(traits: Traits, call: Call) -> Response:
    """GET /api/datasources/:id (3.2.1, 5.4.3, 7.5.5)."""
    return wire.answer(_whole(traits, _require(traits, find(call, "id", _id(call)))))


def get_by_uid(traits: Traits, call: Call) -> Response:
    """GET /api/datasources/uid/:uid (7.5.5)."""
    return wire.answer(_whole(traits, _require(traits, find(call, "uid", call.params["uid"]))))


def get_by_name(traits: Traits, call: Call) -> Response:
    """GET /api/datasources/name/:name (3.2.1, 5.4.3, 7.5.5): 5.4.3 calls all of them read-only here (ds-get-name)."""
    body = _whole(traits, _require(traits, find(call, "name", call.params["name"])))
    return wire.answer(body | ({"readOnly": True} if traits.sources_by_name_read_only else {}))


def get_id_by_name(traits: Traits, call: Call) -> Response:
    """GET /api/datasources/id/:name (3.2.1, 5.4.3, 7.5.5)."""
    return wire.answer({"id": _require(traits, find(call, "name", call.params["name"])).id})


def delete_by_id(traits: Traits, call: Call) -> Response:
    """DELETE /api/datasources/:id (3.2.1, 5.4.3, 7.5.5): 3.2.1 does not mind if there is none."""
    source = find(call, "id", _id(call))
    if source is None:
        traits.object_to("source-delete-missing")
    else:
        forget(call, source)
    return traits.answer("source", {"message": "Data source deleted"})


def delete_by_uid(traits: Traits, call: Call) -> Response:
    """DELETE /api/datasources/uid/:uid (7.5.5): the answer has no id."""
    forget(call, _require(traits, find(call, "uid", call.params["uid"])))
    return traits.answer("source", {"message": "Data source deleted"})


def delete_by_name(traits: Traits, call: Call) -> Response:
    """DELETE /api/datasources/name/:name (5.4.3, 7.5.5)."""
    source = _require(traits, find(call, "name", call.params["name"]))
    forget(call, source)
    return traits.answer("source", traits.shape("deleted", {"id": source.id, "message": "Data source deleted"}))


def _id(call: Call) -> int:
    text = call.params["id"]
    return int(text) if re.fullmatch(r"\d{1,18}", text) else 0


def _require(traits: Traits, source: DataSource | None) -> DataSource:
    if source is None:
        raise traits.refused("source-missing")
    return source


def _check_url(traits: Traits, command: dict[str, Any]) -> None:
    url = binding.field(command, "url", str)
    if url and not is_url(url):
        traits.object_to("source-url-bad", url=json.dumps(url, ensure_ascii=False))


def _columns(command: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": binding.field(command, "name", str),
        "type": binding.field(command, "type", str),
        "access": binding.field(command, "access", str),
        "url": binding.field(command, "url", str),
        "user": binding.field(command, "user", str),
        "database": binding.field(command, "database", str),
        "basic_auth": binding.field(command, "basicAuth", bool),
        "basic_auth_user": binding.field(command, "basicAuthUser", str),
        "with_credentials": binding.field(command, "withCredentials", bool),
        "is_default": binding.field(command, "isDefault", bool),
        "json_data": orjson.dumps(binding.field(command, "jsonData", dict)).decode(),
    }


def _kept(traits: Traits, command: dict[str, Any], columns: dict[str, Any]) -> dict[str, Any]:
    """The columns that an update writes: not those it leaves alone because nothing was sent for them."""
    arguments = {"basic_auth_user": "basicAuthUser", "json_data": "jsonData"}
    empty = {column for column in columns if command.get(arguments.get(column, column)) in (None, "")}
    return {column: value for column, value in columns.items() if column not in empty & traits.emptied_stay}


def _given_secrets(traits: Traits, command: dict[str, Any]) -> dict[str, str]:
    """Secrets in plain, and in `secureJsonData` where the generation knows it (not 3.2.1)."""
    plain = {PLAIN + name: binding.field(command, name, str) for name in _PLAIN_SECRETS}
    secure = read_secrets(command) if "secureJsonFields" in traits.keys["source"] else {}
    return secure | {name: value for name, value in plain.items() if value}


def _changed_secrets(traits: Traits, source: DataSource, command: dict[str, Any]) -> dict[str, str]:
    secure = kept_secrets(source.secure, command) | _given_secrets(traits, command)
    emptied = {PLAIN + name for name in _PLAIN_SECRETS if not command.get(name) and name not in traits.emptied_stay}
    return {name: value for name, value in secure.items() if name not in emptied}


def _as_answered(traits: Traits, command: dict[str, Any], source: DataSource) -> dict[str, Any] | None:
    """The data source in the answer to a write; 5.4.3 repeats the command, without jsonData where it had none."""
    if traits.source_answered != "as sent":
        return _whole(traits, source)
    columns = _columns(command) | {"json_data": command.get("jsonData") or {}}
    whole = _whole(traits, replace(source, **columns, secure=_given_secrets(traits, command)))
    return whole if command.get("jsonData") is not None else {key: whole[key] for key in whole if key != "jsonData"}


def _outcome(traits: Traits, source: dict[str, Any] | None, command: dict[str, Any], message: str) -> Response:
    """Returns the answer of a write; 3.2.1's has the message, and the id of a new data source."""
    if traits.source_answered == "never":
        new = {} if source is None or message == "Datasource updated" else {"id": source["id"]}
        return traits.answer("source", new | {"message": message})
    assert source is not None
    body = {"datasource": source, "id": source["id"], "message": message, "name": command["name"]}
    return traits.answer("source", body)


def _whole(traits: Traits, source: DataSource) -> dict[str, Any]:
    secure = sorted(name for name in source.secure if not name.startswith(PLAIN))
    body = _address(source) | {
        "typeLogoUrl": "",
        "basicAuthUser": source.basic_auth_user,
        "basicAuthPassword": source.secure.get(PLAIN + "basicAuthPassword", ""),
        "secureJsonFields": dict.fromkeys(secure, True),
        "version": source.version,
    }
    return traits.shape("source", body)


def _listed(traits: Traits, source: DataSource) -> dict[str, Any]:
    """In lists the type has a logo, and the basic auth no user (3.2.1 ds-list)."""
    name, logo = traits.built_in.get(source.type, (source.type, ""))
    known = f"public/app/plugins/datasource/{source.type}/img/{logo}"
    shown = {"typeName": name, "typeLogoUrl": known if logo else _NO_LOGO, "basicAuthUser": "", "basicAuthPassword": ""}
    return _address(source) | shown


def _address(source: DataSource) -> dict[str, Any]:
    return {
        "id": source.id,
        "uid": source.uid,
        "orgId": source.org,
        "name": source.name,
        "type": source.type,
        "access": source.access,
        "url": source.url,
        "password": source.secure.get(PLAIN + "password", ""),
        "user": source.user,
        "database": source.database,
        "basicAuth": source.basic_auth,
        "withCredentials": source.with_credentials,
        "isDefault": source.is_default,
        "jsonData": source.json_data,
        "readOnly": False,
    }
