"""Objects of a state in hcl-lite's words: under which uids, with which arguments. Pure.

The types here have the provider's names for their arguments, so that most of it follows from a type's attributes: a
nested block is a list of one in the state, JSON is text. What is different is in the tables at the end.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hcl_lite.core.equality import same
from hcl_lite.core.schema import ResourceType
from hcl_lite.core.schema.attributes import Attr, Type
from hcl_lite.core.schema.type_text import type_of
from hcl_lite.operations.migrate.terraform.state_file import Instance

_ORGANISATION = re.compile(r"(\d+):(.*)", re.DOTALL)
_FOLDERS = ("folder", "folder_uid", "parent_folder_uid")

UNSUPPORTED: Mapping[str, str] = {
    "grafana_service_account_token": "its key is in the state: let it go there, and make another by that type",
    "grafana_api_key": "hcl-lite makes no tokens, and Grafana has no API keys any more",
}


@dataclass(frozen=True, slots=True)
class Stated:
    """An object as the state tells it: `uid` is empty where it does not say; `suffix` tells it apart from the others of
    the same block, `values` are its arguments."""

    instance: Instance
    uid: str
    suffix: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    organisation: str = ""


def stated(instance: Instance, type_: ResourceType, folders: Mapping[str, str]) -> Sequence[Stated]:
    """The objects of an instance: one, but for a contact point, which is one for each way to notify. `folders` are the
    uids of folders by their numbers, which old providers name them by."""
    split = _SPLIT.get(type_.name)
    parts = [*split(instance)] if split is not None else [("", "", instance.attributes)]
    organisation = organisation_of(instance)
    found = []
    for uid, suffix, attributes in parts:
        values = {key: value for key, value in _values(type_.attrs, attributes) if value is not None}
        if "json_data_encoded" in values:
            settings = _json(values.pop("json_data_encoded"))
            values["json_data"] = settings if isinstance(settings, Mapping) else {}
        for key in _FOLDERS:
            if isinstance(values.get(key), str):
                folder = plain(values[key])
                values[key] = folders.get(folder, "" if folder == "0" else folder)
        found.append(Stated(instance, uid or _uid(instance, folders), suffix, values, organisation))
    return found


def organisation_of(instance: Instance) -> str:
    """The number of the organisation that an object is in; empty where the state does not say, and for an organisation
    itself."""
    if instance.type == "grafana_organization":
        return ""
    found = instance.attributes.get("org_id")
    if found in (None, "", 0, "0"):
        match = _ORGANISATION.fullmatch(str(instance.attributes.get("id", "")))
        return match[1] if match else ""
    return str(found)


def plain(id_: Any) -> str:
    """An id without the number of its organisation."""
    match = _ORGANISATION.fullmatch(str(id_ or ""))
    return match[2] if match else str(id_ or "")


def folder_numbers(instances: Sequence[Instance]) -> Mapping[str, str]:
    """The uids of the folders of a state by their numbers."""
    folders = [one.attributes for one in instances if one.type == "grafana_folder" and not one.is_data]
    return {plain(one["id"]): str(one["uid"]) for one in folders if one.get("uid") and one.get("id")}


def _uid(instance: Instance, folders: Mapping[str, str]) -> str:
    choose = _UIDS.get(instance.type)
    return choose(instance.attributes, folders) if choose is not None else _own_uid(instance.attributes, folders)


def _own_uid(attributes: Mapping[str, Any], _: Mapping[str, str]) -> str:
    return str(attributes.get("uid") or plain(attributes.get("id")))


def _id(attributes: Mapping[str, Any], _: Mapping[str, str]) -> str:
    return plain(attributes.get("id"))


def _of_folder(attributes: Mapping[str, Any], folders: Mapping[str, str]) -> str:
    folder = plain(attributes.get("folder_uid") or attributes.get("id"))
    return folders.get(folder, folder)


def _of_dashboard(attributes: Mapping[str, Any], _: Mapping[str, str]) -> str:
    return plain(attributes.get("dashboard_uid") or attributes.get("id"))


def _of_group(attributes: Mapping[str, Any], folders: Mapping[str, str]) -> str:
    folder = plain(attributes.get("folder_uid"))
    return f"{folders.get(folder, folder)}:{attributes.get('name')}"


def _alone(uid: str) -> Callable[[Mapping[str, Any], Mapping[str, str]], str]:
    """The uid of what an organisation has but once."""
    return lambda _attributes, _folders: uid


def _name(attributes: Mapping[str, Any], _: Mapping[str, str]) -> str:
    return str(attributes.get("name") or plain(attributes.get("id")))


_UIDS: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, str]], str]] = {
    "grafana_folder_permission": _of_folder,
    "grafana_dashboard_permission": _of_dashboard,
    "grafana_dashboard_public": _of_dashboard,
    "grafana_rule_group": _of_group,
    "grafana_message_template": _name,
    "grafana_mute_timing": _name,
    "grafana_organization_preferences": _alone("preferences"),
    "grafana_notification_policy": _alone("policy"),
    "grafana_team": _id,
    "grafana_annotation": _id,
}


# --- values -----------------------------------------------------------------------------------------------------------


def _values(attrs: Mapping[str, Attr], attributes: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, attr in attrs.items():
        if key == "permissions":
            yield key, _permissions(attributes.get(key))
        elif key in attributes and attr.settable and not attr.secret:
            yield key, _value(type_of(attr), attributes[key])


def _value(type_: Type, value: Any) -> Any:
    """A value of the state as one of a type; what is empty there is left out."""
    if value is None or value == "":
        return None
    if type_.name == "object":
        inner = value[0] if isinstance(value, list) and value else value
        if not isinstance(inner, Mapping):
            return None
        found = _values(type_.attributes, inner)
        return {key: one for key, one in found if one is not None and not _is_unset(type_.attributes[key], one)}
    if type_.name in ("list", "set"):
        items = value if isinstance(value, list) else []
        return [_value(type_.items[0], item) for item in items] or None
    if type_.name == "any" and isinstance(value, str):
        return _json(value)
    return value


def _is_unset(attr: Attr, value: Any) -> bool:
    """Whether a value in a nested block is what the provider's state has for none."""
    return not attr.required and attr.default is None and not isinstance(value, str) and not value


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _permissions(items: Any) -> Mapping[str, str] | None:
    if not isinstance(items, list):
        return None
    found = {}
    for one in items:
        if isinstance(one, Mapping):
            user, team = plain(one.get("user_id")), plain(one.get("team_id"))
            who = one.get("role") or (f"team:{team}" if team not in ("", "0") else f"user:{user}")
            found[str(who)] = str(one.get("permission"))
    return found


