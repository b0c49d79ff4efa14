"""Grafana's own provisioning files, of what is managed (grafana: docs/sources/administration/provisioning; seen on
12.4.0). A $ in a text is $$, but where Grafana follows no reference: in queries and annotations of rules. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hcl_lite.operations.bulk_import.model import LeftOut
from hcl_lite.operations.bulk_import.names import choose_names, file_stem
from hcl_lite.operations.export.model import Export, Exported, Written
from hcl_lite.operations.export.texts import (
    RULE,
    SOURCE,
    as_yaml,
    of_type,
    policies,
    told,
    unsaid,
    variables,
    with_secrets,
)

_HEAD = "Written by: hcl-lite export provisioning"
_TYPES = (
    *("grafana_folder", "grafana_dashboard", "grafana_data_source", "grafana_rule_group", "grafana_contact_point"),
    *("grafana_notification_policy", "grafana_mute_timing", "grafana_message_template"),
)
_NESTED = "Grafana's provisioning makes folders at the root alone: it goes into this one where it is there already"
_NO_FOLDER = "Grafana's provisioning makes a rule group in a folder alone, by its title, which the server does not tell"
_KEYS = {"keep_firing_for": "keepFiringFor", "missingSeriesEvalsToResolve": "missing_series_evals_to_resolve"}
_RECORD = {"target_datasource_uid": "targetDatasourceUid"}


def write_provisioning(exported: Sequence[Exported], asked: Export) -> Written:
    """datasources/, dashboards/ and alerting/, for a directory that lies at `asked.place` on the server."""
    boards, left = _dashboards(of_type(exported, "grafana_dashboard"), asked.place)
    groups = of_type(exported, "grafana_rule_group")
    left += [LeftOut(str(one.address), _NO_FOLDER) for one in groups if not one.path]
    documents = {
        "datasources/hcl-lite.yaml": ("datasources", map(_data_source, of_type(exported, "grafana_data_source"))),
        "alerting/hcl-lite-rules.yaml": ("groups", [_group(one) for one in groups if one.path]),
        "alerting/hcl-lite-contact-points.yaml": ("contactPoints", _points(of_type(exported, "grafana_contact_point"))),
        "alerting/hcl-lite-policies.yaml": ("policies", map(_policy, of_type(exported, "grafana_notification_policy"))),
        "alerting/hcl-lite-mute-times.yaml": ("muteTimes", map(_timing, of_type(exported, "grafana_mute_timing"))),
        "alerting/hcl-lite-templates.yaml": (
            "templates",
            map(_template, of_type(exported, "grafana_message_template")),
        ),
    }
    files = {name: _document(key, [*items]) for name, (key, items) in documents.items()}
    left += unsaid(exported, _TYPES, "provisioning")
    return Written(
        {**boards, **{name: text for name, text in files.items() if text}}, left, variables(exported, _TYPES)
    )


def _document(key: str, items: Sequence[Any]) -> str:
    return as_yaml(_HEAD, [{"apiVersion": 1, key: items}]) if items else ""


def _escaped(value: Any) -> Any:
    """A value whose texts are no references."""
    if isinstance(value, Mapping):
        return {key: _escaped(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_escaped(item) for item in value]
    return value.replace("$", "$$") if isinstance(value, str) else value


def _data_source(one: Exported) -> dict[str, Any]:
    said = {"name": one.title, "uid": one.uid, "orgId": 1, **told(one.document, (*SOURCE, "jsonData"))}
    secure = {name: f"${variable}" for name, variable in one.secrets.items()}
    return {**_escaped(said), **({"secureJsonData": secure} if secure else {}), "editable": True}


def _dashboards(boards: Sequence[Exported], place: str) -> tuple[dict[str, str], list[LeftOut]]:
    """A provider for each folder, and the models that it reads."""
    folders: dict[str, list[Exported]] = {}
    for one in boards:
        folders.setdefault(one.folder, []).append(one)
    if not folders:
        return {}, []
    names = choose_names(
        {uid: [file_stem("-".join(known[0].path) or uid or "general")] for uid, known in folders.items()}, ()
    )
    files: dict[str, str] = {}
    left = [LeftOut("/".join(known[0].path), _NESTED) for known in folders.values() if len(known[0].path) > 1]
    providers = []
    for uid, known in sorted(folders.items(), key=lambda item: names[item[0]]):
        files |= {f"dashboards/{names[uid]}/{file_stem(one.uid)}.json": one.text for one in known}
        folder = {"folder": known[0].path[-1] if known[0].path else uid, "folderUid": uid} if uid else {}
        options = {"path": f"{place.rstrip('/')}/dashboards/{names[uid]}"}
        own = {"name": f"hcl-lite {names[uid]}", "orgId": 1, **folder, "type": "file"}
        providers.append(_escaped({**own, "disableDeletion": True, "allowUiUpdates": False, "options": options}))
    return {"dashboards/hcl-lite.yaml": _document("providers", providers), **files}, left


def _group(one: Exported) -> dict[str, Any]:
    folder = "/".join(title.replace("/", "\\/") for title in one.path)  # as folderimpl.SplitFullpath reads it (12.4)
    said = {"orgId": 1, "name": one.title, "folder": folder}
    return {**_escaped(said), "interval": f"{one.document.get('interval', 60)}s", "rules": [*map(_rule, _rules(one))]}


def _rules(one: Exported) -> Iterable[Mapping[str, Any]]:
    return one.document.get("rules") or ()


def _rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    """A rule, whose queries and annotations Grafana takes as they are."""
    raw = ("data", "annotations")
    found = {_KEYS.get(key, key): value if key in raw else _escaped(value) for key, value in told(rule, RULE).items()}
    if isinstance(found.get("record"), Mapping):
        found["record"] = {_RECORD.get(key, key): value for key, value in found["record"].items()}
    return found


def _points(points: Sequence[Exported]) -> Iterable[dict[str, Any]]:
    """Contact points, each with all its ways."""
    names: dict[str, list[Exported]] = {}
    for one in points:
        names.setdefault(one.title, []).append(one)
    for name, ways in sorted(names.items()):
        yield {"orgId": 1, "name": _escaped(name), "receivers": [*map(_way, ways)]}


def _way(one: Exported) -> dict[str, Any]:
    settings = _escaped(one.document.get("settings") or {})
    secrets = {name: f"${variable}" for name, variable in one.secrets.items()}
    off = {"disableResolveMessage": True} if one.document.get("disableResolveMessage") else {}
    return {"uid": one.uid, "type": one.document.get("type"), "settings": with_secrets(settings, secrets), **off}


def _policy(one: Exported) -> dict[str, Any]:
    return {"orgId": 1, **_escaped(policies(one.document))}


def _timing(one: Exported) -> dict[str, Any]:
    return {"orgId": 1, "name": one.title, "time_intervals": one.document.get("time_intervals") or []}


def _template(one: Exported) -> dict[str, Any]:
    return {"orgId": 1, "name": one.title, "template": one.document.get("template") or ""}
