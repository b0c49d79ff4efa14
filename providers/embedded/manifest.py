"""Checks a manifest sent to the app platform, and turns it into a draft."""

import re
from dataclasses import dataclass
from typing import Any

import orjson

from providers.embedded import convert, elements, ids, status
from providers.embedded.objects import Draft, managed_fields
from providers.embedded.refresh import is_too_short
from providers.embedded.resources import DASHBOARDS, FOLDER, ID_LABEL, MESSAGE, SERVER_ANNOTATIONS, Resource
from providers.embedded.routing import Call

_UID = re.compile(r"[a-zA-Z0-9\-_]+")
_UID_MAX = 40
_OTHER_KINDS = ("DashboardWithAccessInfo", "DashboardList", "LibraryPanel")
_QUOTED_KEY = re.compile(r'"(\w+)":')
_CUE_TYPES = {bool: "bool", int: "int", float: "float", list: "list", dict: "struct"}


@dataclass(frozen=True, slots=True)
class Manifest:
    """`number` is the id that a new object asks for, as what comes back from the trash does; 0 for none."""

    name: str
    resource_version: str
    number: int
    draft: Draft


def read_manifest(call: Call, resource: Resource, version: str, url_name: str = "") -> Manifest:
    """The object in the body of a POST, or of a PUT to `url_name`."""
    body = _read(call, resource)
    _check_type(body, resource, version)
    metadata = _mapping(body.get("metadata"))
    name = _checked_name(metadata, resource, url_name)
    annotations = _texts(metadata.get("annotations"))
    labels = _texts(metadata.get("labels"))
    number = labels.pop(ID_LABEL, "")
    draft = Draft(
        spec=_checked_spec(body.get("spec"), resource, version, name),
        folder=annotations.pop(FOLDER, ""),
        message=annotations.pop(MESSAGE, ""),
        labels=labels,
        annotations={key: value for key, value in annotations.items() if key not in SERVER_ANNOTATIONS},
        api_version=version,
        manager=call.request.headers.get("user-agent", "unknown").partition("/")[0],
        fields=managed_fields(_mapping(body.get("spec"))),
    )
    asked = int(number) if re.fullmatch(r"\d{1,18}", number) else 0
    return Manifest(name, str(metadata.get("resourceVersion") or ""), asked, draft)


def _read(call: Call, resource: Resource) -> dict[str, Any]:
    try:
        body = orjson.loads(call.body)
    except orjson.JSONDecodeError as exc:
        problem = f"couldn't get version/kind; json parse error: {exc}"
        message = f"the object provided is unrecognized (must be of type {resource.kind}): {problem}"
        raise status.bad_request(message) from exc
    if not isinstance(body, dict):
        raise status.bad_request(f"the object provided is unrecognized (must be of type {resource.kind})")
    return body


def _check_type(body: dict[str, Any], resource: Resource, version: str) -> None:
    kind = body.get("kind") or resource.kind
    if kind != resource.kind:
        if kind in _OTHER_KINDS:
            why = f"converting ({version}.{kind}) to ({version}.{resource.kind}): unknown conversion"
        else:
            where = f'"{resource.group}/{version}" in scheme "pkg/runtime/scheme.go:111"'
            why = f'no kind "{kind}" is registered for version {where}'
        raise status.bad_request(f'{kind} in version "{version}" cannot be handled as a {resource.kind}: {why}')
    expected = f"{resource.group}/{version}"
    given = body.get("apiVersion") or expected
    if given != expected:
        message = f"the API version in the data ({given}) does not match the expected API version ({expected})"
        raise status.bad_request(message)


def _checked_name(metadata: dict[str, Any], resource: Resource, url_name: str) -> str:
    name = str(metadata.get("name") or "")
    if url_name:
        if name not in ("", url_name):
            message = f"the name of the object ({name}) does not match the name on the URL ({url_name})"
            raise status.bad_request(message)
        name = url_name
    if not name and metadata.get("generateName"):
        name = f"{metadata['generateName']}{ids.new_letters(5).lower()}"
    if not name:
        causes = [("metadata.name", "Required value: name or generateName is required")]
        raise status.invalid(resource.kind, resource.group, "", causes, "FieldValueRequired")
    if "/" in name:
        causes = [("metadata.name", f"Invalid value: \"{name}\": may not contain '/'")]
        raise status.invalid(resource.kind, resource.group, name, causes, "FieldValueInvalid")
    if not _UID.fullmatch(name):
        raise status.bad_request("uid contains illegal characters")
    if len(name) > _UID_MAX:
        raise status.bad_request(f"uid too long, max {_UID_MAX} characters")
    return name


def _checked_spec(spec: object, resource: Resource, version: str, name: str) -> dict[str, Any]:
    """The spec as it is stored: v1beta1 with its defaults, v2 with the keys of its schema, v0alpha1 as sent."""
    if resource is not DASHBOARDS:
        return _folder_spec(_mapping(spec))
    if spec is None and version == "v1beta1":
        problem = f'Invalid value: "{name}": schema migration from version 0 to 42 failed: dashboard is nil'
        raise status.invalid(resource.kind, resource.group, name, [("spec", problem)], "FieldValueInvalid")
    kept = _mapping(spec)
    if version.startswith("v2"):
        conflicts = convert.layout_conflicts(kept.get("layout"))
        if conflicts:
            raise status.invalid(resource.kind, resource.group, name, conflicts, "FieldValueInvalid")
        kept = convert.fill_elements(elements.without_unknown(kept, version))
    else:
        kept = {key: value for key, value in kept.items() if key not in ("id", "uid", "version")}
        if version == "v1beta1":
            _check_gnet_id(kept, resource, name)
            kept = convert.with_defaults(kept)
    if not str(kept.get("title") or "").strip():
        raise status.bad_request("Dashboard title cannot be empty")
    if not version.startswith("v2") and is_too_short(kept.get("refresh")):
        raise status.bad_request("Dashboard refresh interval is too low")
    return kept


def _check_gnet_id(spec: dict[str, Any], resource: Resource, name: str) -> None:
    """Only v1beta1 looks at it: a text, or null (12.4.0). Lists and objects are told last."""
    number = spec.get("gnetId")
    if number is None or isinstance(number, str):
        return
    type_ = _CUE_TYPES[type(number)]
    found, types = _QUOTED_KEY.sub(r"\1:", orjson.dumps(number).decode()), f"{type_} and string"
    values = f"{found} and string"
    if isinstance(number, dict | list):
        values, types = f"string and {found}", f"string and {type_}"
    problem = f"Invalid value: conflicting values {values} (mismatched types {types})"
    raise status.invalid(resource.kind, resource.group, name, [("spec.gnetId", problem)], "FieldValueInvalid")


def _folder_spec(spec: dict[str, Any]) -> dict[str, Any]:
    if not str(spec.get("title") or "").strip():
        raise status.refuse(400, "folder title cannot be empty")
    return {key: spec[key] for key in ("title", "description") if key in spec}


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _texts(value: object) -> dict[str, str]:
    return {key: text for key, text in _mapping(value).items() if isinstance(text, str)}