def _ways(instance: Instance) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """The ways to notify of a contact point, each with its uid and what tells it apart."""
    ways = [
        (kind, number, way)
        for kind, given in instance.attributes.items()
        if isinstance(given, list)
        for number, way in enumerate(given)
        if isinstance(way, Mapping) and "uid" in way
    ]
    several = len(ways) > 1
    for kind, number, way in ways:
        alone = sum(1 for other, _, _ in ways if other == kind) == 1
        suffix = (kind if alone else f"{kind}_{number + 1}") if several else ""
        yield str(way["uid"]), suffix, {"name": instance.attributes.get("name"), "uid": way["uid"]}


_SPLIT: Mapping[str, Callable[[Instance], Iterator[tuple[str, str, Mapping[str, Any]]]]] = {
    "grafana_contact_point": _ways
}


# --- comparing --------------------------------------------------------------------------------------------------------


def is_same(type_: Type, told: Any, there: Any) -> bool:
    """Whether the state and the server say the same, as far as the state tells: nothing empty counts, nor what the
    provider leaves out of JSON."""
    if isinstance(told, Mapping) and isinstance(there, Mapping):
        if type_.name != "object":
            return bool(_bare(told) == _bare(there))
        kinds = {key: type_of(attr) for key, attr in type_.attributes.items()}
        return all(is_same(kinds[key], value, there.get(key)) for key, value in told.items() if key in kinds)
    if isinstance(told, list | tuple) and isinstance(there, list | tuple):
        if type_.name == "set":
            return sorted(map(str, told)) == sorted(map(str, there))
        kind = type_.items[0] if type_.items else type_
        return len(told) == len(there) and all(is_same(kind, a, b) for a, b in zip(told, there, strict=True))
    if type_.normal is not None:
        with contextlib.suppress(ValueError, TypeError):
            return same(type_.normal(told), type_.normal(there))
    return bool(told == there or (_is_blank(told) and _is_blank(there)))


def _is_blank(value: Any) -> bool:
    """Whether nothing is said by a value, nor by anything in it."""
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else None
    return all(map(_is_blank, inner)) if inner is not None else not value


def same_json(told: Any, there: Any) -> bool:
    """Whether two JSON texts say the same but for what servers number, and the provider leaves out."""
    return bool(_bare(_json(str(told))) == _bare(_json(str(there))))


def _bare(value: Any, is_top: bool = True) -> Any:
    """JSON without what the provider strips: ids of dashboards and panels, versions, models of library panels; and
    without the defaults that Grafana writes into queries."""
    if isinstance(value, Mapping):
        if "libraryPanel" in value and isinstance(value["libraryPanel"], Mapping):
            value = {"libraryPanel": value["libraryPanel"].get("uid"), "gridPos": value.get("gridPos")}
        left_out = {"id", "version", "intervalMs", "maxDataPoints", "refId"} | ({"uid"} if is_top else set())
        return {key: _bare(item, False) for key, item in value.items() if key not in left_out}
    if isinstance(value, list | tuple):
        return [_bare(item, False) for item in value]
    return value
