"""Resources of the Grafana operator for Kubernetes, of what is managed: grafana.integreatly.org/v1beta1
(grafana/grafana-operator: api/v1beta1). Secrets come from one Secret, by the names of their variables. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from hcl_lite.operations.bulk_import.model import LeftOut
from hcl_lite.operations.bulk_import.names import choose_names
from hcl_lite.operations.export.model import Export, Exported, Written
from hcl_lite.operations.export.texts import RULE, SOURCE, as_yaml, of_type, policies, told, unsaid, variables

_HEAD = "Written by: hcl-lite export operator"
_KEYS = {"keep_firing_for": "keepFiringFor", "notification_settings": "notificationSettings"}
_RECORD = {"target_datasource_uid": "targetDatasourceUid"}
_REQUIRED = {"noDataState": "NoData", "execErrState": "Alerting", "for": "0s", "condition": ""}
_NO_FOLDER = "the operator makes a rule group in a folder alone, and it has none"
_LONGEST = 253


def write_operator(exported: Sequence[Exported], asked: Export) -> Written:
    """A file for each kind."""
    left = [LeftOut(str(one.address), _NO_FOLDER) for one in of_type(exported, "grafana_rule_group") if not one.folder]
    lost = {one.what for one in left}
    known = [one for one in exported if one.type in _KINDS and str(one.address) not in lost]
    names = choose_names({one.address: [_name(one)] for one in known}, ())
    folders = {one.uid: names[one.address] for one in of_type(known, "grafana_folder")}
    files: dict[str, str] = {}
    for type_, (kind, make) in _KINDS.items():
        resources = [
            {
                "apiVersion": "grafana.integreatly.org/v1beta1",
                "kind": kind,
                "metadata": {"name": names[one.address]},
                "spec": {"instanceSelector": {"matchLabels": dict(asked.selector)}, **make(one, folders, asked)},
            }
            for one in of_type(known, type_)
        ]
        if resources:
            files[f"{kind.lower()}s.yaml"] = as_yaml(_HEAD, resources)
    return Written(files, [*left, *unsaid(exported, [*_KINDS], "the operator")], variables(exported, [*_KINDS]))


def _name(one: Exported) -> str:
    """The name of a block as a name of Kubernetes."""
    key = "" if one.address.key is None else f"-{one.address.key}"
    return re.sub(r"[^a-z0-9]+", "-", f"{one.address.name}{key}".lower()).strip("-")[:_LONGEST] or "unnamed"


Folders = Mapping[str, str]


def _in_folder(one: Exported, folders: Folders, prefix: str = "folder") -> dict[str, Any]:
    """Returns the reference to the folder of an object: one that is exported too, or another."""
    if not one.folder:
        return {}
    if one.folder in folders:
        return {f"{prefix}Ref": folders[one.folder]}
    return {f"{prefix}UID": one.folder}


def _folder(one: Exported, folders: Folders, asked: Export) -> dict[str, Any]:
    return {"uid": one.uid, "title": one.title, **_in_folder(one, folders, "parentFolder")}


def _dashboard(one: Exported, folders: Folders, asked: Export) -> dict[str, Any]:
    place = _in_folder(one, folders) or {"folder": "General"}  # without one it is put into a folder of the namespace
    return {"uid": one.uid, **place, "json": one.text}


def _library_panel(one: Exported, folders: Folders, asked: Export) -> dict[str, Any]:
    model = {"name": one.title, **json.loads(one.text)}  # the operator looks for its name there
    return {"uid": one.uid, **_in_folder(one, folders), "json": json.dumps(model, indent=2, ensure_ascii=False) + "\n"}


def _data_source(one: Exported, folders: Folders, asked: Export) -> dict[str, Any]:
    source = {"name": one.title, **told(one.document, (*SOURCE, "jsonData"))}
    secure = {name: f"${{{variable}}}" for name, variable in one.secrets.items()}
    pairs = {f"secureJsonData.{name}": variable for name, variable in one.secrets.items()}
    source |= {"secureJsonData": secure} if secure else {}
    return {"uid": one.uid, **_values_from(pairs, asked), "datasource": source}


def _values_from(pairs: Mapping[str, str], asked: Export) -> dict[str, Any]:
    found = [
        {"targetPath": path, "valueFrom": {"secretKeyRef": {"name": asked.secret, "key": key}}}
        for path, key in pairs.items()
    ]
    return {"valuesFrom": found} if found else {}


def _contact_point(one: Exported, folders: Folders, asked: Export) -> dict[str, Any]:
    hidden = [name.removeprefix("settings.") for name in one.secrets]
    settings = {key: value for key, value in (one.document.get("settings") or {}).items() if key not in hidden}
    off = {"disableResolveMessage": True} if one.document.get("disableResolveMessage") else {}
    pairs = {name.removeprefix("settings."): variable for name, variable in one.secrets.items()}
    way = {"uid": one.uid, "type": one.document.get("type"), **off, "settings": settings, **_values_from(pairs, asked)}
    return {"name": one.title, "editable": True, "receivers": [way]}


def _rule_group(one: Exported, folders: Folders, asked: Export) -> dict[str, Any]:
    rules = [_rule(rule) for rule in one.document.get("rules") or ()]
    interval = f"{one.document.get('interval', 60)}s"
    return {"name": one.title, **_in_folder(one, folders), "interval": interval, "editable": True, "rules": rules}


def _rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    found = {**_REQUIRED, **{_KEYS.get(key, key): value for key, value in told(rule, RULE).items()}}
    if isinstance(found.get("record"), Mapping):
        found["record"] = {_RECORD.get(key, key): value for key, value in found["record"].items()}
    return found


def _policy(one: Exported, folders: Folders, asked: Export) -> dict[str, Any]:
    return {"editable": True, "route": policies(one.document)}


def _mute_timing(one: Exported, folders: Folders, asked: Export) -> dict[str, Any]:
    return {"name": one.title, "editable": True, "time_intervals": one.document.get("time_intervals") or []}


def _template(one: Exported, folders: Folders, asked: Export) -> dict[str, Any]:
    return {"name": one.title, "editable": True, "template": one.document.get("template") or ""}


_KINDS = {
    "grafana_folder": ("GrafanaFolder", _folder),
    "grafana_dashboard": ("GrafanaDashboard", _dashboard),
    "grafana_library_panel": ("GrafanaLibraryPanel", _library_panel),
    "grafana_data_source": ("GrafanaDatasource", _data_source),
    "grafana_contact_point": ("GrafanaContactPoint", _contact_point),
    "grafana_rule_group": ("GrafanaAlertRuleGroup", _rule_group),
    "grafana_notification_policy": ("GrafanaNotificationPolicy", _policy),
    "grafana_mute_timing": ("GrafanaMuteTiming", _mute_timing),
    "grafana_message_template": ("GrafanaNotificationTemplate", _template),
}
